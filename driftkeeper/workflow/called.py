"""What resources are called by their owners: the names that stand in their configuration.

A key is often an id that AWS gave, while people and the change log say `bastion` or `alias/customer-data`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.domain.canonical import decode
from driftkeeper.domain.types import Json, Scope
from driftkeeper.store import latest, read
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.database import Connection

Place = tuple[Scope, str]
"""A scope, and the key of a resource in it."""

_CHUNK = 500


def given_names(evidence: str, body: Json) -> list[str]:
    """Return the names that a body of this evidence type says the resource has, in order."""
    spec = evidence_types().get(evidence)
    paths = () if spec is None else spec.called
    return [name for path in paths for name in _strings(body, path.split("."))]


def called(connection: Connection, name: str, known: Sequence[Place]) -> list[Place]:
    """Return those of the known resources that their owners call so, as last seen.

    What is there wins over what is gone and was called so once.
    """
    types = {name for name, spec in evidence_types().items() if spec.called}
    wanted = {(scope, key) for scope, key in known if scope.evidence in types}
    if not wanted or not name:
        return []
    there = {
        (row.scope, row.key): str(row.digest)
        for row in read.resources_at(
            connection, latest.last_number(connection), evidence=sorted(types)
        )
    }
    gone = sorted(wanted - there.keys())
    alive = ((place, digest) for place, digest in there.items() if place in wanted)
    found = [*_called_so(connection, name, alive)]
    return found or [*_called_so(connection, name, _last_bodies(connection, gone))]


def _is_so(given: str, name: str) -> bool:
    """Say whether a given name is this one, or ends with it after a slash."""
    return given == name or given.endswith(f"/{name}")


def _called_so(
    connection: Connection, name: str, places: Iterable[tuple[Place, str]]
) -> Iterator[Place]:
    blobs, rest = Blobs(connection), [*places]
    for start in range(0, len(rest), _CHUNK):
        chunk = rest[start : start + _CHUNK]
        bodies = blobs.get(digest for _, digest in chunk)
        for (scope, key), digest in chunk:
            given = given_names(scope.evidence, decode(bodies[digest]))
            if any(_is_so(each, name) for each in given):
                yield scope, key


def _last_bodies(connection: Connection, gone: Iterable[Place]) -> Iterator[tuple[Place, str]]:
    """Yield the digest of the last body of what is no more."""
    for scope, key in gone:
        digests = [row.digest for row in read.versions(connection, scope, key) if row.digest]
        if digests:
            yield (scope, key), digests[-1]


def _strings(value: Json, path: Sequence[str]) -> Iterator[str]:
    """Yield the strings at a path, in every row of the lists on the way."""
    match value:
        case list():
            for row in value:
                yield from _strings(row, path)
        case dict() if path:
            yield from _strings(value.get(path[0]), path[1:])
        case str() if value and not path:
            yield value
