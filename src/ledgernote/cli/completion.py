"""`completion`: the scripts that complete words in a shell.

They are made from the table of commands and know its words by themselves; names of projects,
threads, tags and entries are asked of the program.
"""

from __future__ import annotations

from ledgernote.cli.call import Call
from ledgernote.cli.shells import bash, fish, zsh
from ledgernote.domain.errors import UsageError

SCRIPTS = {"bash": bash.script, "zsh": zsh.script, "fish": fish.script}


def completion(call: Call, shell: str) -> None:
    """Print the script that completes words in a shell."""
    if call.out.json:
        raise UsageError("a completion script has no JSON form", "Leave --json away.")
    call.out.piece(script(shell))


def script(shell: str) -> str:
    """The script for a shell. Raises `UsageError`."""
    if shell not in SCRIPTS:
        raise UsageError(f"no script for {shell!r}", f"One of {', '.join(SCRIPTS)}.")
    return SCRIPTS[shell]()
