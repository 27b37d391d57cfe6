"""What goes into a context, what stays as it was sent, and what has to go."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replay.builders import Book, joined, material, scored

from ledgernote.domain.entries import EventId, Status
from ledgernote.domain.errors import DoesNotFit
from ledgernote.domain.turns import PINS_FULL, Context, LeftOut, Reason
from ledgernote.models.counter import count, count_messages
from ledgernote.replay.assemble import Limits, Plan
from ledgernote.replay.frame import render
from ledgernote.replay.rank import Scored
from ledgernote.replay.recipe import Source, blocks_of

LONG = "The committee met in {0} and spoke of rates. " * 60


def reasons(context: Context) -> list[tuple[Reason, str]]:
    return [(row.reason, row.handle) for row in context.receipt]


def digest_of_kept(book: Book, plan: Plan) -> str:
    """The digest of the last context, made again from its recipe and the words alone."""
    assert book.last is not None
    recipe = book.recipe(book.last)
    messages = render(blocks_of(recipe, book.recipe), book.words, recipe.frame)
    return replace(plan.context, messages=messages).digest


def test_the_question_stands_last_with_its_date_and_offset() -> None:
    plan = Book().plan("is my thesis right?", day="2026-11-21", offset=-12600)

    last = plan.context.messages[-1]

    assert last.role == "user"
    assert last.content.endswith("Asked 2026-11-21, UTC-03:30:\nis my thesis right?")


def test_recalled_rows_stand_in_time_order_under_their_dates() -> None:
    book = Book()
    old, new = book.keep("first thought"), book.keep("second thought")

    plan = book.plan("thought?", scored(new, old))

    text = plan.context.messages[-1].content
    assert text.index("## 2026-05-08") < text.index(f"[@{old.handle} you] first thought")
    assert text.index("first thought") < text.index(f"[@{new.handle} you] second thought")
    assert text.count("## 2026") == 1


def test_a_dry_run_and_the_kept_turn_have_one_digest() -> None:
    book = Book()
    note = book.keep("a note")
    given = (material("a table", "bls.gov"),)

    dry = book.plan("and now?", scored(note), material=given, system="Be brief.")
    real = book.turn("and now?", scored(note), material=given, system="Be brief.")

    assert dry.context.digest == real.context.digest == digest_of_kept(book, real)
    assert real.context.receipt[-1].handle in {each.handle for each in book.now.values()}


def test_the_next_turn_begins_with_all_of_the_one_before_and_cites_it() -> None:
    book = Book()
    first = book.turn("one?", scored(book.keep("a note")), answer="Yes.")

    second = book.turn("two?", scored(book.keep("another note")))

    sent = first.context.messages
    assert second.context.messages[: len(sent)] == sent
    assert [each.role for each in second.context.messages[1:]] == ["user", "assistant", "user"]
    question, answer = [row for row in second.context.receipt if row.reason is Reason.RECENT]
    cited = f"The turn before: question [@{question.handle}], answer [@{answer.handle}]"
    assert second.context.messages[-1].content.startswith(cited)


def test_what_stands_already_is_not_recalled_again() -> None:
    book = Book()
    note = book.keep("only once")
    book.turn("one?", scored(note))

    plan = book.plan("two?", scored(note))

    assert joined(plan.context.messages).count("only once") == 1


def test_the_same_words_are_recalled_once() -> None:
    book = Book()
    one, two = book.keep("the very same"), book.keep("the very same")

    plan = book.plan("same?", scored(one, two))

    assert [row.handle for row in plan.context.receipt] == [one.handle]
    assert plan.context.left_out[0].why == "the same words stand there already"


def test_words_that_differ_in_case_and_marks_alone_are_recalled_once() -> None:
    book = Book()
    one, two = book.keep("The very same!"), book.keep("the very - same")
    not_so = book.keep("Not the very same.")

    plan = book.plan("same?", scored(one, two, not_so))

    assert [row.handle for row in plan.context.receipt] == [one.handle, not_so.handle]


def test_a_long_entry_is_replayed_as_the_excerpt_that_its_row_shows() -> None:
    book = Book()
    long = book.keep(LONG.format("May") + "Then payrolls surprised. " + LONG.format("June"))

    plan = book.plan("what of payrolls?", scored(long))

    (row,) = plan.context.receipt
    assert row.excerpt is not None
    assert "payrolls surprised" in row.excerpt
    assert row.excerpt in plan.context.messages[-1].content
    assert 160 <= count(row.excerpt) <= 230


@pytest.mark.parametrize("replay", [45, 50, 60])
def test_the_best_stands_in_part_where_it_has_no_room_rather_than_a_weaker_one(replay: int) -> None:
    book = Book()
    best = book.keep("Payrolls surprised by 200 thousand in April, which nobody at " + LONG)
    weaker = book.keep("payrolls")
    ranked = (Scored(source=best, score=0.9), Scored(source=weaker, score=0.7))

    plan = book.plan("what of payrolls?", ranked, Limits(replay=replay))

    (row,) = plan.context.receipt
    assert row.handle == best.handle
    assert row.excerpt is not None
    assert best.text.startswith(row.excerpt + " ")
    assert "surprised" in row.excerpt


def test_no_part_of_it_is_cut_that_is_too_small_to_say_anything() -> None:
    book = Book()
    best = book.keep("Payrolls surprised by 200 thousand in April, which nobody at " + LONG)

    plan = book.plan("what of payrolls?", scored(best), Limits(replay=32))

    assert plan.context.receipt == ()
    assert plan.context.left_out[0].why == "no room"


def test_a_passage_of_a_long_entry_keeps_its_offsets() -> None:
    book = Book()
    whole = book.keep("x" * 500 + " rates fell in May " + "y" * 500)
    passage = replace(whole, text=whole.text[500:520], start=500, whole=False)

    plan = book.turn("rates?", scored(passage))

    assert plan.context.receipt[0].excerpt == " rates fell in May y"
    assert digest_of_kept(book, plan) == plan.context.digest


def test_a_superseded_match_travels_with_what_replaces_it() -> None:
    book = Book()
    old, new = book.keep("no cut before September"), book.keep("a cut is priced")
    old = book.supersede(old, new)

    plan = book.plan("cut?", scored(old))

    assert reasons(plan.context) == [(Reason.MATCH, old.handle), (Reason.NEAR, new.handle)]
    assert plan.context.receipt[0].superseded_by == new.handle
    told = f"(@{old.handle} is replaced by @{new.handle})"
    assert told in plan.context.messages[-1].content


def test_a_superseded_match_stays_out_when_its_successor_may_not_be_sent() -> None:
    book = Book()
    old, new = book.keep("no cut before September"), book.keep("a secret", private=True)
    old = book.supersede(old, new)

    plan = book.plan("cut?", scored(old), clearance=False)

    assert plan.context.receipt == ()
    assert plan.context.left_out[0].why == "what replaces it may not be sent"


def test_what_was_superseded_since_is_said_in_what_is_recalled_now() -> None:
    book = Book()
    old = book.keep("no cut before September")
    first = book.turn("cut?", scored(old))
    new = book.keep("a cut is priced")
    book.supersede(old, new)

    second = book.turn("still?")
    third = book.plan("sure?")

    assert second.context.messages[: len(first.context.messages)] == first.context.messages
    told = f"[@{new.handle} you] a cut is priced\n(@{new.handle} replaces @{old.handle})"
    assert told in second.context.messages[-1].content
    assert new.handle not in third.context.messages[-1].content


def test_what_was_edited_since_is_said_once_in_what_is_recalled_now() -> None:
    book = Book()
    note = book.keep("rates at 5.25")
    book.turn("rates?", scored(note))
    book.edit(note, "rates at 5.00")

    second = book.turn("still?")
    third = book.plan("sure?")

    assert "rates at 5.00\n(@" in second.context.messages[-1].content
    assert joined(third.context.messages).count("rates at 5.00") == 1
    assert joined(third.context.messages).count("rates at 5.25") == 1


def test_pins_stand_before_the_thread_and_a_later_pin_in_what_is_recalled() -> None:
    book = Book()
    book.pins.append(book.keep("the thesis").entry)
    first = book.turn("one?")
    book.pins.append(book.keep("a later thesis").entry)

    second = book.plan("two?")

    assert first.context.messages[1].content.startswith("Pinned:\n```")
    assert second.context.messages[: len(first.context.messages)] == first.context.messages
    assert "a later thesis" in second.context.messages[-1].content
    assert [row.reason for row in second.context.receipt].count(Reason.PIN) == 2


def pinned(book: Book, *texts: str) -> list[Source]:
    notes = [book.keep(text) for text in texts]
    book.pins += [note.entry for note in notes]
    return notes


def test_a_pin_stands_whole_in_as_much_as_half_of_the_budget() -> None:
    book = Book()
    pinned(book, LONG.format("May") * 10)  # 6,000 tokens

    plan = book.plan("my thesis?")

    (row,) = plan.context.receipt
    assert row.excerpt is None
    assert row.tokens > 5_000
    assert plan.context.left_out_count == 0


def test_of_too_many_pins_the_oldest_stand_whole_and_the_rest_in_part_and_listed() -> None:
    book = Book()
    notes = pinned(book, *(f"{n}: {LONG.format('May') * 4}" for n in range(6)))  # 2,400 each

    plan = book.plan("my thesis?")

    whole = [row.handle for row in plan.context.receipt if row.excerpt is None]
    parts = [row for row in plan.context.receipt if row.excerpt is not None]
    assert whole == [note.handle for note in notes[:2]]
    assert [row.handle for row in parts] == [note.handle for note in notes[2:]]
    assert all(row.tokens > 400 and row.why == "pinned, a part of it" for row in parts)
    assert {left.handle: left.why for left in plan.context.left_out} == {
        row.handle: "only a part of it fits" for row in parts
    }
    assert 7_000 < sum(row.tokens for row in plan.context.receipt) < 8_000


def test_a_pin_that_was_sent_in_part_is_listed_and_stays_as_it_is_in_the_next_turn() -> None:
    book = Book()
    (note,) = pinned(book, LONG.format("May") * 20)
    first = book.turn("my thesis?")

    second = book.plan("and since?")

    assert second.context.messages[:3] == (*first.context.messages, second.context.messages[2])
    for plan in (first, second):
        assert [left.handle for left in plan.context.left_out] == [note.handle]
        assert plan.context.left_out_count == 1


def test_a_long_pin_made_within_the_thread_stands_whole_too() -> None:
    book = Book()
    book.turn("one?")
    pinned(book, LONG.format("May") * 8)

    plan = book.plan("two?")

    assert [row.excerpt for row in plan.context.receipt if row.reason is Reason.PIN] == [None]
    assert plan.context.left_out_count == 0


def test_a_small_pin_behind_a_huge_one_stands_whole() -> None:
    book = Book()
    _, small = pinned(book, LONG.format("May") * 40, "no cut before September")

    plan = book.plan("my thesis?")

    rows = {row.handle: row for row in plan.context.receipt}
    assert rows[small.handle].excerpt is None
    assert len(rows) == 2


def test_pins_come_before_what_is_recalled_where_half_is_too_little_for_one() -> None:
    book = Book()
    first, second = pinned(book, LONG.format("May"), LONG.format("June"))
    notes = [book.keep(f"rates are at {n} per cent") for n in range(12)]

    plan = book.plan("rates?", scored(*notes, second), Limits(budget=300))

    reasons_ = reasons(plan.context)
    assert reasons_[0] == (Reason.PIN, first.handle)
    assert len(reasons_) > 1
    assert plan.context.tokens <= 300
    assert plan.context.left_out[0] == LeftOut(handle=second.handle, why=PINS_FULL)


def test_a_note_of_the_thread_that_is_too_long_is_shown_in_part_and_listed() -> None:
    book = Book()
    book.turn("one?")
    note = book.keep(LONG.format("May") * 5)
    book.since.append(note.entry)

    plan = book.plan("two?")

    (row,) = (row for row in plan.context.receipt if row.handle == note.handle)
    assert row.why == "in this thread, a part of it"
    assert row.tokens > 900
    assert [left.handle for left in plan.context.left_out] == [note.handle]


def test_unpinning_takes_just_the_pin_away() -> None:
    book = Book()
    book.pins.append(book.keep("the thesis").entry)
    first = book.turn("one?", scored(book.keep("a note")))
    book.pins.clear()

    second = book.plan("two?")

    assert "the thesis" not in joined(second.context.messages)
    assert second.context.messages[1].content in first.context.messages[1].content
    assert second.recipe.extends is None
    assert not second.context.replanned


@pytest.mark.parametrize("gone", ["note", "question", "answer"])
def test_what_is_taken_away_is_gone_from_all_turns(gone: str) -> None:
    book = Book()
    book.turn("a question?", scored(book.keep("a note")), answer="an answer")
    book.turn("more?")
    entry = next(e for e, source in book.now.items() if source.text.split()[-1].strip("?") == gone)
    text = book.now.pop(entry).text

    plan = book.plan("and?")

    assert text not in joined(plan.context.messages)
    roles = [each.role for each in plan.context.messages[1:]]
    assert roles == ["user", "assistant"] * 2 + ["user"]


def test_private_entries_are_withheld_and_counted() -> None:
    book = Book()
    secret, open_ = book.keep("the secret", private=True), book.keep("the open one")
    book.turn("which?", scored(secret, open_))

    remote = book.plan("which?", scored(secret, open_), clearance=False)

    assert "the secret" not in joined(remote.context.messages)
    assert "the open one" in joined(remote.context.messages)
    assert remote.context.withheld == 1


def test_a_failed_turn_keeps_the_roles_apart() -> None:
    book = Book()
    book.turn("one?", answer="", status=Status.FAILED)
    book.since.append(book.keep("lost?", kind="question").entry)

    plan = book.plan("three?")

    roles = [each.role for each in plan.context.messages]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    assert plan.context.messages[2].content == "(no answer was kept)"


def test_an_interrupted_answer_is_replayed_as_far_as_it_came() -> None:
    book = Book()
    book.turn("one?", answer="It begins", status=Status.INTERRUPTED)

    plan = book.plan("go on")

    assert plan.context.messages[2].content == "It begins\n\n(cut off here)"


def test_notes_made_in_the_thread_stand_in_the_next_turn() -> None:
    book = Book()
    book.turn("one?")
    note = book.keep("noted meanwhile", thread=None)
    book.since.append(note.entry)

    plan = book.plan("two?")

    assert f"[@{note.handle} you] noted meanwhile" in plan.context.messages[-1].content
    assert plan.context.receipt[-1].reason is Reason.RECENT


def test_two_hands_in_one_thread_do_not_get_each_others_answers() -> None:
    book = Book()
    one, two = (book.keep(f"question {n}", kind="question") for n in (1, 2))
    first = book.keep("to the first", kind="answer", who="model", reply_to=one.entry)
    second = book.keep("to the second", kind="answer", who="model", reply_to=two.entry)
    book.since = [each.entry for each in (one, two, first, second)]

    messages = book.plan("and?").context.messages

    assert [message.content for message in messages if message.role == "assistant"] == [
        "(no answer was kept)",
        "to the second",
    ]
    assert f"[@{first.handle} model] to the first" in messages[-1].content


def test_an_imported_thread_is_replayed_as_talk() -> None:
    book = Book()
    for number in range(3):
        asked = book.keep(f"question {number}", kind="question")
        said = book.keep(f"answer {number}", kind="answer", who="model")
        book.since += [asked.entry, said.entry]

    plan = book.turn("and now?")

    assert [each.role for each in plan.context.messages[1:]] == ["user", "assistant"] * 3 + ["user"]
    assert digest_of_kept(book, plan) == plan.context.digest


def test_a_long_imported_thread_keeps_its_newest_turns_and_names_the_rest() -> None:
    book = Book()
    for number in range(40):
        asked = book.keep(f"question {number}", kind="question")
        said = book.keep(LONG.format(number), kind="answer", who="model")
        book.since += [asked.entry, said.entry]

    plan = book.plan("and now?", limits=Limits(budget=4_000))

    assert plan.context.tokens <= 2_800
    assert "question 39" in joined(plan.context.messages)
    assert "question 0\n" not in joined(plan.context.messages)
    assert not plan.context.replanned
    assert plan.context.left_out[0].why == "the budget was outgrown"
    assert plan.context.left_out_count + len(plan.context.receipt) == 80


def test_a_thread_too_long_for_its_share_keeps_its_last_turns_whole_and_the_rest_by_match() -> None:
    book = Book()
    limits = Limits(budget=3_000, replay=600)
    for number in range(12):
        book.turn(f"question {number}?", (), limits, answer=LONG.format(number))
    first = next(each for each in book.now.values() if each.text == LONG.format(0))
    other = next(each for each in book.now.values() if each.text == LONG.format(1))

    plan = book.plan("what of the first?", scored(first), limits)

    rows = {row.handle: row for row in plan.context.receipt}
    assert rows[first.handle].reason is Reason.MATCH
    assert other.handle not in rows
    talk = [row for row in plan.context.receipt if row.reason is Reason.RECENT]
    assert talk[-1].text == LONG.format(11)
    assert all(row.excerpt is None for row in talk)
    answers = [row.text for row in talk if row.kind == "answer"]
    assert answers == [LONG.format(number) for number in range(12 - len(answers), 12)]


def test_an_outgrown_budget_cuts_the_oldest_recalled_parts_first() -> None:
    book = Book()
    limits = Limits(budget=2_000, replay=600)
    notes = [book.keep(f"note {n}: " + "word " * 150) for n in range(12)]
    plans = [book.turn(f"q{n}?", scored(*notes), limits) for n in range(5)]
    at = next(n for n, plan in enumerate(plans) if plan.context.replanned)

    cut = plans[at].context

    assert plans[at].recipe.extends is None
    assert "note 0" not in cut.messages[1].content
    assert "q0?" in cut.messages[1].content
    assert cut.tokens <= 2_000


def test_a_small_budget_is_filled_by_what_is_recalled() -> None:
    book = Book()
    notes = [book.keep(f"note {n} " + "of rates " * (n % 30)) for n in range(200)]

    plan = book.plan("rates?", scored(*notes), Limits(budget=2_000))

    assert 1_940 <= plan.context.tokens <= 2_000
    assert plan.context.left_out_count == 200 - len(plan.context.receipt)
    assert len(plan.context.left_out) == 20


def test_what_is_recalled_now_keeps_to_its_own_limit() -> None:
    book = Book()
    notes = [book.keep(f"note {n} of rates") for n in range(200)]
    empty = book.plan("rates?").context.tokens

    plan = book.plan("rates?", scored(*notes), Limits(replay=500))

    assert 440 <= plan.context.tokens - empty <= 502


def test_what_is_short_comes_before_what_is_long_and_hardly_likelier() -> None:
    book = Book()
    long = book.keep("The committee spoke at length of " + "rates and of prices " * 25)
    short = [book.keep(f"note {n} of rates") for n in range(4)]
    room = Limits(replay=150)

    even = book.plan("rates?", scored(long, *short), room)
    sure = replace(scored(long)[0], score=1.5)
    plain = book.plan("rates?", (sure, *scored(*short)), room)

    assert {row.handle for row in even.context.receipt} == {each.handle for each in short}
    assert plain.context.receipt[0].handle == long.handle


def test_a_question_larger_than_the_budget_is_refused_with_the_numbers() -> None:
    given = (material("figure " * 3_000, "table.csv"),)

    with pytest.raises(DoesNotFit, match=r"needs 3,\d\d\d tokens of 2,000; material 1") as refused:
        Book().plan("sum it up", limits=Limits(budget=2_000), material=given)

    assert "--budget" in refused.value.hint


def test_a_brief_or_system_text_that_takes_all_room_is_named_with_its_tokens() -> None:
    brief = (EventId(b"e" * 16), "figure " * 3_000)
    limits = Limits(budget=2_000)

    with pytest.raises(DoesNotFit) as refused:
        Book().plan("sum it", limits=limits, system="word " * 500, brief=brief)

    assert "; the system text has 5" in str(refused.value)
    assert "; the project's brief has 3,0" in str(refused.value)


@pytest.mark.parametrize(("most", "named"), [(100_000, 3_900), (3_200, 3_200)])
def test_the_budget_that_is_proposed_is_one_that_the_window_has(most: int, named: int) -> None:
    limits = Limits(budget=2_000, most=most)

    with pytest.raises(DoesNotFit) as refused:
        Book().plan("figure " * 3_000, limits=limits)

    (budget,) = re.findall(r"--budget (\d+)", refused.value.hint)
    assert named - 100 <= int(budget) <= named + 100
    Book().plan("figure " * 3_000, limits=replace(limits, budget=int(budget)))


def test_material_is_replayed_whole_and_without_a_handle() -> None:
    book = Book()
    old = book.keep("an older note")
    text = "```\ncode\n```\nand no end"

    plan = book.turn("what is it?", material=(material(text, "page.md"), old))

    content = plan.context.messages[-1].content
    assert f"Material 1, from page.md:\n````\n{text}\n````" in content
    assert f"Material 2, [@{old.handle} you]:\n```\nan older note\n```" in content
    assert [row.reason for row in plan.context.receipt] == [Reason.GIVEN, Reason.GIVEN]
    assert f"material 1 [@{plan.context.receipt[0].handle}]" in joined(
        book.plan("more?").context.messages
    )


def test_another_system_text_replaces_the_one_of_the_thread() -> None:
    book = Book()
    book.turn("one?", system="Be brief.")

    same, other = book.plan("two?"), book.plan("two?", system="Be long.")

    assert same.context.messages[0].content.endswith("Be brief.")
    assert other.context.messages[0].content.endswith("Be long.")
    assert other.recipe.extends is None


def test_a_brief_changed_in_mid_thread_waits_for_the_next_plan() -> None:
    book = Book()
    before, after = (b"1" * 16, "Old brief."), (b"2" * 16, "New brief.")
    book.turn("one?", brief=before)

    plan = book.plan("two?", brief=after)

    assert plan.context.messages[0].content.endswith("Project brief:\nOld brief.")


def test_tokens_count_all_messages_and_a_row_its_text_and_mark() -> None:
    book = Book()
    note = book.keep("a note of six words here")

    context = book.plan("note?", scored(note)).context

    assert context.tokens == count_messages(context.messages)
    assert context.receipt[0].tokens == count(f"[@{note.handle} you] a note of six words here")


def test_a_lone_byte_is_replaced_in_messages_and_row_alike() -> None:
    book = Book()

    context = book.plan("note?", scored(book.keep("caf\udce9"))).context

    assert context.receipt[0].text == "caf\ufffd"
    assert "caf\ufffd" in context.messages[-1].content


WORDS = st.lists(
    st.sampled_from(
        ["rates", "`", "```", "payrolls", "fell.", "## 2026-05-08", "\n", "[@k3f9a you]"]
    ),
    min_size=1,
    max_size=60,
).map(" ".join)


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_each_context_begins_with_the_one_before_until_it_is_planned_anew(
    data: st.DataObject,
) -> None:
    each_begins_with_the_one_before(data)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_so_does_each_of_very_many(data: st.DataObject) -> None:
    each_begins_with_the_one_before(data)


def each_begins_with_the_one_before(data: st.DataObject) -> None:
    book = Book()
    limits = Limits(budget=1_800, replay=500)
    notes: list[Source] = []
    sent: tuple[object, ...] = ()
    for _ in range(30):
        notes += [book.keep(data.draw(WORDS)) for _ in range(data.draw(st.integers(0, 3)))]
        picked = data.draw(st.permutations(notes)) if notes else []
        status = data.draw(st.sampled_from([Status.COMPLETE, Status.INTERRUPTED, Status.FAILED]))
        answer = "" if status is Status.FAILED else data.draw(WORDS)
        plan = book.turn(data.draw(WORDS), scored(*picked), limits, answer, status)
        context = plan.context

        assert context.replanned or context.messages[: len(sent)] == sent
        assert context.tokens == count_messages(context.messages) <= limits.budget
        roles = [message.role for message in context.messages[1:]]
        assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]
        assert all(message.content.strip() for message in context.messages)
        text = joined(context.messages)
        assert all(row.text in text for row in context.receipt)
        assert digest_of_kept(book, plan) == context.digest
        sent = context.messages


def test_nothing_is_recalled_where_the_question_leaves_no_room_at_all() -> None:
    book = Book()
    note = book.keep("payrolls")

    plan = book.plan("payrolls? " * 20, scored(note), Limits(budget=155))

    assert plan.context.receipt == ()
    assert plan.context.left_out[0].why == "no room"
