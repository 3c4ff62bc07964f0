"""Every form of a period and of a moment, and what they resolve to."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from driftkeeper.domain.errors import DriftkeeperError, UsageError
from driftkeeper.domain.period import (
    Calendar,
    Edge,
    Period,
    SnapshotRef,
    days,
    describe,
    parse_moment,
    parse_period,
)

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
APIA = ZoneInfo("Pacific/Apia")
HAVANA = ZoneInfo("America/Havana")
WORLD = Calendar()
NOW = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)  # a Thursday in the second quarter


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def midnight(text: str, zone: tzinfo = UTC) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def refusal(text: str, calendar: Calendar = WORLD, now: datetime = NOW) -> str:
    with pytest.raises(UsageError) as caught:
        parse_period(text, now, calendar)
    return str(caught.value)


# --- forms of whole days: text, first day, day after the last ---

FORMS = [
    ("2026-03-31", "2026-03-31", "2026-04-01"),
    ("2026-12-31", "2026-12-31", "2027-01-01"),
    ("2024-02-29", "2024-02-29", "2024-03-01"),
    ("2000-02-29", "2000-02-29", "2000-03-01"),
    ("today", "2026-05-14", "2026-05-15"),
    ("yesterday", "2026-05-13", "2026-05-14"),
    ("1d", "2026-05-14", "2026-05-15"),
    ("90d", "2026-02-14", "2026-05-15"),
    ("90 d", "2026-02-14", "2026-05-15"),
    ("1w", "2026-05-08", "2026-05-15"),
    ("12w", "2026-02-20", "2026-05-15"),
    ("this-month", "2026-05-01", "2026-06-01"),
    ("last-month", "2026-04-01", "2026-05-01"),
    ("this-quarter", "2026-04-01", "2026-07-01"),
    ("last-quarter", "2026-01-01", "2026-04-01"),
    ("this-year", "2026-01-01", "2027-01-01"),
    ("last-year", "2025-01-01", "2026-01-01"),
    ("2026-03", "2026-03-01", "2026-04-01"),
    ("2026-12", "2026-12-01", "2027-01-01"),
    ("2024-02", "2024-02-01", "2024-03-01"),
    ("2025-02", "2025-02-01", "2025-03-01"),
    ("2026Q1", "2026-01-01", "2026-04-01"),
    ("2026Q2", "2026-04-01", "2026-07-01"),
    ("2026Q3", "2026-07-01", "2026-10-01"),
    ("2026Q4", "2026-10-01", "2027-01-01"),
    ("2026-Q1", "2026-01-01", "2026-04-01"),
    ("2026q1", "2026-01-01", "2026-04-01"),
    ("2026 Q1", "2026-01-01", "2026-04-01"),
    ("Q1 2026", "2026-01-01", "2026-04-01"),
    ("q4-2026", "2026-10-01", "2027-01-01"),
    ("Q12026", "2026-01-01", "2026-04-01"),
    ("2026", "2026-01-01", "2027-01-01"),
    ("1970", "1970-01-01", "1971-01-01"),
    ("2999", "2999-01-01", "3000-01-01"),
    ("FY2026", "2026-01-01", "2027-01-01"),
    ("FY2026Q2", "2026-04-01", "2026-07-01"),
    ("fy 2026 q2", "2026-04-01", "2026-07-01"),
    ("FY-2026-Q2", "2026-04-01", "2026-07-01"),
    ("2026-01-01..2026-03-31", "2026-01-01", "2026-04-01"),
    ("2026-01-01 .. 2026-03-31", "2026-01-01", "2026-04-01"),
    ("2026-03-31..2026-03-31", "2026-03-31", "2026-04-01"),
    ("2025-12-31..2026-01-01", "2025-12-31", "2026-01-02"),
    ("2024-02-28..2024-02-29", "2024-02-28", "2024-03-01"),
    ("2025Q4..2026Q1", "2025-10-01", "2026-04-01"),
    ("last-quarter..today", "2026-01-01", "2026-05-15"),
    ("2026..2026-03", "2026-01-01", "2026-04-01"),
    ("FY2025..FY2026Q1", "2025-01-01", "2026-04-01"),
]


@pytest.mark.parametrize("zone", [UTC, BERLIN, NEW_YORK], ids=str)
@pytest.mark.parametrize(("text", "first", "after"), FORMS, ids=[form[0] for form in FORMS])
def test_form_means_its_days_from_midnight_to_midnight_in_the_zone(
    text: str, first: str, after: str, zone: tzinfo
) -> None:
    period = parse_period(text, NOW, Calendar(zone=zone))
    assert period == Period(midnight(first, zone), midnight(after, zone))
    assert period.start.tzinfo is UTC
    assert period.end.tzinfo is UTC


@pytest.mark.parametrize(("text", "first", "after"), FORMS, ids=[form[0] for form in FORMS])
def test_since_is_the_start_of_a_form_and_until_its_exclusive_end(
    text: str, first: str, after: str
) -> None:
    calendar = Calendar(zone=BERLIN)
    assert parse_moment(text, NOW, calendar, edge="start") == midnight(first, BERLIN)
    assert parse_moment(text, NOW, calendar, edge="end") == midnight(after, BERLIN)


@pytest.mark.parametrize(
    "text", ["last-quarter", "Last Quarter", "LAST_QUARTER", "  last   quarter ", "last\tquarter"]
)
def test_case_spaces_and_underscores_do_not_matter(text: str) -> None:
    assert parse_period(text, NOW, WORLD) == parse_period("2026Q1", NOW, WORLD)


@pytest.mark.parametrize(
    ("now", "text", "first", "after"),
    [
        ("2026-01-01T00:00Z", "yesterday", "2025-12-31", "2026-01-01"),
        ("2026-01-01T00:00Z", "last-month", "2025-12-01", "2026-01-01"),
        ("2026-01-01T00:00Z", "last-quarter", "2025-10-01", "2026-01-01"),
        ("2026-01-01T00:00Z", "last-year", "2025-01-01", "2026-01-01"),
        ("2026-01-01T00:00Z", "7d", "2025-12-26", "2026-01-02"),
        ("2026-12-31T23:59:59Z", "today", "2026-12-31", "2027-01-01"),
        ("2026-12-31T23:59:59Z", "this-month", "2026-12-01", "2027-01-01"),
        ("2026-12-31T23:59:59Z", "this-quarter", "2026-10-01", "2027-01-01"),
        ("2026-12-31T23:59:59Z", "last-quarter", "2026-07-01", "2026-10-01"),
        ("2024-02-29T12:00Z", "this-month", "2024-02-01", "2024-03-01"),
        ("2024-02-29T12:00Z", "last-year", "2023-01-01", "2024-01-01"),
        ("2024-03-01T12:00Z", "yesterday", "2024-02-29", "2024-03-01"),
        ("2025-03-01T12:00Z", "yesterday", "2025-02-28", "2025-03-01"),
        ("2026-03-31T12:00Z", "last-month", "2026-02-01", "2026-03-01"),
        ("2026-03-31T12:00Z", "this-quarter", "2026-01-01", "2026-04-01"),
        ("2026-04-01T00:00Z", "this-quarter", "2026-04-01", "2026-07-01"),
    ],
)
def test_words_are_right_at_the_edges_of_months_and_years(
    now: str, text: str, first: str, after: str
) -> None:
    assert parse_period(text, at(now), WORLD) == Period(midnight(first), midnight(after))


@pytest.mark.parametrize(
    ("now", "zone", "day"),
    [
        ("2026-06-30T22:30Z", BERLIN, "2026-07-01"),
        ("2026-06-30T21:30Z", BERLIN, "2026-06-30"),
        ("2026-07-01T03:30Z", NEW_YORK, "2026-06-30"),
        ("2026-07-01T04:30Z", NEW_YORK, "2026-07-01"),
    ],
)
def test_today_is_the_date_in_the_zone_not_in_utc(now: str, zone: ZoneInfo, day: str) -> None:
    calendar = Calendar(zone=zone)
    assert parse_period("today", at(now), calendar) == parse_period(day, NOW, calendar)


def test_the_quarter_turns_when_it_turns_in_the_zone() -> None:
    turn = at("2026-06-30T22:30Z")
    assert parse_period("this-quarter", turn, WORLD) == parse_period("2026Q2", NOW, WORLD)
    berlin = Calendar(zone=BERLIN)
    assert parse_period("this-quarter", turn, berlin) == parse_period("2026Q3", NOW, berlin)


# --- fiscal years ---


@pytest.mark.parametrize(
    ("fiscal_start", "text", "first", "after"),
    [
        (1, "FY2026", "2026-01-01", "2027-01-01"),
        (1, "FY2026Q4", "2026-10-01", "2027-01-01"),
        (2, "FY2026", "2025-02-01", "2026-02-01"),
        (2, "FY2026Q4", "2025-11-01", "2026-02-01"),
        (4, "FY2026", "2025-04-01", "2026-04-01"),
        (4, "FY2026Q1", "2025-04-01", "2025-07-01"),
        (4, "FY2026Q4", "2026-01-01", "2026-04-01"),
        (7, "FY2026", "2025-07-01", "2026-07-01"),
        (7, "FY2026Q2", "2025-10-01", "2026-01-01"),
        (7, "FY2026Q3", "2026-01-01", "2026-04-01"),
        (10, "FY2026", "2025-10-01", "2026-10-01"),
        (10, "FY2026Q1", "2025-10-01", "2026-01-01"),
        (10, "FY2026Q2", "2026-01-01", "2026-04-01"),
        (12, "FY2026", "2025-12-01", "2026-12-01"),
        (12, "FY2026Q1", "2025-12-01", "2026-03-01"),
        (7, "FY1970", "1969-07-01", "1970-07-01"),
    ],
)
def test_a_fiscal_year_is_named_after_the_year_it_ends_in(
    fiscal_start: int, text: str, first: str, after: str
) -> None:
    calendar = Calendar(zone=NEW_YORK, fiscal_start=fiscal_start)
    assert parse_period(text, NOW, calendar) == Period(
        midnight(first, NEW_YORK), midnight(after, NEW_YORK)
    )


@pytest.mark.parametrize("text", ["2026", "2026Q1", "this-quarter", "last-quarter", "last-year"])
def test_only_the_fiscal_forms_follow_the_fiscal_year(text: str) -> None:
    assert parse_period(text, NOW, Calendar(fiscal_start=2)) == parse_period(text, NOW, WORLD)


@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_fiscal_year_starts_in_a_month(month: int) -> None:
    with pytest.raises(ValueError, match="fiscal_start"):
        Calendar(fiscal_start=month)


# --- moments ---


@pytest.mark.parametrize("edge", ["start", "end", "at"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-31T10:00Z", "2026-03-31T10:00:00+00:00"),
        ("2026-03-31t10:00z", "2026-03-31T10:00:00+00:00"),
        (" 2026-03-31 10:00 Z ", "2026-03-31T10:00:00+00:00"),
        ("2026-03-31T10:00:07Z", "2026-03-31T10:00:07+00:00"),
        ("2026-03-31T10:00:07.5Z", "2026-03-31T10:00:07.500000+00:00"),
        ("2026-03-31T10:00:07.123456789Z", "2026-03-31T10:00:07.123456+00:00"),
        ("2026-03-31T10:00+02:00", "2026-03-31T08:00:00+00:00"),
        ("2026-03-31T10:00-0430", "2026-03-31T14:30:00+00:00"),
        ("2026-03-31 10:00 -05", "2026-03-31T15:00:00+00:00"),
        ("2026-03-31T10:00", "2026-03-31T08:00:00+00:00"),
        ("2026-01-31T10:00", "2026-01-31T09:00:00+00:00"),
        ("2099-01-31T10:00Z", "2099-01-31T10:00:00+00:00"),
    ],
)
def test_a_moment_is_itself_in_utc_and_without_offset_local(
    text: str, expected: str, edge: Edge
) -> None:
    moment = parse_moment(text, NOW, Calendar(zone=BERLIN), edge=edge)
    assert isinstance(moment, datetime)
    assert moment.isoformat(timespec="auto") == expected
    assert moment.tzinfo is UTC


def test_a_moment_ends_a_range_exactly() -> None:
    period = parse_period("2026-01-01..2026-03-31T10:00Z", NOW, WORLD)
    assert period == Period(midnight("2026-01-01"), at("2026-03-31T10:00Z"))
    period = parse_period("2026-03-31T10:00Z..2026-03-31T10:01Z", NOW, WORLD)
    assert period.end - period.start == timedelta(minutes=1)


@pytest.mark.parametrize("text", ["2026-01-01..", "2026-01-01 .. ", "2026Q1.."])
def test_an_open_range_runs_until_now(text: str) -> None:
    assert parse_period(text, NOW, WORLD) == Period(midnight("2026-01-01"), NOW)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2026-03-29T02:30", BERLIN),  # skipped
        ("2026-10-25T02:30", BERLIN),  # told twice
        ("2026-03-08T02:00", NEW_YORK),
        ("2026-11-01T01:59:59", NEW_YORK),
    ],
)
def test_a_local_time_that_the_clocks_skip_or_repeat_needs_an_offset(
    text: str, zone: ZoneInfo
) -> None:
    with pytest.raises(UsageError, match=r"skip or repeat.*offset"):
        parse_moment(text, NOW, Calendar(zone=zone), edge="start")
    parse_moment(text + "+01:00", NOW, Calendar(zone=zone), edge="start")


def test_the_local_times_beside_a_change_of_clocks_are_plain() -> None:
    berlin = Calendar(zone=BERLIN)
    moment = parse_moment("2026-03-29T03:00", NOW, berlin, edge="start")
    assert moment == at("2026-03-29T01:00Z")
    moment = parse_moment("2026-10-25T03:00", NOW, berlin, edge="start")
    assert moment == at("2026-10-25T02:00Z")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-31", "2026-03-31T23:59:59.999999Z"),
        ("yesterday", "2026-05-13T23:59:59.999999Z"),
        ("last-quarter", "2026-03-31T23:59:59.999999Z"),
        ("today", "2026-05-14T09:30Z"),
        ("this-year", "2026-05-14T09:30Z"),
        ("2026Q2", "2026-05-14T09:30Z"),
        ("2030", "2030-12-31T23:59:59.999999Z"),
    ],
)
def test_at_is_the_last_instant_of_a_day_but_now_while_it_is_running(
    text: str, expected: str
) -> None:
    moment = parse_moment(text, NOW, WORLD, edge="at")
    assert moment == at(expected)


def test_at_is_in_utc_whatever_zone_now_is_told_in() -> None:
    now = NOW.astimezone(NEW_YORK)
    moment = parse_moment("today", now, WORLD, edge="at")
    assert isinstance(moment, datetime)
    assert moment.tzinfo is UTC
    assert moment == NOW


# --- snapshots ---


@pytest.mark.parametrize("edge", ["start", "end", "at"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#41", SnapshotRef(number=41)),
        (" #1 ", SnapshotRef(number=1)),
        ("latest", SnapshotRef(word="latest")),
        ("First", SnapshotRef(word="first")),
    ],
)
def test_a_snapshot_comes_back_as_a_reference(text: str, expected: SnapshotRef, edge: Edge) -> None:
    assert parse_moment(text, NOW, WORLD, edge=edge) == expected


@pytest.mark.parametrize("text", ["#", "#0", "#-1", "#x", "#4 1", "#3..#9", "#٣", "#" + "9" * 19])
def test_a_snapshot_number_counts_from_one(text: str) -> None:
    with pytest.raises(UsageError, match="number, from 1"):
        parse_moment(text, NOW, WORLD, edge="start")


@pytest.mark.parametrize("text", ["#3", "#3..#9", "2026-01-01..#9", "latest", "first..latest"])
def test_a_snapshot_is_no_part_of_a_period(text: str) -> None:
    assert "a snapshot is no part of a period" in refusal(text)


# --- refusals ---


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("   ", "it is empty"),
        ("2026-13", "no such day"),
        ("2026-00", "no such day"),
        ("2026-02-30", "no such day"),
        ("2025-02-29", "no such day"),
        ("1900-02-29", "1970 to 2999"),
        ("2026-04-31", "no such day"),
        ("2026-04-00", "no such day"),
        ("2026Q5", "quarters 1 to 4"),
        ("2026Q0", "quarters 1 to 4"),
        ("2026Q12", "quarters 1 to 4"),
        ("FY2026Q5", "quarters 1 to 4"),
        ("FY26", "four digits, as in FY2026"),
        ("FY26Q2", "four digits"),
        ("FY02026", "four digits"),
        ("FY2026-03", "it is no known form"),
        ("0000", "1970 to 2999"),
        ("0000-01-01", "1970 to 2999"),
        ("1969-12-31", "1970 to 2999"),
        ("3000", "1970 to 2999"),
        ("9999-12-31", "1970 to 2999"),
        ("0d", "count from 1"),
        ("0w", "count from 1"),
        ("99999d", "count from 1"),
        ("99999w", "count from 1"),
        ("999999d", "it is no known form"),
        ("90m", "it is no known form"),
        ("-90d", "it is no known form"),
        ("41", "it is no known form"),
        ("26Q1", "it is no known form"),
        ("2026-1-1", "it is no known form"),
        ("20260331", "it is no known form"),
        ("01/02/2026", "it is no known form"),
        ("٢٠٢٦", "it is no known form"),
        ("2026-03-31T10", "it is no known form"),
        ("2026-03-31T10:00 02:00", "it is no known form"),
        ("2026-03-31T10:00Z", "it is a moment"),
        ("2026-03-31T24:30Z", "no such time"),
        ("2026-03-31T10:60Z", "no such time"),
        ("2026-02-30T10:00Z", "no such time"),
        ("2026-03-31T10:00+25:00", "no such time"),
        ("0001-01-01T00:00+14:00", "1970 to 2999"),
        ("9999-12-31T23:59-12:00", "1970 to 2999"),
        ("0000-01-01T00:00Z", "no such time"),
        ("2026-03-31..2026-01-01", "ends before it starts"),
        ("2026-03-31T10:00Z..2026-03-31T10:00Z", "covers no time"),
        ("today..yesterday", "ends before it starts"),
        ("2027..", "ends before it starts"),
        ("..2026-03-31", "no start"),
        ("..", "no start"),
        ("2026-01-01...2026-03-31", "it is no known form"),
        ("2026-01..2026-02..2026-03", "it is no known form"),
        ("2026-01-01..nonsense", "it is no known form"),
    ],
)
def test_nonsense_is_refused_with_its_reason(text: str, why: str) -> None:
    assert why in refusal(text)


def test_a_refusal_quotes_the_word_and_lists_examples() -> None:
    message = refusal("2026Q5")
    assert "'2026Q5'" in message
    for example in ("2026-03-31", "90d", "last-quarter", "FY2026Q2", "2026-01-01..2026-03-31"):
        assert example in message
    assert "\n" not in message


def test_a_refusal_of_a_range_quotes_the_side_that_is_wrong() -> None:
    assert "cannot read '2026-13'" in refusal("2026-01..2026-13")


def test_a_refusal_shows_no_control_characters_and_no_wall_of_text() -> None:
    assert "\x1b" not in refusal("\x1b[31mred")
    assert len(refusal("x" * 100_000)) < 400


def test_a_refusal_is_a_usage_error_with_exit_code_2() -> None:
    with pytest.raises(DriftkeeperError) as caught:
        parse_period("nonsense", NOW, WORLD)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("lastquarter", "last-quarter"),
        ("last-quater", "last-quarter"),
        ("thismonth", "this-month"),
        ("yesteday", "yesterday"),
        ("tody", "today"),
        ("lastest", "latest"),
    ],
)
def test_a_near_word_gets_a_suggestion(text: str, meant: str) -> None:
    assert f"did you mean '{meant}'?" in refusal(text)


def test_a_far_word_gets_no_suggestion() -> None:
    assert "did you mean" not in refusal("zzzzzz")


# --- the period itself ---


def test_a_period_is_kept_in_utc() -> None:
    period = Period(midnight("2026-01-01").astimezone(BERLIN), midnight("2026-01-02"))
    assert period.start.tzinfo is UTC
    assert period == Period(midnight("2026-01-01"), midnight("2026-01-02"))
    with pytest.raises(FrozenInstanceError):
        period.start = NOW  # type: ignore[misc]


@pytest.mark.parametrize("length", [timedelta(0), timedelta(seconds=-1)])
def test_a_period_covers_time(length: timedelta) -> None:
    with pytest.raises(UsageError, match=r"2026-05-14 09:30 .* covers no time"):
        Period(NOW, NOW + length)


def test_a_datetime_without_a_zone_is_a_mistake_of_the_caller() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="no time zone"):
        Period(naive, NOW)
    with pytest.raises(ValueError, match="no time zone"):
        parse_period("today", naive, WORLD)


# --- days ---


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ("2026-03-29", BERLIN, 23),
        ("2026-10-25", BERLIN, 25),
        ("2026-03-28", BERLIN, 24),
        ("2026-03-08", NEW_YORK, 23),
        ("2026-11-01", NEW_YORK, 25),
        ("2026-03-08", HAVANA, 23),  # the skipped hour is the first of the day
        ("2026-11-01", HAVANA, 25),  # midnight is told twice
        ("2026-03-29", UTC, 24),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: str, zone: tzinfo, hours: int) -> None:
    calendar = Calendar(zone=zone)
    period = parse_period(day, NOW, calendar)
    assert period.end - period.start == timedelta(hours=hours)
    assert list(days(period, calendar)) == [period]


def test_days_of_a_quarter_are_its_dates() -> None:
    berlin = Calendar(zone=BERLIN)
    cut = list(days(parse_period("2026Q1", NOW, berlin), berlin))
    assert len(cut) == 90
    assert cut[0] == parse_period("2026-01-01", NOW, berlin)
    assert cut[-1] == parse_period("2026-03-31", NOW, berlin)
    assert [day.start.astimezone(BERLIN).hour for day in cut] == [0] * 90


def test_days_are_cut_in_the_given_zone_and_clipped() -> None:
    utc_day = parse_period("2026-07-01", NOW, WORLD)
    assert list(days(utc_day, Calendar(zone=BERLIN))) == [
        Period(at("2026-07-01T00:00Z"), at("2026-07-01T22:00Z")),
        Period(at("2026-07-01T22:00Z"), at("2026-07-02T00:00Z")),
    ]


def test_a_leap_year_has_366_days_and_the_others_365() -> None:
    for year, length in (("2024", 366), ("2025", 365), ("2000", 366), ("2100", 365)):
        assert len(list(days(parse_period(year, NOW, WORLD), WORLD))) == length


def test_a_date_that_the_zone_skipped_is_no_day() -> None:
    samoa = Calendar(zone=APIA)  # went from 29 to 31 December 2011, crossing the date line
    period = parse_period("2011-12-29..2011-12-31", NOW, samoa)
    assert len(list(days(period, samoa))) == 2
    assert describe(period, samoa) == "2011-12-29 to 2011-12-31 (2 days, Pacific/Apia)"
    assert "skipped that day" in refusal("2011-12-30", samoa)


# --- describe ---


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("2026Q1", UTC, "2026-01-01 to 2026-03-31 (90 days, UTC)"),
        ("2026Q1", ZoneInfo("UTC"), "2026-01-01 to 2026-03-31 (90 days, UTC)"),
        ("2026Q1", BERLIN, "2026-01-01 to 2026-03-31 (90 days, Europe/Berlin)"),
        ("2024", NEW_YORK, "2024-01-01 to 2024-12-31 (366 days, America/New_York)"),
        ("2026-03-29", BERLIN, "2026-03-29 (1 day, Europe/Berlin)"),
        ("2026-05-01..", UTC, "2026-05-01 00:00 to 2026-05-14 09:30 (UTC)"),
        (
            "2026-05-01..",
            BERLIN,
            "2026-05-01 00:00+02:00 to 2026-05-14 11:30+02:00 (Europe/Berlin)",
        ),
        (
            "2026-10-25T00:30Z..2026-10-25T01:30Z",
            BERLIN,
            "2026-10-25 02:30+02:00 to 2026-10-25 02:30+01:00 (Europe/Berlin)",
        ),
        (
            "2026-05-01T10:00:05Z..2026-05-02T10:00:00.25Z",
            UTC,
            "2026-05-01 10:00:05 to 2026-05-02 10:00:00.250000 (UTC)",
        ),
        (
            "2026-01-01",
            timezone(timedelta(hours=2)),
            "2026-01-01 (1 day, UTC+02:00)",
        ),
        (
            "2026-01-01..2026-01-01T10:00",
            ZoneInfo("Europe/London"),
            "2026-01-01 00:00+00:00 to 2026-01-01 10:00+00:00 (Europe/London)",
        ),
    ],
)
def test_describe_says_days_where_they_are_whole_and_times_where_not(
    text: str, zone: tzinfo, said: str
) -> None:
    calendar = Calendar(zone=zone)
    assert describe(parse_period(text, NOW, calendar), calendar) == said


def test_whole_days_of_another_zone_are_told_as_times() -> None:
    period = parse_period("2026-01-01", NOW, WORLD)
    assert describe(period, Calendar(zone=NEW_YORK)) == (
        "2025-12-31 19:00-05:00 to 2026-01-01 19:00-05:00 (America/New_York)"
    )
