"""What people write for a time, and what it means to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgernote.domain.times import (
    Span,
    is_time,
    parse_duration,
    parse_iso,
    parse_time,
    searched_time,
)

EAST = timezone(timedelta(hours=2))
NOW = datetime(2026, 9, 2, 14, 30, tzinfo=EAST)
"""A Wednesday."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EAST)


def span(text: str, now: datetime = NOW) -> tuple[str, str] | None:
    """The span to the minute, without the offset."""
    found = parse_time(text, now)
    if found is None:
        return None
    return f"{found.start:%Y-%m-%d %H:%M}", f"{found.end:%Y-%m-%d %H:%M}"


def days(first: str, after: str) -> tuple[str, str]:
    return f"{first} 05:00", f"{after} 05:00"


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2026-05-01", "2026-05-01", "2026-05-02"),
        ("2026-05", "2026-05-01", "2026-06-01"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2026", "2026-01-01", "2027-01-01"),
        ("today", "2026-09-02", "2026-09-03"),
        ("Yesterday", "2026-09-01", "2026-09-02"),
        ("tomorrow", "2026-09-03", "2026-09-04"),
        ("friday", "2026-08-28", "2026-08-29"),
        ("last friday", "2026-08-28", "2026-08-29"),
        ("Tue", "2026-09-01", "2026-09-02"),
        ("wednesday", "2026-08-26", "2026-08-27"),
        ("7d", "2026-08-26", "2026-08-27"),
        ("0d", "2026-09-02", "2026-09-03"),
        ("2w", "2026-08-19", "2026-08-20"),
        ("1m", "2026-08-02", "2026-08-03"),
        ("1y", "2025-09-02", "2025-09-03"),
        ("3 months ago", "2026-06-02", "2026-06-03"),
        ("2  WEEKS ago", "2026-08-19", "2026-08-20"),
        ("a week ago", "2026-08-26", "2026-08-27"),
        ("last week", "2026-08-24", "2026-08-31"),
        ("this week", "2026-08-31", "2026-09-07"),
        ("last month", "2026-08-01", "2026-09-01"),
        ("this month", "2026-09-01", "2026-10-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("this year", "2026-01-01", "2027-01-01"),
        ("march", "2026-03-01", "2026-04-01"),
        ("december", "2025-12-01", "2026-01-01"),
        ("september", "2026-09-01", "2026-10-01"),
        ("last sept", "2025-09-01", "2025-10-01"),
        ("last march", "2026-03-01", "2026-04-01"),
        ("March 2026", "2026-03-01", "2026-04-01"),
        ("feb 2024", "2024-02-01", "2024-03-01"),
        ("7 may", "2026-05-07", "2026-05-08"),
        ("May 7", "2026-05-07", "2026-05-08"),
        ("2 Sep", "2026-09-02", "2026-09-03"),
        ("3 Sep", "2025-09-03", "2025-09-04"),
        ("31 dec 2024", "2024-12-31", "2025-01-01"),
        ("december 31, 2024", "2024-12-31", "2025-01-01"),
        ("29 feb", "2024-02-29", "2024-03-01"),
    ],
)
def test_a_time_in_days(text: str, first: str, after: str) -> None:
    assert span(text) == days(first, after)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("3h", "2026-09-02 11:30", "2026-09-02 12:30"),
        ("an hour ago", "2026-09-02 13:30", "2026-09-02 14:30"),
        ("90min", "2026-09-02 13:00", "2026-09-02 13:01"),
        ("now", "2026-09-02 14:30", "2026-09-02 14:30"),
        ("2026-05-01T14", "2026-05-01 14:00", "2026-05-01 15:00"),
        ("2026-05-01 14:30", "2026-05-01 14:30", "2026-05-01 14:31"),
        ("2026-05-01t14:30Z", "2026-05-01 14:30", "2026-05-01 14:31"),
    ],
)
def test_a_time_within_a_day(text: str, start: str, end: str) -> None:
    assert span(text) == (start, end)


def test_the_small_hours_belong_to_the_evening_before() -> None:
    small = at("2026-09-02T02:20")

    assert span("today", small) == days("2026-09-01", "2026-09-02")
    assert span("yesterday", small) == days("2026-08-31", "2026-09-01")
    assert span("tuesday", small) == days("2026-08-25", "2026-08-26")
    assert span("this month", at("2026-09-01T04:59")) == days("2026-08-01", "2026-09-01")


def test_a_day_may_start_at_midnight() -> None:
    assert parse_time("2026-05-01", NOW, 0) == Span(at("2026-05-01"), at("2026-05-02"))


def test_a_time_without_offset_has_that_of_now() -> None:
    naive, aware = (parse_time(text, NOW) for text in ("2026-05-01T14:30", "2026-05-01T14:30Z"))

    assert naive
    assert naive.start == at("2026-05-01T14:30")
    assert aware
    assert aware.start == datetime(2026, 5, 1, 14, 30, tzinfo=UTC)


def test_until_a_second_includes_that_second() -> None:
    found = parse_time("2026-05-01T14:30:05+05:30", NOW)

    assert found
    assert found.end - found.start == timedelta(seconds=1)
    assert found.start.utcoffset() == timedelta(hours=5, minutes=30)


def test_a_month_back_from_its_31st_is_the_last_day() -> None:
    assert span("1m", at("2026-03-31T12:00")) == days("2026-02-28", "2026-03-01")
    assert span("1y", at("2024-02-29T12:00")) == days("2023-02-28", "2023-03-01")


def test_hours_are_real_hours_where_clocks_change() -> None:
    morning = datetime(2026, 3, 29, 6, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    found = parse_time("5h", morning)

    assert found
    assert morning.astimezone(UTC) - found.start.astimezone(UTC) == timedelta(hours=5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "xyz",
        "7",
        "d",
        "-7d",
        "7x",
        "0000",
        "9999",
        "0000-05-01",
        "0001-01-01",
        "99999",
        "99999-01-01",
        "2026-13",
        "2026-02-30",
        "2026-05-01T25:00",
        "2026-05-01T14:30+99:99",
        "999999y",
        "999999m",
        "9" * 5000 + "d",
        "9999999h",
        "last march 2026",
        "last today",
        "next friday",
        "31 april",
        "0 may",
        "30 february 2024",
        "7 may 0000",
        "٧d",
        "march 0000",
        "2026-05-01\0",
        "\udce9",
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert parse_time(text, NOW) is None


@given(st.text(st.characters()))
def test_no_text_raises(text: str) -> None:
    parse_time(text, NOW)
    parse_duration(text)
    parse_iso(text)


@given(
    st.from_regex(r"[0-9]{1,7} ?(d|w|m|y|h|min)( ago)?|[0-9]{4}(-[0-9]{2}){0,2}", fullmatch=True),
    st.datetimes(timezones=st.just(EAST)),
)
def test_what_looks_like_a_time_never_raises_and_can_be_compared(text: str, now: datetime) -> None:
    found = parse_time(text, now)

    assert found is None or found.start.astimezone(UTC) < found.end.astimezone(UTC)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(EAST)))  # noqa: DTZ001
def test_now_is_within_today_this_week_month_and_year(now: datetime) -> None:
    for text in ("today", "this week", "this month", "this year"):
        found = parse_time(text, now)
        assert found
        assert found.start <= now < found.end


@pytest.mark.parametrize("text", ["9999-12-31", "9999", "9999-01", "0001-01-01"])
def test_the_ends_of_the_calendar_are_ever_to_a_search_and_no_times_else(text: str) -> None:
    found = searched_time(text, NOW)

    assert found is not None
    assert (found.start > NOW.replace(year=9996)) == text.startswith("999")
    assert parse_time(text, NOW) is None


def test_whether_a_text_is_a_time_needs_no_clock() -> None:
    assert is_time("last friday")
    assert not is_time("xyz")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30d", timedelta(days=30)),
        ("2 weeks", timedelta(days=14)),
        ("1m", timedelta(days=30)),
        ("1Y", timedelta(days=365)),
        ("90min", timedelta(minutes=90)),
        ("0h", timedelta()),
        ("999999y", None),
        ("30", None),
        ("-3d", None),
        ("3 days ago", None),
    ],
)
def test_a_duration(text: str, length: timedelta | None) -> None:
    assert parse_duration(text) == length


@given(
    st.datetimes(
        datetime(2, 1, 1),  # noqa: DTZ001
        datetime(9998, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, EAST, timezone(timedelta(hours=-3, minutes=-30))]),
    )
)
def test_what_isoformat_writes_parse_iso_reads(moment: datetime) -> None:
    again = parse_iso(moment.isoformat())

    assert again is not None
    assert again == moment
    assert again.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-01T14:30:00Z", datetime(2026, 5, 1, 14, 30, tzinfo=UTC)),
        (" 2026-05-01 14:30:00 +0200 ", datetime(2026, 5, 1, 14, 30, tzinfo=EAST)),
        ("2026-05-01T14:30", datetime(2026, 5, 1, 14, 30, tzinfo=UTC)),
        ("2026-05-01", datetime(2026, 5, 1, tzinfo=UTC)),
        ("2026-05-01T14:30:00.1234567z", datetime(2026, 5, 1, 14, 30, 0, 123456, tzinfo=UTC)),
        ("1714521600", None),
        ("1612010900000", None),
        ("2026-05", None),
        ("2026-02-30", None),
        ("0001-01-01T00:00+14:00", None),
        ("today", None),
    ],
)
def test_a_moment_in_iso(text: str, moment: datetime | None) -> None:
    assert parse_iso(text) == moment
