"""How a turn ended, in a line: what it took, why it is asked again, what cut it off."""

from __future__ import annotations

from ledgernote.domain.entries import Status
from ledgernote.domain.errors import TooLong
from ledgernote.domain.turns import Context, Kept, Reason, Retry
from ledgernote.render.escape import one_line
from ledgernote.render.receipts import entries, short


def usage_line(kept: Kept, *, first: float | None = None, seconds: float | None = None) -> str:
    """`gpt · 1.2k in, 210 out · $0.014 · first word 0.4 s, all 1.1 s · replayed 1 pin, 3 match`.

    What nobody counted is left away. *first* and *seconds* are since the question.
    """
    usage = kept.usage
    # A count of our own is an estimate, and says so.
    about = "~" if usage.source == "counted" else ""
    counts = ((usage.tokens_in, "in"), (usage.tokens_out, "out"))
    known = [f"{about}{short(number)} {way}" for number, way in counts if number is not None]
    if usage.tokens_cached and known:
        known[0] += f" ({short(usage.tokens_cached)} cached)"
    handles = {one.handle for one in kept.citations if one.verdict == "known"}
    unknown = sum(one.verdict != "known" for one in kept.citations)
    parts = [
        one_line(kept.context.model.rpartition("/")[2]),
        ", ".join(known),
        _money(usage.cost),
        _times(first, seconds),
        _replayed(kept.context),
        f"{len(handles)} cited" if handles else "",
        f"{unknown} cited that nothing stands behind" if unknown else "",
    ]
    return " · ".join(part for part in parts if part)


def _times(first: float | None, seconds: float | None) -> str:
    if seconds is None:
        return ""
    # Where the two are close, the answer came at once.
    if first is None or seconds - first < 0.5:
        return f"{seconds:.1f} s"
    return f"first word {first:.1f} s, all {seconds:.1f} s"


def _replayed(context: Context) -> str:
    """How many entries were replayed for each reason."""
    rows = entries(context.receipt)
    counts = [(sum(row.reason is reason for row in rows), reason) for reason in Reason]
    known = ", ".join(f"{count} {reason}" for count, reason in counts if count)
    return f"replayed {known}" if known else ""


def _money(cost: float | None) -> str:
    if not cost:
        return ""
    return f"${cost:.2f}" if cost >= 1 else f"${cost:.3f}" if cost >= 0.001 else "under $0.001"


def retry_line(event: Retry) -> str:
    """What went wrong, and what is done about it."""
    then = f"{one_line(event.model)} is asked instead"
    if event.seconds is not None:
        then = f"asked again in {event.seconds:g} s" if event.seconds else "asked again"
    elif isinstance(event.error, TooLong) and event.model in str(event.error):
        then = "asked again with less"
    return f"{event.error} ({then})"


REST = "`ask -c go on`"
"""What is typed in a shell to hear the rest of what a model has cut off."""


def cut_line(kept: Kept, goes_on: str = REST) -> str:
    """What became of an answer that did not come to its end; empty when it did.

    *goes_on* is what is typed here to hear the rest.
    """
    if kept.status is Status.COMPLETE and kept.usage.finish == "content_filter":
        return "cut off: the provider's content filter ended it; ask in other words"
    if kept.status is Status.COMPLETE and kept.usage.finish:
        rest = f"; {goes_on} asks for the rest" if kept.answer else ""
        return f"cut off: the model says no more at once{rest}"
    if kept.status is Status.COMPLETE:
        return ""
    where = f" as {kept.answer.handle}" if kept.answer else ""
    if kept.text.strip() and kept.answer:
        return f"interrupted: half kept{where}"
    if kept.question:
        return f"no answer; the question is kept as {kept.question.handle}"
    stopped = kept.text.strip() or isinstance(kept.error, KeyboardInterrupt)
    return f"{'interrupted' if stopped else 'no answer'}; nothing was to be kept"
