"""Other scripts: without spaces by their letters, with and without accents."""

from __future__ import annotations

import pytest
from notebook.hands import Scripted, ask

from ledgernote.domain.turns import Reason, ReceiptRow
from ledgernote.notebook.notebook import NewNote, Notebook
from ledgernote.notebook.turn import Question, preview

CHINESE = (
    "三月的消费者物价指数上升了百分之三点一。",
    "美联储在九月之前不会降息。",
    "铜价因智利的罢工而上涨。",
    "国债拍卖的需求疲软。",
    "新能源汽车的销量创下纪录。",
)
THAI = (
    "ราคาทองแดงขึ้นเพราะเหมืองในชิลีหยุดงาน",
    "อัตราเงินเฟ้อเดือนมีนาคมอยู่ที่ร้อยละสาม",
    "ธนาคารกลางจะไม่ลดดอกเบี้ยก่อนเดือนกันยายน",
    "ยอดขายรถยนต์ไฟฟ้าทำสถิติใหม่",
)


def best(notebook: Notebook, question: Question) -> ReceiptRow:
    """What is recalled first."""
    rows = preview(notebook, question, Scripted()).receipt
    return max(rows, key=lambda row: row.score or -1)


@pytest.mark.parametrize(
    ("notes", "question", "text", "quoted"),
    [
        (CHINESE, "铜价为什么上涨？", CHINESE[2], '"铜价" "上涨"'),
        (CHINESE, "国债拍卖怎么样？", CHINESE[3], '"国债拍卖"'),
        (CHINESE, "Fed 降息了吗", CHINESE[1], '"降息"'),
        (THAI, "เงินเฟ้อเดือนมีนาคมเท่าไร", THAI[1], '"เงินเฟ้อเดือนมีนาคม"'),
        (THAI, "ทองแดงแพงขึ้นทำไม", THAI[0], '"ทองแดง"'),
    ],
)
def test_a_question_without_spaces_is_answered_from_notes_that_share_its_letters(
    notebook: Notebook, notes: tuple[str, ...], question: str, text: str, quoted: str
) -> None:
    for each in notes:
        notebook.note(NewNote(text=each))

    row = best(notebook, Question(text=question))

    assert (row.text, row.reason) == (text, Reason.MATCH)
    assert row.why.startswith(f"match: {quoted}")


def test_a_long_text_without_spaces_is_shown_where_it_answers(notebook: Notebook) -> None:
    filler = "今天的会议讨论了预算和下个季度的安排。" * 40
    notebook.note(NewNote(text=f"{filler}铜价因智利的罢工而上涨。{filler}"))

    row = best(notebook, Question(text="铜价为什么上涨？"))

    assert row.excerpt is not None
    assert "铜价因智利的罢工而上涨。" in row.excerpt


def test_a_full_question_without_spaces_does_not_lean_on_the_talk(notebook: Notebook) -> None:
    for each in CHINESE:
        notebook.note(NewNote(text=each))
    ask(notebook, "铜价为什么上涨？", thread="talk")

    row = best(notebook, Question(text="新能源汽车的销量怎么样？", thread="talk"))

    assert row.text == CHINESE[4]
    assert "the talk before" not in row.why


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("сколько стоила елка?", "Ёлка куплена за 2000"),
        ("τι εγινε με την ανεργια;", "Η ανεργία μένει στο 9"),
    ],
)
def test_a_question_needs_none_of_the_accents_that_a_note_has(
    notebook: Notebook, question: str, text: str
) -> None:
    for each in ("Ёлка куплена за 2000", "Дом продан", "Η ανεργία μένει στο 9"):
        notebook.note(NewNote(text=each))

    assert best(notebook, Question(text=question)).text == text
