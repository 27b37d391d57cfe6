"""How a view is to look: colour, width, and whose eyes and clock it is for."""

from __future__ import annotations

from datetime import datetime, tzinfo

from ledgernote.domain.frozen import frozen

_SGR = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@frozen
class Look:
    """What a view needs to know about the reader."""

    now: datetime
    color: bool = False
    width: int | None = None
    """Columns of the terminal; None in a pipe or file, where nothing is cut or wrapped."""
    me: str = ""
    """The actor who reads, shown as `you`."""
    zone: tzinfo | None = None
    """Where times are shown; None is this machine's zone."""

    @property
    def tty(self) -> bool:
        return self.width is not None

    def style(self, name: str, text: str) -> str:
        """*text* (made safe before) in one of the styles bold, dim, red, green, yellow, cyan."""
        return f"\x1b[{_SGR[name]}m{text}\x1b[0m" if self.color and text else text

    def dim(self, text: str) -> str:
        return self.style("dim", text)

    def bold(self, text: str) -> str:
        return self.style("bold", text)

    def day(self, when: datetime) -> str:
        """`02:14` today, `12 Jun` this year, else `12 Jun 2024`."""
        local, now = when.astimezone(self.zone), self.now.astimezone(self.zone)
        if local.date() == now.date():
            return f"{local:%H:%M}"
        day = f"{local.day:2d} {_MONTHS[local.month - 1]}"
        return day if local.year == now.year else f"{day} {local.year}"

    def moment(self, when: datetime) -> str:
        """`12 Jun 02:31` this year, else `12 Jun 2024`; always twelve columns at most."""
        local, now = when.astimezone(self.zone), self.now.astimezone(self.zone)
        day = f"{local.day:2d} {_MONTHS[local.month - 1]}"
        return f"{day} {local:%H:%M}" if local.year == now.year else f"{day} {local.year:5d}"

    def age(self, when: datetime) -> str:
        """`today`, `1 day old`, `87 days old`, `5 months old`, `2 years old`."""
        days = (self.now.astimezone(self.zone).date() - when.astimezone(self.zone).date()).days
        if days <= 0:
            return "today"
        # Days stay exact for a quarter: that is how long a market view is argued about.
        count, unit = (
            (days, "day")
            if days < 100
            else (days * 10 // 305, "month")
            if days < 730
            else (days * 4 // 1461, "year")
        )
        return f"{count} {unit}{'s' * (count != 1)} old"
