"""`chat` without a terminal: one turn a line, plain text out, no commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from ledgernote.domain.errors import LedgernoteError
from ledgernote.domain.text import to_text
from ledgernote.domain.turns import Asked
from ledgernote.notebook.turn import Question, take_turn
from ledgernote.render.output import Output
from ledgernote.render.stream import paint
from ledgernote.repl.session import Session
