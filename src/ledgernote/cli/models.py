"""`models`: what can be asked now, and why one of them answers."""

from __future__ import annotations

from ledgernote.cli.call import Call
from ledgernote.domain.errors import LedgerError, ModelError, NoSuchThing
from ledgernote.notebook import models as listing
from ledgernote.notebook.answering import the_choice
from ledgernote.notebook.consent import provider_of
from ledgernote.render.escape import cells, one_line, padded
from ledgernote.render.receipts import short


def models(  # noqa: PLR0913  each is an option of the contract
    call: Call,
    *,
    usable: bool = False,
    everything: bool = False,
    why: bool = False,
    model: str | None = None,
    thread: str | None = None,
    names: bool = False,
) -> None:
    """List the models that can be asked now, the one that answers unless told first."""
    project, last = _place(call, thread)
    if names:
        for name in listing.typed(call.settings, project):
            call.out.data(one_line(name))
        return
    if everything and model and not (why or thread):
        _put_names(call, listing.fitting(call.settings, model))
        return
    if why or model or thread:
        _explain(call, listing.reasons(call.settings, project, name=model, last=last))
        return
    found = listing.listed(call.settings, project, everything=everything)
    rows = [row for row in found if row.usable or not usable]
    column = max((cells(one_line(_name(row))) for row in rows), default=0)
    for row in rows:
        _put(call, row, column)
    if not usable:
        call.out.say("any provider/model can be asked whose key is there; a part of a name will do")
    if not everything:
        call.out.say("--all lists dated models too, and those that go away")


def _put_names(call: Call, names: list[str]) -> None:
    for name in names:
        if call.out.json:
            call.out.record({"model": name})
        else:
            call.out.data(one_line(name))


def _place(call: Call, thread: str | None) -> tuple[str, str | None]:
    """The project's name, and the model that answered last in *thread*."""
    try:
        with call.notebook() as notebook:
            last = listing.last_model(notebook, thread) if thread else None
            return notebook.project_name, last
    except LedgerError:  # the list is needed before there is a ledger, and beside a broken one
        if thread:
            raise
        return call.place.project.rpartition("# ")[2], None


def _put(call: Call, row: listing.Listed, column: int) -> None:
    choice, facts = row.choice, row.facts
    if call.out.json:
        call.out.record(
            {
                "model": choice.name,
                "provider": provider_of(choice.name),
                "alias": row.alias or None,
                "usable": row.usable,
                "default": row.default,
                "local": choice.local,
                "window": choice.window,
                "window_learned": row.learned,
                "price_in": facts.price_in,
                "price_out": facts.price_out,
                "vision": choice.sees,
                "tools": facts.tools,
                "why": row.why,
            }
        )
        return
    price = _price(facts.price_in, facts.price_out)
    can = " ".join(filter(None, ("vision" * choice.sees, "tools" * facts.tools)))
    why = row.why if not row.alias else f"{row.choice.name}: {row.why}"
    fields = (_name(row), short(choice.window), price, can, _where(row), why)
    if not call.out.tty:
        call.out.data("\t".join(one_line(field) for field in fields))
        return
    mark = "*" if row.default else " "
    name = padded(one_line(_name(row)), column)
    head = f"{mark} {name} {fields[1]:>6} {price:>13} {can:12} {fields[4]:6} "
    call.out.data(head + one_line(why, max(call.out.size()[0] - cells(head), 20)))


def _name(row: listing.Listed) -> str:
    """What it is asked for by."""
    return row.alias or row.choice.name


def _where(row: listing.Listed) -> str:
    if not row.usable:
        return "away" if row.choice.api_base else "no key"
    return "local" if row.choice.local else "remote"


def _price(into: float | None, out: float | None) -> str:
    """Dollars for a million tokens in and out."""
    return f"${into:g}/${out:g}" if into is not None and out is not None else ""


def _explain(call: Call, rows: list[listing.Reason]) -> None:
    chosen = next(row for row in rows if row.chosen)
    for row in rows:
        if call.out.json:
            call.out.record(
                {"rule": row.rule, "model": row.model, "chosen": row.chosen, "why": row.why}
            )
        else:
            mark = "*" if row.chosen else " "
            call.out.data(f"{mark} {padded(row.rule, 24)}  {one_line(row.why)}")
    if chosen.model is None:
        told = f"{chosen.rule}: {chosen.why}"
        if isinstance(chosen.fault, ModelError):  # as `ask` ends
            raise ModelError(told, chosen.fault.hint)
        raise NoSuchThing(told, "`ledgernote models` lists them, --all -m NAME all that it fits.")
    missing = listing.hindrance(call.settings, the_choice(call.settings, chosen.model))
    call.out.say(f"{chosen.model} is asked" + f"; {missing}" * bool(missing))
