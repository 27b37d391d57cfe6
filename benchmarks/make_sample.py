"""Makes the small set in `data/`: talks about things that do not exist, and questions on them.

    python benchmarks/make_sample.py

Every fact is invented here, so the set may go anywhere. It is far too small and too easy to
tune anything on; it shows that the way through the notebook works.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"

Turn = tuple[str, str, str]
"""Who speaks, the words, and a key by which questions name the turn, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One talk on one day."""

    day: str
    turns: tuple[Turn, ...]


PEOPLE = (
    Session(
        day="2031-03-04T18:20",
        turns=(
            ("Ines", "Hi Tomas! How was the move to Velmar?", ""),
            ("Tomas", "Long. The van broke down in Ostrey and we slept in a chapel.", "van"),
            ("Ines", "Oh no. And the flat?", ""),
            ("Tomas", "Third floor above a cooperage. It smells of wet oak all day.", "flat"),
            ("Ines", "I finally signed up for the glass-blowing course I talked about.", "glass"),
            ("Tomas", "The one on Tuesdays with the man who lost his eyebrows?", ""),
            ("Ines", "That one. Master Quill. He says I hold the pipe like a flute.", "quill"),
            ("Tomas", "Ha! Well, you did play the flute for ten years.", "flute"),
        ),
    ),
    Session(
        day="2031-04-19T09:05",
        turns=(
            ("Tomas", "Guess what, I was made keeper of the tide tables at the harbour.", "tide"),
            ("Ines", "Congratulations! Since when?", ""),
            ("Tomas", "It began last Monday. I still mix up neap and spring.", "monday"),
            ("Ines", "My first goblet survived the oven. It leans, but it is green.", "goblet"),
            ("Tomas", "Keep it. You will want the leaning one when you are famous.", ""),
            ("Ines", "My sister Petra wants to visit you in June, by the way.", "petra"),
            ("Tomas", "She is welcome; tell her to bring the brown dog, not the white one.", "dog"),
            ("Ines", "The white one bit your hat. I remember.", "hat"),
        ),
    ),
    Session(
        day="2031-06-22T21:40",
        turns=(
            ("Ines", "Petra came home delighted. She says you can cook now?", ""),
            ("Tomas", "One dish: eel with sour plums. My neighbour Orla taught me.", "eel"),
            ("Ines", "And the tide tables?", ""),
            ("Tomas", "I found an error of eleven minutes in the page for October.", "error"),
            ("Ines", "Is that much?", ""),
            ("Tomas", "Enough to ground a ferry. They have printed a correction.", "ferry"),
            ("Ines", "I sold a lamp! A hotel in Brask took it for 340 crowns.", "lamp"),
            ("Tomas", "So the course has paid for itself already.", ""),
        ),
    ),
    Session(
        day="2031-09-30T17:10",
        turns=(
            ("Tomas", "We are moving again, down to the ground floor, because of my knee.", "knee"),
            ("Ines", "What happened to it?", ""),
            ("Tomas", "I slipped on the lighthouse stairs while counting the waves.", "stairs"),
            ("Ines", "Then you will miss my exhibition on the ninth of October?", "show"),
            ("Tomas", "Never. Orla drives me. What do you call it?", ""),
            ("Ines", "'Things that lean'. The green goblet stands in the middle.", "lean"),
            ("Tomas", "I knew that one would make you famous.", ""),
            ("Ines", "Bring the hat. The white dog will not be there.", ""),
        ),
    ),
)

LONG = (
    "Here is a plan for the survey, step by step. First walk the northern transect at low water "
    "and count holdfasts in ten frames, a metre wide each; write the depth beside every count. "
    "Second, repeat the walk a fortnight later, at the same state of the tide, so that the two "
    "can be compared. Third, dry a sample of forty blades at sixty degrees for two days and weigh "
    "them before and after; the ratio tells how much of the harvest is water. Fourth, ask the "
    "harbour office for the temperature log, because growth stalls above seventeen degrees. "
    "Fifth, mark the frames with copper tags rather than paint, since urchins graze paint away "
    "within a week. Sixth, keep one frame without any harvest as a control, and choose it by lot, "
    "not by eye. Seventh, note the weather of each day; a storm can clear a frame overnight, and "
    "the loss would look like grazing. Eighth, photograph each frame from straight above with the "
    "same lens. Ninth, put all of it into one table, with a row for a frame and a day, before you "
    "draw any curve. Tenth, write down what would change your mind: for this survey, a loss of "
    "more than a third of the holdfasts between the two walks would mean that the bed is dying. "
    "If you have only one boat, begin in the north, where the current is weaker in the morning, "
    "and leave the southern transect for the second week, when the moon helps you."
)

RESEARCH = (
    Session(
        day="2031-05-02T08:00",
        turns=(
            ("user", "I want to survey the sugar kelp off Marrow Point. Where do I begin?", "kelp"),
            ("assistant", LONG, "plan"),
            ("user", "My budget is 4,200 crowns and I have one rowing boat.", "budget"),
            ("assistant", "Then one transect a week is realistic; hire no diver.", "diver"),
            ("user", "I prefer tables to charts in anything you write for me.", "tables"),
            ("assistant", "Understood: tables, no charts.", ""),
        ),
    ),
    Session(
        day="2031-05-20T08:30",
        turns=(
            ("user", "First walk done: 212 holdfasts in the ten northern frames.", "first"),
            ("assistant", "That is about 21 a frame, a dense bed.", ""),
            ("user", "The thermometer of the harbour office is broken until July.", "thermo"),
            ("assistant", "Lower a bottle on a line each morning and read it at once.", "bottle"),
            ("user", "An urchin ate through two of my paint marks already.", "urchin"),
            ("assistant", "Copper tags, then. Replace them before the second walk.", ""),
        ),
    ),
    Session(
        day="2031-06-04T19:15",
        turns=(
            ("user", "Second walk: 139 holdfasts in the same frames.", "second"),
            ("assistant", "A loss of 34 per cent, just over the third you had set.", "loss"),
            ("user", "There was a storm on the first of June, though.", "storm"),
            ("assistant", "Then wait for a third walk before you call the bed dying.", "wait"),
            ("user", "The grant from the Selkie Trust came: budget is 6,000 crowns now.", "grant"),
            ("assistant", "Good: that pays for a diver in the southern transect.", "south"),
            ("user", "I have never worked with a diver before.", "never"),
            ("assistant", "Agree on hand signs and a line; brief them the evening before.", ""),
        ),
    ),
    Session(
        day="2031-07-11T07:45",
        turns=(
            ("user", "Third walk: 151 holdfasts. So it recovers?", "third"),
            ("assistant", "Slowly. Twelve more in five weeks speaks for the storm.", "slow"),
            ("user", "My diver Hanneke from last summer says the south is bare.", "hanneke"),
            (
                "assistant",
                "Ask her for the depth; below nine metres sugar kelp thins out.",
                "depth",
            ),
            ("user", "She saw it at eleven metres.", "eleven"),
            ("assistant", "Then bare ground there says little about the bed.", "bare"),
            ("user", "The report is due on the 28th of July at the Trust.", "due"),
            ("assistant", "Draft the table first; the text follows from it.", ""),
        ),
    ),
)

QUESTIONS = (
    ("harbour", "single", "Where did Tomas sleep when the van broke down?", ("van",)),
    ("harbour", "single", "What does the flat in Velmar smell of?", ("flat",)),
    ("harbour", "single", "Who teaches Ines to blow glass?", ("quill",)),
    ("harbour", "single", "Which dish can Tomas cook, and who taught him?", ("eel",)),
    ("harbour", "single", "How much did the hotel in Brask pay for the lamp?", ("lamp",)),
    ("harbour", "temporal", "When did Tomas become keeper of the tide tables?", ("tide", "monday")),
    ("harbour", "temporal", "When is the exhibition of Ines?", ("show",)),
    ("harbour", "multi", "What became of the green goblet?", ("goblet", "lean")),
    ("harbour", "multi", "Why did Tomas move to the ground floor?", ("knee", "stairs")),
    ("harbour", "multi", "What was wrong in the tide tables, what came of it?", ("error", "ferry")),
    ("harbour", "adversarial", "What did Petra say about the lighthouse stairs?", ("stairs",)),
    ("kelp", "single", "How many crowns do I have for the survey now?", ("grant",)),
    ("kelp", "single", "What did you say about copper tags and paint?", ("plan",)),
    ("kelp", "single", "Below which depth does sugar kelp thin out?", ("depth",)),
    ("kelp", "update", "How did the budget change?", ("budget", "grant")),
    ("kelp", "multi", "How many holdfasts were in each walk?", ("first", "second", "third")),
    ("kelp", "temporal", "On which day was the storm?", ("storm",)),
    ("kelp", "temporal", "When is the report for the Trust due?", ("due",)),
    ("kelp", "contradiction", "Have I worked with a diver before?", ("never", "hanneke")),
    ("kelp", "preference", "Do I prefer tables or charts?", ("tables",)),
    ("kelp", "adversarial", "What did Hanneke say about the thermometer?", ("hanneke",)),
)

TALKS = {"harbour": PEOPLE, "kelp": RESEARCH}


def turns() -> Iterator[tuple[str, dict[str, object]]]:
    """The key and the row of each turn, in the order of time within its conversation."""
    for conv, sessions in TALKS.items():
        place = 0
        for number, session in enumerate(sessions, start=1):
            for within, (speaker, text, key) in enumerate(session.turns, start=1):
                yield (
                    key,
                    {
                        "conv": conv,
                        "turn": place,
                        "id": f"{number}:{within}",
                        "session": number,
                        "date": session.day,
                        "speaker": speaker,
                        "text": text,
                    },
                )
                place += 1


def queries() -> Iterator[dict[str, object]]:
    """The rows of the questions."""
    named = {(row["conv"], key): row["id"] for key, row in turns() if key}
    for number, (conv, category, question, keys) in enumerate(QUESTIONS):
        yield {
            "conv": conv,
            "qid": f"{conv}-{number}",
            "category_name": category,
            "question": question,
            "evidence": [named[conv, key] for key in keys],
        }


def files() -> dict[str, str]:
    """The two files by name."""
    return {
        "sample.turns.jsonl": "".join(json.dumps(row) + "\n" for _, row in turns()),
        "sample.queries.jsonl": "".join(json.dumps(row) + "\n" for row in queries()),
    }


if __name__ == "__main__":
    for name, text in files().items():
        (DATA / name).write_text(text, encoding="utf-8")
