"""What holds of every period, in every zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import example, given, strategies as st

from driftkeeper.domain.errors import UsageError
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

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",  # changed its clocks at midnight
    "America/Havana",  # tells midnight twice
    "America/St_Johns",  # changed its clocks at one minute past midnight
    "Australia/Lord_Howe",  # changes by half an hour
    "Asia/Kathmandu",  # is a quarter of an hour off
    "Pacific/Apia",  # skipped a date
    "Pacific/Kiritimati",
)
calendars = st.builds(
    Calendar, zone=st.sampled_from(ZONES).map(ZoneInfo), fiscal_start=st.integers(1, 12)
)
moments = st.datetimes(datetime(1985, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
years = st.integers(1971, 2998)
EDGES: tuple[Edge, ...] = ("start", "end", "at")
WORDS = [
    *("today", "yesterday", "90d", "12w", "2026q1", "2026-03", "2026", "fy2026", "fy2026q2"),
    *(f"{which}-{unit}" for which in ("this", "last") for unit in ("month", "quarter", "year")),
    *("2026-03-31", "2026-01-01..2026-03-31", "last-quarter..today", "1980q4.."),
]


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(moments)
    length = draw(
        st.timedeltas(timedelta(microseconds=1), timedelta(days=400))
        | st.integers(1, 400).map(lambda count: timedelta(days=count))
    )
    return Period(start, start + length)


@given(periods(), calendars)
@example(
    Period(datetime(2006, 10, 29, 2, tzinfo=UTC), datetime(2006, 10, 30, tzinfo=UTC)),
    Calendar(zone=ZoneInfo("America/St_Johns")),
)
@example(
    Period(datetime(2011, 12, 29, tzinfo=UTC), datetime(2012, 1, 2, tzinfo=UTC)),
    Calendar(zone=ZoneInfo("Pacific/Apia")),
)
def test_days_partition_the_period(period: Period, calendar: Calendar) -> None:
    cut = list(days(period, calendar))
    assert cut[0].start == period.start
    assert cut[-1].end == period.end
    assert all(left.end == right.start for left, right in pairwise(cut))


@given(periods(), calendars)
def test_every_inner_day_is_what_its_date_parses_to(period: Period, calendar: Calendar) -> None:
    for day in list(days(period, calendar))[1:-1]:
        date = day.start.astimezone(calendar.zone).date()
        assert parse_period(str(date), period.start, calendar) == day


@given(years, calendars, moments, st.sampled_from(["", "FY"]))
def test_quarters_partition_their_year(
    year: int, calendar: Calendar, now: datetime, prefix: str
) -> None:
    whole = parse_period(f"{prefix}{year}", now, calendar)
    quarters = [parse_period(f"{prefix}{year}Q{n}", now, calendar) for n in (1, 2, 3, 4)]
    assert quarters[0].start == whole.start
    assert quarters[-1].end == whole.end
    assert all(left.end == right.start for left, right in pairwise(quarters))


@given(years, calendars, moments)
def test_months_partition_their_year(year: int, calendar: Calendar, now: datetime) -> None:
    whole = parse_period(f"{year}", now, calendar)
    months = [parse_period(f"{year}-{n:02}", now, calendar) for n in range(1, 13)]
    assert (months[0].start, months[-1].end) == (whole.start, whole.end)
    assert all(left.end == right.start for left, right in pairwise(months))


@given(years, calendars, moments)
def test_fiscal_years_follow_each_other(year: int, calendar: Calendar, now: datetime) -> None:
    before, after = (parse_period(f"FY{n}", now, calendar) for n in (year, year + 1))
    assert before.end == after.start
    last_day = (before.end - timedelta.resolution).astimezone(calendar.zone)
    assert last_day.year == year


@given(moments, calendars, st.integers(1, 3000))
def test_so_many_days_are_that_many_dates_and_end_with_today(
    now: datetime, calendar: Calendar, count: int
) -> None:
    period = parse_period(f"{count}d", now, calendar)
    assert period.end == parse_period("today", now, calendar).end
    local = (period.start.astimezone(calendar.zone), now.astimezone(calendar.zone))
    assert (local[1].date() - local[0].date()).days == count - 1


@given(moments, calendars, st.sampled_from(["month", "quarter", "year"]))
def test_the_last_unit_ends_where_this_one_starts_and_this_one_holds_now(
    now: datetime, calendar: Calendar, unit: str
) -> None:
    last, this = (parse_period(f"{which}-{unit}", now, calendar) for which in ("last", "this"))
    assert last.end == this.start
    assert this.start <= now < this.end


@given(st.sampled_from(WORDS), st.data(), moments, calendars)
def test_case_and_space_never_matter(
    word: str, data: st.DataObject, now: datetime, calendar: Calendar
) -> None:
    shouted = "".join(
        letter.upper() if data.draw(st.booleans()) else letter
        for letter in word.replace("-", data.draw(st.sampled_from(["-", " ", "_", "  "])))
    )
    pad = data.draw(st.sampled_from(["", " ", "\t "]))
    assert parse_period(f"{pad}{shouted}{pad}", now, calendar) == parse_period(word, now, calendar)


@given(periods(), calendars)
def test_what_describe_says_can_be_typed_again(period: Period, calendar: Calendar) -> None:
    said = describe(period, calendar).partition(" (")[0].replace(" to ", "..")
    assert parse_period(said, period.start, calendar) == period


@given(st.sampled_from(WORDS), moments, calendars)
def test_what_describe_says_of_whole_days_can_be_typed_again(
    word: str, now: datetime, calendar: Calendar
) -> None:
    period = parse_period(word, now, calendar)
    said = describe(period, calendar).partition(" (")[0].replace(" to ", "..")
    assert parse_period(said, now, calendar) == period


@given(moments, calendars)
def test_a_moment_survives_being_written_down(moment: datetime, calendar: Calendar) -> None:
    for written in (moment, moment.astimezone(calendar.zone)):
        assert parse_moment(written.isoformat(), moment, calendar, edge="at") == moment


@given(st.sampled_from(WORDS), moments, calendars)
def test_the_three_edges_are_in_order(word: str, now: datetime, calendar: Calendar) -> None:
    period = parse_period(word, now, calendar)
    start, end, at = (parse_moment(word, now, calendar, edge=edge) for edge in EDGES)
    assert (start, end) == (period.start, period.end)
    assert not isinstance(at, SnapshotRef)
    assert period.start <= at < period.end
    assert at <= now or period.start > now


def survives(text: str, now: datetime, calendar: Calendar) -> None:
    """Fail on anything but a result or a refusal of one clean line."""
    said = []
    try:
        parse_period(text, now, calendar)
    except UsageError as error:
        said.append(str(error))
    for edge in EDGES:
        try:
            parse_moment(text, now, calendar, edge=edge)
        except UsageError as error:
            said.append(str(error))
    assert all(message.isprintable() for message in said)


@given(st.text(), moments, calendars)
@example("9" * 5000 + "d", datetime(2026, 1, 1, tzinfo=UTC), Calendar())
@example("fy" + "9" * 5000, datetime(2026, 1, 1, tzinfo=UTC), Calendar())
@example("2026q" + "1" * 5000, datetime(2026, 1, 1, tzinfo=UTC), Calendar())
@example("\ud800", datetime(2026, 1, 1, tzinfo=UTC), Calendar())
def test_any_text_is_read_or_refused(text: str, now: datetime, calendar: Calendar) -> None:
    survives(text, now, calendar)


@given(st.text("0123456789-:.+#tTzZqQfFyYdDwW _", max_size=30), moments, calendars)
def test_text_of_the_right_letters_is_read_or_refused(
    text: str, now: datetime, calendar: Calendar
) -> None:
    survives(text, now, calendar)


SHAPE = (
    r"(fy)?[0-9]{4}(-[0-9]{2}){0,2}(q[0-9])?"
    r"([t ][0-9]{2}:[0-9]{2}(z|[+-][0-9]{2}:[0-9]{2})?)?"
    r"(\.\.([0-9]{4}(-[0-9]{2}){0,2})?)?"
)


@given(st.from_regex(SHAPE, fullmatch=True), moments, calendars)
def test_text_of_the_right_shape_is_read_or_refused(
    text: str, now: datetime, calendar: Calendar
) -> None:
    survives(text, now, calendar)
