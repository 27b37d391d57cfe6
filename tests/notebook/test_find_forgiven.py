"""What is written in another way than it was typed is found all the same."""

from __future__ import annotations

import pytest

from ledgernote.domain.literal import held
from ledgernote.notebook.find import find
from ledgernote.notebook.hits import Found, Wanted
from ledgernote.notebook.notebook import NewNote, Notebook


def texts(found: Found) -> set[str]:
    """What the hits say."""
    return {hit.entry.text for hit in found.hits}


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    ("typed", "written"),
    [
        *(("ΠΛΗΘΩΡΙΣΜΟΣ", "Ο πληθωρισμός"), ("πληθωρισμος", "Ο πληθωρισμός")),
        *(("πληθωρισμός", "πληθωρισμος χωρις τονους"), ("Μαιου", "της 5 Μαΐου")),
        *(("ευρωπαικη", "Ευρωπαϊκή Τράπεζα"), ("Ευρωπαϊκή", "ευρωπαικη τραπεζα")),
        *(("елка", "ёлка"), ("Ёлка", "елка"), ("ЗАЕМ", "заём")),
        *(("Łódź", "in Lodz"), ("Grønbæk", "Gronbaek"), ("weiß", "Herr Weiss"), ("Đorđe", "dorde")),
        *(("أحمد", "احمد"), ("احمد", "أحمد"), ("التَّضخُّم", "التضخم"), ("שָׁלוֹם", "שלום")),
    ],
)
def test_a_word_is_found_with_and_without_the_accents_of_its_script(
    notebook: Notebook, typed: str, written: str, *, exact: bool
) -> None:
    notebook.note(NewNote(text=written))

    found = find(notebook, Wanted(text=typed, exact=exact))

    assert texts(found) == {written}
    assert found.freely == []


def test_a_word_without_its_accent_goes_with_others_and_is_no_slip(notebook: Notebook) -> None:
    notebook.note(NewNote(text="η κεντρική τράπεζα της Ελλάδας"))
    notebook.note(NewNote(text="τράπεζα"))

    assert len(find(notebook, Wanted(text="κεντρικη τραπεζα")).hits) == 1
    assert len(find(notebook, Wanted(text="τραπ*")).hits) == 2
    assert find(notebook, Wanted(text="τραπεζα zinc")).corrected == ()
    assert not find(notebook, Wanted(text="τράπεζα -κεντρικη")).hits[1:]


@pytest.mark.parametrize(
    ("typed", "written", "read"),
    [
        *(("60bp", "up 60 bp", "60 bp"), ("60 bp", "up 60bp", "60bp")),
        *(("up 1,200 m", "up 1,200m", "up 1,200m"), ("$3bn", "of $3 bn", "$3 bn")),
        *(("5.6", "of 5.6bn", "5.6bn"), ("$5.6", "of $5.6bn", "$5.6bn"), ("60", "up 60bp", "60bp")),
        *(('"60 bp"', "up 60bp", "60bp"), ('"up 60bp"', "up 60 bp", "up 60 bp")),
        *(("5.250", "at 5.25 now", "5.25"), ("5.250%", "at 5.25% now", "5.25%")),
        *(("5.1", "up 5.10% now", "5.10"), ("5.1%", "up 5.10% now", "5.10%")),
        *(("$7.5", "at $7.50", "$7.50"), ("7.5", "at 7.500", "7.500")),
        *(("1.2.3", "to v1.2.3 now", "v1.2.3"), ("v1.2", "release 1.2 now", "1.2")),
        *(("gross", "so groß", "groß"), ("fuss", "zu Fuß", "fuß")),
        *(("lodz", "in Łódź", "łódź"), ("malopolska", "Małopolska", "małopolska")),
        *(("gronbaek", "Herr Grønbæk", "grønbæk"), ("altin", "altın", "altın")),
        *(('"in lodz"', "in Łódź", "in łódź"), ('"herr weiss"', "Herr Weiß", "herr weiß")),
    ],
)
def test_what_others_write_otherwise_is_looked_for_when_nothing_is_found_and_told(
    notebook: Notebook, typed: str, written: str, read: str
) -> None:
    notebook.note(NewNote(text=written))

    found = find(notebook, Wanted(text=typed))

    assert texts(found) == {written}
    assert found.freely == [f"nothing holds {typed}; showing {read}".replace('"', "")]


@pytest.mark.parametrize("typed", ["what's the kiln due", "Who's kiln"])
def test_a_word_of_questions_is_not_looked_for_without_its_ending(
    notebook: Notebook, typed: str
) -> None:
    notebook.notes(NewNote(text=text) for text in ("the kiln", "what and who is due"))

    found = find(notebook, Wanted(text=typed))

    assert "the kiln" in texts(found)
    assert found.corrected == ()


@pytest.mark.parametrize("typed", ["60bp", "5.250", "v1.2.3"])
def test_what_is_there_as_it_was_typed_is_not_looked_for_otherwise(
    notebook: Notebook, typed: str
) -> None:
    notebook.notes(NewNote(text=text) for text in (typed, "60 bp, 5.25, 1.2.3"))

    assert texts(find(notebook, Wanted(text=typed))) == {typed}
    assert texts(find(notebook, Wanted(text="5.00"))) == set()


def test_a_figure_against_a_unit_is_no_part_of_a_longer_one_or_of_an_identifier(
    notebook: Notebook,
) -> None:
    notebook.notes(NewNote(text=text) for text in ("5.66bn", "1.5.6", "6f2a", "6bn"))

    assert texts(find(notebook, Wanted(text="5.6"))) == {"1.5.6"}
    assert texts(find(notebook, Wanted(text="5.60"))) == {"1.5.6"}
    assert texts(find(notebook, Wanted(text="6"))) == {"1.5.6"}


def test_a_figure_with_its_unit_is_found_with_and_without_its_thousands_set_apart(
    notebook: Notebook,
) -> None:
    notebook.notes(NewNote(text=text) for text in ("3,200m of copper", "1250bn"))

    assert texts(find(notebook, Wanted(text="3200m"))) == {"3,200m of copper"}
    assert texts(find(notebook, Wanted(text="1,250bn"))) == {"1250bn"}


def test_a_letter_that_is_no_accented_one_is_another(notebook: Notebook) -> None:
    notebook.note(NewNote(text="мой"))

    assert texts(find(notebook, Wanted(text="мои"))) == set()


def test_a_sign_that_is_nothing_without_its_letter_is_no_error(notebook: Notebook) -> None:
    notebook.note(NewNote(text="ـ"))

    assert texts(find(notebook, Wanted(text="\u0640", exact=True))) == {"ـ"}


@pytest.mark.parametrize("typed", ["(copper", "copper)", "[copper", "copper).", "copper,("])
def test_half_a_pair_of_brackets_is_no_part_of_a_word(notebook: Notebook, typed: str) -> None:
    notebook.note(NewNote(text=f"prices of {typed} and so on"))
    notebook.note(NewNote(text="prices of copper"))

    found = find(notebook, Wanted(text=typed))

    # By the scores alone the shorter one comes first; what is held to the letter would before it.
    assert found.hits[0].entry.text == "prices of copper"
    assert len(found.hits) == 2


def test_a_pair_of_brackets_is_looked_for_as_it_was_typed(notebook: Notebook) -> None:
    notebook.note(NewNote(text="it calls main() and then much else that is longer"))
    notebook.note(NewNote(text="the main thing"))

    assert "main()" in find(notebook, Wanted(text="main()")).hits[0].entry.text


def test_a_slip_is_mended_where_the_notebook_has_another_form_of_the_word(
    notebook: Notebook,
) -> None:
    notebook.note(NewNote(text="the bill introduces a tariff"))

    found = find(notebook, Wanted(text="introduled"))

    assert found.corrected == (("introduled", "introduces"),)
    assert len(found.hits) == 1


@pytest.mark.parametrize(
    ("typed", "number"), [("copper)", 1), ("copper", 2), (">5%", 1), ("<5%", 0)]
)
def test_exact_takes_a_bracket_as_it_was_typed(notebook: Notebook, typed: str, number: int) -> None:
    for text in ("(of copper) and zinc", "copper alone", "yield >5% in may", "yield 5% in may"):
        notebook.note(NewNote(text=text))

    assert len(find(notebook, Wanted(text=typed, exact=True)).hits) == number


@pytest.mark.parametrize("more", ["", " -why"])
def test_a_question_in_two_scripts_finds_what_holds_some_of_it(
    notebook: Notebook, more: str
) -> None:
    for text in (
        "央行 raised rates",
        "inflation copper gold note",
        "silver and gold fell",
        "央行 copper",
    ):
        notebook.note(NewNote(text=text))

    found = find(notebook, Wanted(text=f"央行 rates inflation copper gold silver{more}"))

    assert len(found.hits) == 4


def test_either_sign_for_minus_is_looked_for() -> None:
    texts = [text.encode() for text in ("at -0.75% now", "at −0.75% now", "at 0.75% now")]

    for typed in ("-0.75%", "−0.75%"):
        assert [held(None, text, typed.encode()) for text in texts] == [True, True, False]


def test_what_holds_most_of_the_words_is_counted_with_the_rest(notebook: Notebook) -> None:
    notebook.note(NewNote(text="copper r"))
    for number in range(5):
        notebook.note(NewNote(text=f"zinc gold {number}"))

    found = find(notebook, Wanted(text="copper zinc gold", number=3))

    assert (len(found.hits), found.matching) == (3, 6)


def test_of_long_notes_with_a_beginning_the_last_are_ranked(notebook: Notebook) -> None:
    filler = "of the reeds and the water " * 550
    for number in range(60):
        twice = " stagflation" * (number > 54)
        notebook.note(NewNote(text=f"{number} stagflation{twice} {filler}"))

    found = find(notebook, Wanted(text="stag*", number=5))

    assert {hit.entry.text.split()[0] for hit in found.hits} == {"55", "56", "57", "58", "59"}


@pytest.mark.parametrize("typed", ["金利 rate decision", "日銀 金利 policy rate decision now"])
def test_a_run_among_words_counts_by_how_rare_it_is(notebook: Notebook, typed: str) -> None:
    notebook.note(NewNote(text="日銀は金利を0.25%に据え置き"))
    for text in ("rate path", "a rate of the bank", "金利", "rates and policy", "the policy now"):
        notebook.note(NewNote(text=f"{text} and what else there is to say of it"))

    assert find(notebook, Wanted(text=typed)).hits[0].entry.text.startswith(("日銀", "金利"))


def test_a_ticker_that_is_a_common_word_counts_where_not_all_is_found(notebook: Notebook) -> None:
    for text in ("ON Semiconductor: a glut", "Sprott buying on the dip", "what is on and on"):
        notebook.note(NewNote(text=text))

    assert find(notebook, Wanted(text="is ON a buyout?")).hits[0].entry.text.startswith("ON ")


def test_a_slip_is_mended_in_one_text_of_several_with_other_forms(notebook: Notebook) -> None:
    for text in ("we adjust it", "they adjusted it", "after risk adjustment"):
        notebook.note(NewNote(text=text))

    found = find(notebook, Wanted(text="adjustmnt"))

    assert found.corrected == (("adjustmnt", "adjustment"),)


@pytest.mark.parametrize("typed", ["NVDA.O", "NVDA^2", "NVDA=X", "NVDA+X"])
def test_what_a_mark_glues_to_a_ticker_is_left_out_where_the_whole_is_nowhere(
    notebook: Notebook, typed: str
) -> None:
    notebook.note(NewNote(text="NVDA capex"))

    assert [hit.why for hit in find(notebook, Wanted(text=typed)).hits] == ["some words"]


def test_why_tells_words_from_tags_and_filters_in_the_order_of_time_too(notebook: Notebook) -> None:
    notebook.note(NewNote(text="dividend cut"))
    notebook.note(NewNote(text="yen", tags=("fx",)))

    whys = {
        text: [hit.why for hit in find(notebook, Wanted(text=text, order="new")).hits]
        for text in ("dividend OR tag:fx", "fx", "tag:fx", "dividend")
    }

    assert whys == {
        "dividend OR tag:fx": ["filters", "all words"],
        "fx": ["tag"],
        "tag:fx": ["filters"],
        "dividend": ["all words"],
    }
