"""What of the change log belongs together although it was told of different things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from driftkeeper.domain.types import Change
from driftkeeper.store import log
from driftkeeper.store.database import Connection
from driftkeeper.workflow.names import NamedResource

_CHUNK = 500


def beside(connection: Connection, named: NamedResource, told: Sequence[Change]) -> list[Change]:
    """Return what is told elsewhere and belongs to the changes of a resource, oldest first.

    That is what caused them and what they caused, and what happened to the rules of a group.
    """
    scope, ids = named.scopes[0], {change.id for change in told}
    found = {
        **log.by_id(connection, (change.caused_by for change in told if change.caused_by)),
        **{change.id: change for change in log.consequences(connection, ids)},
    }
    rules = log.below(connection, scope.account, scope.region, f"{named.key}/rule/")
    found |= {change.id: change for change in rules}
    others = (change for change in found.values() if change.id not in ids)
    return sorted(others, key=lambda change: (change.not_after, change.snapshot))


def with_causes(
    connection: Connection, changes: Iterable[Change], known: dict[str, Change]
) -> Iterator[Change]:
    """Yield the changes; what caused them is in `known` by then, a batch at a time."""
    stream = iter(changes)
    while batch := list(islice(stream, _CHUNK)):
        known |= log.by_id(connection, (c.caused_by for c in batch if c.caused_by))
        yield from batch
