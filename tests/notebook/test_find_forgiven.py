"""What is written in another way than it was typed is found all the same."""

from __future__ import annotations

import pytest

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


def test_a_letter_that_is_no_accented_one_is_another(notebook: Notebook) -> None:
    notebook.note(NewNote(text="мой"))

    assert texts(find(notebook, Wanted(text="мои"))) == set()


def test_a_sign_that_is_nothing_without_its_letter_is_no_error(notebook: Notebook) -> None:
    notebook.note(NewNote(text="ـ"))

    assert texts(find(notebook, Wanted(text="\u0640", exact=True))) == {"ـ"}
