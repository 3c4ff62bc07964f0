"""What is concluded of resources as of a moment: the facts about them, drawn from what is stored.

A conclusion is as of its snapshot. What was out of sight then makes it unknown: what was seen earlier is
listed as it was last seen, but nothing is concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from driftkeeper.derive.catalog import facts
from driftkeeper.derive.engine import Subject, draw
from driftkeeper.derive.spec import Fact, NotSeenError, Row, World
from driftkeeper.domain.types import Scope
from driftkeeper.store import latest, read
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.database import Connection
from driftkeeper.workflow.ask import Seen
from driftkeeper.workflow.world import StoredWorld


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a fact says of a resource. Without a row it is unknown, and `unseen` is what was not seen."""

    fact: Fact
    scope: Scope
    key: str
    row: Row | None
    unseen: NotSeenError | None

    @property
    def is_odd(self) -> bool:
        """Whether everything was seen, but some of it is not of a form that the fact understands."""
        found = self.unseen
        return found is not None and (found.scope, found.resource, found.detail) == (
            self.scope,
            self.key,
            "",
        )


def world_at(connection: Connection, at: int) -> World:
    """Return what was known as of a snapshot; scopes that were planned later only are not in it."""
    heads = latest.scope_heads(connection, at)
    planned = {scope: head for scope, head in heads.items() if head.planned is not None}
    return StoredWorld(connection, at, planned, Blobs(connection))


def about(connection: Connection, scope: Scope, key: str, at: int) -> list[Conclusion]:
    """Return every fact about a resource as of a snapshot, by name."""
    world = world_at(connection, at)
    return [
        _concluded(fact, world, scope, key)
        for fact in facts().values()
        if scope.evidence in fact.of
    ]


def _concluded(fact: Fact, world: World, scope: Scope, key: str) -> Conclusion:
    drawn = draw(fact, world, Subject(scope, key))
    return Conclusion(fact, scope, key, drawn.row, drawn.unseen)


def concluded(
    connection: Connection,
    at: int,
    names: Sequence[str],
    *,
    accounts: Sequence[str] = (),
    regions: Sequence[str] = (),
) -> Iterator[tuple[Seen, Conclusion]]:
    """Yield what these facts say of each resource that they are about, as of a snapshot.

    Each comes as a resource whose evidence type is the fact and whose body is the row, None where it is
    unknown; in order of account, region, fact and key.
    """
    known = facts()
    wanted = [known[name] for name in dict.fromkeys(names)]
    taken = {header.number: header.taken_at for header in read.snapshots(connection)}
    world = world_at(connection, at)
    places = {"accounts": accounts, "regions": regions}
    types = sorted({evidence for fact in wanted for evidence in fact.of})
    rows = [*read.resources_at(connection, at, **places, evidence=types)] if types else []
    found = [
        (replace(row.scope, evidence=fact.name), row.key, fact, row)
        for row in rows
        for fact in wanted
        if row.scope.evidence in fact.of
    ]
    for scope, key, fact, row in sorted(found, key=lambda entry: entry[:2]):
        conclusion = _concluded(fact, world, row.scope, key)
        body = None if conclusion.row is None else dict(conclusion.row)
        yield Seen(scope, key, taken[row.first_seen], body, {}, row.since), conclusion


def drawn_from(names: Sequence[str]) -> tuple[str, ...]:
    """Return the evidence types of these names: of a fact, all those that it is drawn from."""
    known = facts()
    found = [
        evidence for name in names for evidence in (known[name].reads if name in known else [name])
    ]
    return tuple(dict.fromkeys(found))
