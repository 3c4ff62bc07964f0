"""Which movements of facts the pairs of a step hold, and what moved them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from driftkeeper.derive.engine import FactMoved, moved
from driftkeeper.derive.spec import Fact
from driftkeeper.domain.types import Body, Change, Direction, Json, Moved, Pair, Scope, Severity
from tests.cases.answers import ACCOUNT, AS_OF, SINCE

SCOPE = Scope(ACCOUNT, "eu-west-1", "test.thing")


def _counted(config: Mapping[str, Json]) -> dict[str, Json]:
    return {"n": len(config.get("Rows", ()))}


def _compared(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[Moved]:
    return [] if old == new else [Moved(("n",), old["n"], new["n"])]


def _blame(found: Moved, change: Change) -> int:
    return len(change.path) if change.path.startswith("Rows") else 0


COUNT = Fact("test.count", "Rows", "test.thing", "How many.", 1, _counted, _compared, _blame)
OTHER = replace(COUNT, name="test.other", of="test.nothing")


def body(digest: str, **config: Json) -> Body:
    return Body("thing", None, config, b"", digest)


def found(old: Body | None, new: Body | None) -> list[FactMoved]:
    return list(moved([COUNT, OTHER], [Pair(SCOPE, "thing", old, new)]))


def change(path: str, resource: str = "thing") -> Change:
    return Change(
        id=path,
        kind="x.y",
        direction=Direction.NEUTRAL,
        severity=Severity.INFO,
        criteria=("CC8.1",),
        scope=SCOPE,
        resource=resource,
        path=path,
        before=None,
        after=None,
        not_before=SINCE,
        not_after=AS_OF,
        snapshot=2,
        previous_snapshot=1,
        says="x",
    )


def test_a_fact_moves_with_the_configuration_of_its_own_evidence_type_only() -> None:
    (only,) = found(body("1", Rows=[1]), body("2", Rows=[1, 2]))

    assert (only.fact, only.moved) == (COUNT, Moved(("n",), 1, 2))


def test_a_resource_that_is_not_there_has_an_empty_configuration() -> None:
    assert [each.moved for each in found(None, body("1", Rows=[1]))] == [Moved(("n",), 0, 1)]
    assert [each.moved for each in found(body("1", Rows=[1]), None)] == [Moved(("n",), 1, 0)]


def test_a_configuration_that_differs_otherwise_moves_nothing() -> None:
    assert found(body("1", Rows=[1], A=1), body("2", Rows=[1], A=2)) == []


def test_where_only_volatile_parts_moved_nothing_is_derived_again() -> None:
    """Equal digests say that the configuration is the same; what stands beside them is not looked at."""
    assert found(body("1", Rows=[1]), body("1", Rows=[1, 2])) == []


def test_causes_are_the_changes_of_the_resource_and_the_most_to_blame_comes_first() -> None:
    (only,) = found(body("1", Rows=[1]), body("2", Rows=[1, 2]))
    changes = [
        change("A"),
        change("Rows/x", "other"),
        change("B"),
        change("Rows/1"),
        change("Rows/10"),
    ]

    assert [c.path for c in only.causes(changes)] == ["Rows/10", "Rows/1", "A", "B"]
