"""`show`: the words, and what stands around them."""

from __future__ import annotations

import pexpect
from shell import Run


def linked(run: Run) -> tuple[str, str]:
    """A note with a title, and one that links to it by handle, by title and to nothing."""
    odds = run.note("No cut before September.", "--title", "Cut odds")
    return odds, run.note(f"Print: [[{odds}]], [[cut odds|odds]], [[Sept print]]")


def test_a_note_shows_what_it_links_to_and_what_links_here(run: Run) -> None:
    odds, link = linked(run)

    _, screen = run.at_terminal(f"ledgernote show {odds}; ledgernote show {link}", NO_COLOR="1")

    first, second = screen.replace("\r", "").split("links to\n")
    assert f"linked from\n  {link}  you  " in first
    assert second.count(f"{odds}  you") == 1
    assert second.count('"Cut odds"') == 1
    assert "  Sept print  nothing is called that yet\n" in second


def test_a_link_at_a_narrow_terminal_stands_on_two_lines(run: Run) -> None:
    there = run.note("the long end of the curve was sold tonight after the print")
    here = run.note(f"see [[{there}]] and [[a title that nobody has given yet]]")

    child = run.sits("show", here, columns=32, NO_COLOR="1")
    child.expect(pexpect.EOF)

    links = str(child.before).replace("\r", "").split("links to\n")[1].splitlines()
    assert all(line.startswith("  ") and len(line) <= 32 for line in links if line.strip()), links


def test_links_stand_in_the_json_of_show_and_never_in_a_piped_text(run: Run) -> None:
    odds, link = linked(run)

    there, here = run("show", odds, link, "--json").records

    assert (there["linked_from"], there["links"]) == ([link], [])
    ends = {one["name"]: one["handle"] for one in here["links"]}
    assert ends == {"cut odds": odds, odds: odds, "Sept print": None}
    assert run("show", odds).out == "No cut before September.\n"


def test_an_answer_shows_its_receipt_in_short_and_a_note_where_it_was_replayed(run: Run) -> None:
    note = run.note("No cut before September.")
    answer = run("ask", "a cut in September?", "--json").records[0]["answer"]

    _, screen = run.at_terminal(f"ledgernote show {answer}; ledgernote show {note}")

    assert f"replayed 1 match · 1 cited; why {answer} shows all" in screen
    assert f"replayed for 1 answer; why --to {note}" in screen
    record = run("show", answer, "--json").records[0]
    assert (record["replayed"], record["cited"]) == ({"match": 1}, [note])


def test_an_edited_note_says_how_often_and_where_its_revisions_are(run: Run) -> None:
    note = run.note("first")
    for text in ("second", "third"):
        run("edit", note, stdin=text)
    run("undo")
    run("edit", note, stdin="fourth")

    _, screen = run.at_terminal(f"ledgernote show {note}")

    assert "edited 2 times, last " in screen
    assert f"history {note} shows all" in screen


def test_of_many_links_to_an_entry_the_rest_is_counted(run: Run) -> None:
    run.note("x", "--title", "hub")
    run("note", "--each", stdin="".join(f"[[hub]] {number}\n" for number in range(15)))
    hub = run("find", "x", "--ids").out.strip()

    _, screen = run.at_terminal(f"ledgernote show {hub}")

    assert screen.count("[[hub]]") == 12
    assert "and 3 more; show --json names all" in screen
    assert len(run("show", hub, "--json").records[0]["linked_from"]) == 15


def test_a_long_text_leaves_a_pipe_as_it_came_but_for_the_end_of_its_last_line(run: Run) -> None:
    text = "a line of prices\r\n" * 60_000 + "ä 3,140.25"
    handle = run.note(stdin=text)

    shown = run("show", handle)

    assert shown.out == text + "\n"
