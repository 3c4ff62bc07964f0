"""The change log's filters: each answer is the same on both databases, and that of the obvious loop."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

import pytest

from driftkeeper.domain.types import Change, Direction, Scope, Severity
from driftkeeper.store import log, rows
from driftkeeper.store.database import Engine, reading, writing
from driftkeeper.store.tables import change as table
from tests.store.sights import USERS, body, saw, take

START = datetime(2026, 3, 1, tzinfo=UTC)
KINDS = ("sg.rule_added", "sg.rule_removed", "iam.user.created", "kms.rotation_disabled")
CRITERIA = ((), ("CC6.1",), ("CC6.1", "CC6.10"), ("CC7.2", "CC6.6"))
KEYS = (
    "arn:aws:x:::group/sg-1",
    "arn:aws:x:::group/sg-1/rule/1",
    "urn:a%b_c",
    "arn:x:SG-1\nend",
    "[*]",
)


def _changes() -> list[Change]:
    found = []
    for i in range(120):
        renamed = i % 17 == 0
        found.append(
            Change(
                id=str(UUID(int=i)),
                kind=KINDS[i % len(KINDS)],
                direction=list(Direction)[i % 3],
                severity=list(Severity)[i % 5],
                criteria=CRITERIA[i % 7 % len(CRITERIA)],
                scope=Scope(f"{i % 2}" * 12, ("eu-west-1", "us-east-1")[i % 3 % 2], "iam.user"),
                resource=KEYS[i % len(KEYS)],
                path="" if renamed else "Some/Path",
                before="arn:aws:x:::group/old-name" if renamed else None,
                after={"i": i},
                not_before=START,
                not_after=START + timedelta(hours=i // 7 * 5 % 60),
                snapshot=1 + i // 60,
                previous_snapshot=0,
                says=f"change {i}",
            )
        )
    return found


CHANGES = _changes()


@pytest.fixture
def full(engine: Engine) -> Engine:
    """A store whose log has just these changes."""
    take(engine, saw(USERS, 1, body("alice")))
    take(engine, saw(USERS, 2, body("alice")))
    with writing(engine) as connection:
        connection.execute(
            table.insert(),
            [rows.change_row(change, 1000 + i) for i, change in enumerate(CHANGES)],
        )
    return engine


def _of_these(changes: list[Change]) -> list[str]:
    return [change.says for change in changes if change.says.startswith("change ")]


FILTERS: dict[str, tuple[dict[str, Any], Any]] = {
    "kinds": ({"kinds": KINDS[:2]}, lambda c: c.kind in KINDS[:2]),
    "directions": (
        {"directions": (Direction.WEAKENED,)},
        lambda c: c.direction is Direction.WEAKENED,
    ),
    "severities": (
        {"severities": (Severity.HIGH, Severity.CRITICAL)},
        lambda c: c.severity >= Severity.HIGH,
    ),
    "one of two criteria": (
        {"criteria": ("CC6.1", "CC7.2")},
        lambda c: {"CC6.1", "CC7.2"} & {*c.criteria},
    ),
    "no criterion by its beginning": ({"criteria": ("CC6",)}, lambda _: False),
    "accounts and regions": (
        {"accounts": ("0" * 12,), "regions": ("eu-west-1",)},
        lambda c: c.scope.account == "0" * 12 and c.scope.region == "eu-west-1",
    ),
    "an end of keys": ({"resources_like": ("sg-?",)}, lambda c: c.resource.endswith("/sg-1")),
    "whole keys": (
        {"resources_like": ("arn:aws:*",)},
        lambda c: c.resource.startswith("arn:aws:") or c.before is not None,
    ),
    "special letters mean themselves": (
        {"resources_like": ("urn:a%b_?",)},
        lambda c: fnmatchcase(c.resource, "urn:a%b_?"),
    ),
    "a bracket means itself": ({"resources_like": ("[[]",)}, lambda _: False),
    "brackets mean themselves": ({"resources_like": ("[*]",)}, lambda c: c.resource == "[*]"),
    "lines are letters, and case matters": (
        {"resources_like": ("SG-*end",)},
        lambda c: c.resource == KEYS[3],
    ),
    "a name that was taken away": (
        {"resources_like": ("old-*",)},
        lambda c: c.before is not None,
    ),
    "times": (
        {"start": START + timedelta(hours=5), "end": START + timedelta(hours=20)},
        lambda c: timedelta(hours=5) <= c.not_after - START < timedelta(hours=20),
    ),
}


@pytest.mark.parametrize("case", FILTERS.values(), ids=FILTERS.keys())
def test_the_database_filters_as_a_loop_would(
    full: Engine, case: tuple[dict[str, Any], Any]
) -> None:
    options, passes = case
    wanted = log.ChangeFilter(**options)
    expected = sorted(filter(passes, CHANGES), key=lambda c: c.not_after)
    with reading(full) as connection:
        found = [*log.in_time(connection, wanted)]
        backwards = [*log.in_time(connection, wanted, newest=True)]
        newest = [*log.in_time(connection, wanted, newest=True, limit=5)]
        counts = log.counts(connection, wanted)
    assert _of_these(found) == [change.says for change in expected]
    assert backwards == found[::-1]
    assert newest == backwards[:5]
    assert counts == Counter((change.direction, change.severity) for change in found)


def test_without_a_filter_there_is_everything(full: Engine) -> None:
    with reading(full) as connection:
        every = [*log.changes(connection, log.ChangeFilter())]
        assert sorted(_of_these(every)) == sorted(change.says for change in CHANGES)
        assert {*KINDS} <= {*log.kinds(connection)}
        assert log.kinds(connection) == sorted({change.kind for change in every})
