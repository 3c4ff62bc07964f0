"""The change log as people read it: by day, weakening first, folded, never hiding anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from unicodedata import category
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from driftkeeper.cli.change_log import Teller, tally
from driftkeeper.cli.families import Family, families, parted
from driftkeeper.cli.windows import outside
from driftkeeper.domain.types import Change, Direction, Scope, Severity
from tests.unit.cli.made import GROUP, NOON, PLAIN, STYLE, Terminal, change, days, printed, told

WEAK = {"direction": Direction.WEAKENED, "severity": Severity.HIGH}
QUIET = {"severity": Severity.INFO, "kind": "resource.created"}


def test_a_day_reads_like_this() -> None:
    cause = change("cause", after={"Description": "a note"})
    port = change("port", kind="sg.public_ingress_added", caused_by="id-cause", **WEAK)
    row = change("row", resource=f"{GROUP}/rule/tcp/22", **QUIET)
    other = change(
        "other",
        kind="cloudtrail.logging_stopped",
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        scope=Scope("999900001111", "us-east-1", "cloudtrail.trail"),
        resource="arn:aws:cloudtrail:us-east-1:999900001111:trail/main",
        path="Status/IsLogging",
        before=True,
        after=False,
        not_before=NOON - timedelta(days=2),
    )
    window = "after 03-03 12:00, by 03-05 12:00 UTC"
    assert told(cause, row, port, other).splitlines() == [
        "",
        "Thu 2026-03-05  after 2026-03-04 12:00, by 2026-03-05 12:00 UTC, #4",
        "  ▼ critical sentence other.",
        "             Status/IsLogging: on -> off",
        f"             cloudtrail.logging_stopped · 999900001111 us-east-1 · {window} · CC6.6",
        "  · low      sentence cause.",
        "             + Description a note",
        "             sg.rule_added · production eu-west-1 · CC6.6",
        "  └ ▼ high     sentence port.",
        "               sg.public_ingress_added · CC6.6",
        "             and 1 quiet companion · resource.created",
    ]


def test_days_are_cut_in_the_zone_of_the_calendar() -> None:
    late = change(not_after=datetime(2026, 3, 5, 23, 30, tzinfo=UTC))
    teller = Teller(PLAIN, ZoneInfo("Europe/Berlin"))
    assert "Fri 2026-03-06" in printed(lambda: teller.days([late]))


def test_a_consequence_whose_cause_is_filtered_out_stands_alone() -> None:
    assert "  ▼ high     sentence 2." in told(change("2", caused_by="id-1", **WEAK))


def test_what_differs_is_told_once_of_a_cause_and_what_it_means() -> None:
    cause = change("1", before=["a"], after=["b"])
    same = change("2", before=["a"], after=["b"], kind="sg.meaning", caused_by="id-1")
    assert told(cause, same).count("+ IpPermissions/tcp/22: b") == 1
    assert told(cause, same, verbose=True).count("+ IpPermissions/tcp/22: b") == 2


def test_many_consequences_alike_are_counted() -> None:
    more = [change(f"more {i}", resource=f"r{i}", caused_by="id-1", **WEAK) for i in range(5)]
    text = told(change("1"), *more, change("other", caused_by="id-1", direction=Direction.ACTIVITY))
    assert "└ ▼ high     sentence more 0." in text
    assert "sentence more 1." not in text
    assert "and 4 more like them · sg.rule_added ×4" in text
    assert "sentence other." in text
    assert "sentence more 4." in told(change("1"), *more, verbose=True)
    assert "sentence more 2." in told(change("1"), *more[:3])


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_quiet_changes_in_a_row_are_all_told_in_whatever_order_they_come(
    order: tuple[int, ...],
) -> None:
    line = [
        change("1", **WEAK),
        change("2", resource="r2", caused_by="id-1", **QUIET),
        change("3", resource="r3", caused_by="id-2", **QUIET),
    ]
    (family,) = families([line[i] for i in order])
    assert sorted(each.id for each in family.members()) == ["id-1", "id-2", "id-3"]


def test_causes_in_a_circle_are_still_told() -> None:
    text = told(change("1", caused_by="id-2"), change("2", caused_by="id-1"), change("3"))
    assert all(f"sentence {name}." in text for name in "123")


def test_a_quiet_companion_is_found_by_its_place_or_by_what_it_refers_to() -> None:
    user = "arn:aws:iam::111122223333:user/eve"
    key = change("key", resource=user, kind="iam.access_key.created")
    refers = change("row", resource="urn:x", path="", after={"UserArn": user}, **QUIET)
    same = change("same", resource=user, **QUIET)
    alone = change("alone", resource="urn:y", path="", after={"UserArn": "other"}, **QUIET)
    text = told(key, refers, same, alone)
    assert "and 2 quiet companions · resource.created ×2" in text
    assert "sentence alone." in text


def test_what_weighs_something_is_never_a_quiet_companion() -> None:
    loud = change("loud", resource=f"{GROUP}/rule/1", direction=Direction.WEAKENED, severity="info")
    assert "sentence loud." in told(change(), loud)


def test_scopes_that_share_a_fate_are_counted() -> None:
    lost = [
        change(
            str(i), kind="collection.scope_lost", scope=Scope("111122223333", "eu-west-1", f"t{i}")
        )
        for i in range(5)
    ]
    text = told(*lost)
    assert "5 scopes could not be seen" in text
    assert "collection.scope_lost · production eu-west-1 (5)" in text
    assert "sentence 3." in told(*lost[:3], lost[3], verbose=True)
    assert "sentence 1." in told(*lost[:3])


def test_verbose_says_why_it_matters_what_to_do_and_everything_that_differs() -> None:
    many = change(kind="sg.public_ingress_added", before=[], after=[f"n{i}" for i in range(7)])
    short, full = told(many), told(many, verbose=True)
    assert "… 3 more with --verbose" in short
    assert all(f"n{i}" in full for i in range(7))
    assert f"of  {GROUP} (ec2.security_group)" in full
    assert "id  id-1" in full
    assert "production (111122223333) eu-west-1" in full


@given(days())
def test_folding_never_hides_a_change(changes: list[Change]) -> None:
    single, many = parted(changes)
    members = [each.id for family in families(single) for each in family.members()]
    counted = [each.id for sights in many for each in sights.changes]
    assert sorted(members + counted) == sorted(each.id for each in changes)
    text = told(*changes)
    folded = sum(len(family.quiet) + len(family.alike) for family in _all(families(single)))
    shown = sum(f"sentence {i}." in text for i in range(len(changes)))
    assert shown + folded + len(counted) == len(changes)
    full = told(*changes, verbose=True)
    assert all(each.says in full for each in changes)


def _all(heads: list[Family]) -> Iterator[Family]:
    for family in heads:
        yield family
        yield from _all(family.consequences)


@given(days())
def test_nothing_in_a_change_can_steer_a_terminal_or_begin_a_line(changes: list[Change]) -> None:
    for verbose in (False, True):
        text = told(*changes, verbose=verbose)
        assert not any(category(char) == "Cc" for char in text.replace("\n", ""))
        assert not set(text) & BIDI
        assert len(text.splitlines()) == text.count("\n")


BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

EVIL = {
    "escape": "\x1b[2Jgone",
    "right to left": "\u200f\u202eexe.\u2067",
    "lines": "a\r\nThu 2026-03-05\n  ▼ critical forged",
    "long": "x" * 4000,
}


@pytest.mark.parametrize("name", EVIL.values(), ids=EVIL.keys())
def test_hostile_names_stay_inside_their_line(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = change(
        says=f"{name} appeared",
        resource=f"arn:aws:x:::{name}",
        kind=name[:90],
        path=f"Tags/{name}/Value",
        before=[name],
        after={name: {name: name}},
        criteria=(name[:9],),
    )
    monkeypatch.setenv("COLUMNS", "80")
    for verbose in (False, True):
        piped = told(evil, verbose=verbose)
        seen = STYLE.sub("", told(evil, verbose=verbose, stream=Terminal()))
        for text in (piped, seen):
            assert not set(text) & set("\x1b\r\u200f\u202e\u2067")
            assert not any(
                line.startswith(("  ▼", "Thu 2026-03-05\\")) for line in text.splitlines()
            )
        assert verbose or len(piped) < 2500
        assert max(map(len, seen.splitlines())) <= 100 + len(name[:90]) * 6


def test_on_a_terminal_the_same_words_are_broken_and_coloured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    changes = [change(str(i), before="old", after=f"new {i}", says="word " * 30) for i in range(3)]
    seen, piped = told(*changes, stream=Terminal()), told(*changes)
    assert "\x1b[" in seen
    assert max(map(len, STYLE.sub("", seen).splitlines()[2:])) <= 60
    assert STYLE.sub("", seen).replace("·", " ").split() == piped.replace("·", " ").split()


# ---- by resource ----------------------------------------------------------------------------


def test_a_comparison_reads_resource_by_resource() -> None:
    changes = [
        change("low"),
        change("high", resource=GROUP.replace("sg-1", "sg-2"), **WEAK),
        *(change(f"q{i}", resource=f"arn:aws:x:::q/{i}", **QUIET) for i in range(5)),
        change("late", not_before=NOON - timedelta(hours=13)),
    ]
    teller = Teller(PLAIN, UTC, {"111122223333": "production"})
    dated = outside(NOON - timedelta(days=1), NOON)
    assert printed(lambda: teller.resources(changes, dated)).splitlines() == [
        "",
        "sg-2",
        "  production eu-west-1 · ec2.security_group",
        "  ▼ high     sentence high.",
        "             sg.rule_added · CC6.6",
        "",
        "sg-1",
        "  production eu-west-1 · ec2.security_group",
        "  · low      sentence low.",
        "             sg.rule_added · CC6.6",
        "  · low      sentence late.",
        "             sg.rule_added · CC6.6",
        "",
        "5 quiet changes elsewhere",
        "  resource.created ×5",
        "  --verbose tells each of them",
    ]
    full = printed(lambda: Teller(PLAIN, verbose=True).resources(changes, dated))
    assert all(each.says in full for each in changes)


# ---- counts ---------------------------------------------------------------------------------


def test_a_tally_grades_what_weakened() -> None:
    counts = {
        (Direction.WEAKENED, Severity.LOW): 2,
        (Direction.WEAKENED, Severity.CRITICAL): 1,
        (Direction.NEUTRAL, Severity.INFO): 4,
    }
    assert tally(counts) == "3 weakened (1 critical, 2 low), 0 strengthened, 0 activity, 4 neutral"
    assert tally({}) == "0 weakened, 0 strengthened, 0 activity, 0 neutral"
