"""Make a ChatGPT data export of any size, with branches, pictures, tools and thoughts.

    python benchmarks/make_chatgpt.py 100 conversations.json    # megabytes
    python benchmarks/make_chatgpt.py --talks 1000 export.zip

The same arguments give the same bytes. Written as it is made: memory does not grow.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

START = 1_677_000_000
"""February 2023, in seconds."""
COMMON = """the of and to in a is that for it as was with be by on not he his but at are this have
from or had an they which one you were all her she there would their we him been has when who will
no more if out so up said what its about than into them can only other time new some could these
two may first then do any like my now over such our man even most made after also did many must
rates inflation yield curve fed cut print services shelter real growth labor market risk premium
liquidity credit spread dollar euro oil gold equity earnings margin guidance consensus"""
TITLES = ["New chat", "Greeting Assistance", "Rates outlook", "CPI print", "Curve steepener", None]
MODELS = ["gpt-4", "gpt-4o", "o1", "gpt-5", "text-davinci-002-render-sha"]


class Maker:
    """Talks by the dozen, from one seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.common = COMMON.split()
        rare = "abcdefghijklmnopqrstuvwxyz"
        self.rare = [
            "".join(self.dice.choices(rare, k=self.dice.randint(4, 11))) for _ in range(30_000)
        ]

    def id(self) -> str:
        return str(UUID(int=self.dice.getrandbits(128), version=4))

    def words(self, number: int) -> str:
        """Words as they are spread in texts: a few often, many seldom."""
        often = self.dice.choices(self.common, k=number)
        seldom = [int(len(self.rare) * self.dice.random() ** 4) for _ in range(number // 3 + 1)]
        for place in range(0, number, 3):
            often[place] = self.rare[seldom[place // 3]]
        lines = [" ".join(often[at : at + 40]) for at in range(0, number, 40)]
        return ".\n\n".join(lines)

    def message(self, role: str, at: float, content: dict[str, Any], **more: Any) -> dict[str, Any]:
        recipient = more.pop("recipient", "all")
        return {
            "id": self.id(),
            "author": {"role": role, "name": None, "metadata": {}},
            "create_time": at,
            "update_time": None,
            "content": content,
            "status": "finished_successfully",
            "end_turn": True,
            "weight": 1.0,
            "metadata": {"request_id": self.id(), "timestamp_": "absolute", **more},
            "recipient": recipient,
            "channel": None,
        }

    def talk(self, number: int) -> dict[str, Any]:
        """One conversation: a tree of nodes."""
        dice, at = self.dice, START + number * 3_600.5
        mapping: dict[str, Any] = {}
        model = dice.choice(MODELS)

        def node(parent: str | None, message: dict[str, Any] | None) -> str:
            id_ = message["id"] if message else self.id()
            mapping[id_] = {"id": id_, "message": message, "parent": parent, "children": []}
            if parent:
                mapping[parent]["children"].append(id_)
            return id_

        def text(words: int) -> dict[str, Any]:
            return {"content_type": "text", "parts": [self.words(words)]}

        def answer(parent: str, at: float) -> str:
            if dice.random() < 0.1:
                code = {"content_type": "code", "language": "python", "text": "print(6 * 7)"}
                parent = node(parent, self.message("assistant", at, code, recipient="python"))
                out = {"content_type": "execution_output", "text": "42"}
                parent = node(parent, self.message("tool", at + 1, out))
            if dice.random() < 0.1:
                thoughts = {"content_type": "thoughts", "thoughts": [{"content": self.words(50)}]}
                parent = node(parent, self.message("assistant", at, thoughts, model_slug=model))
            length = int(dice.lognormvariate(5, 0.8))
            return node(parent, self.message("assistant", at + 2, text(length), model_slug=model))

        root = node(None, None)
        hidden = {"is_visually_hidden_from_conversation": True}
        last = node(
            root, self.message("system", at, {"content_type": "text", "parts": [""]}, **hidden)
        )
        for turn in range(max(1, int(dice.expovariate(1 / 8)))):
            at += dice.uniform(20, 600)
            content: dict[str, Any] = text(int(dice.lognormvariate(3, 0.9)) + 1)
            if dice.random() < 0.03:
                picture = {
                    "content_type": "image_asset_pointer",
                    "asset_pointer": f"file-service://file-{turn}",
                    "width": 1024,
                    "height": 768,
                }
                content = {"content_type": "multimodal_text", "parts": [picture, *content["parts"]]}
            asked = node(last, self.message("user", at, content))
            last = answer(asked, at + 1)
            if dice.random() < 0.1:  # asked again: a sibling
                last = answer(asked, at + 15)
        title = dice.choice(TITLES) if dice.random() < 0.2 else self.words(4)
        return {
            "title": title,
            "create_time": START + number * 3_600.5,
            "update_time": at,
            "mapping": mapping,
            "moderation_results": [],
            "current_node": last,
            "plugin_ids": None,
            "conversation_id": self.id(),
            "conversation_template_id": None,
            "gizmo_id": "g-p-0123456789abcdef" if dice.random() < 0.1 else None,
            "is_archived": False,
            "safe_urls": [],
            "default_model_slug": model,
            "id": None,
        }


def pieces(size: int | None, talks: int | None, seed: int) -> Iterator[bytes]:
    """The file in pieces, until it has *size* bytes or *talks* conversations."""
    maker, written, number = Maker(seed), 1, 0
    yield b"["
    while (size is None or written < size) and (talks is None or number < talks):
        piece = json.dumps(maker.talk(number), ensure_ascii=number % 2 == 0).encode()
        yield b", " * bool(number) + piece
        written, number = written + len(piece) + 2, number + 1
    yield b"]"


def make(path: Path, *, size: int | None = None, talks: int | None = None, seed: int = 1) -> None:
    """Write the export: a zip where the name says so."""
    if path.suffix != ".zip":
        with path.open("wb") as file:
            file.writelines(pieces(size, talks, seed))
        return
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("conversations.json", "w", force_zip64=True) as file:
            for piece in pieces(size, talks, seed):
                file.write(piece)
        archive.writestr("user.json", "{}")
        archive.writestr("chat.html", "<html></html>")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("megabytes", nargs="?", type=int, help="size of conversations.json")
    parser.add_argument("path", type=Path)
    parser.add_argument("--talks", type=int, help="how many conversations, instead of a size")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.megabytes is None and given.talks is None:
        parser.error("name a size in megabytes or --talks")
    size = given.megabytes and given.megabytes * 1_000_000
    make(given.path, size=size, talks=given.talks, seed=given.seed)
    print(f"{given.path}: {given.path.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
