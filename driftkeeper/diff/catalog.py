"""All change kinds, found in `kinds/`, each file about one subject of a service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from driftkeeper.diff import kinds as package
from driftkeeper.diff.spec import EVERYTHING, ChangeKind
from driftkeeper.domain.registry import discover_by


@cache
def declared() -> tuple[ChangeKind, ...]:
    """Return every change kind in order of its name, once for each evidence type that has it."""
    return tuple(discover_by(package, ChangeKind, lambda kind: (kind.name, kind.evidence)).values())


@cache
def kinds() -> Mapping[str, ChangeKind]:
    """Return every change kind by name, in order; of several evidence types, for the first of them."""
    found: dict[str, ChangeKind] = {}
    for kind in declared():
        found.setdefault(kind.name, kind)
    return found


@cache
def kinds_of(evidence: str) -> tuple[ChangeKind, ...]:
    """Return the kinds that look at an evidence type or fact."""
    return tuple(kind for kind in declared() if kind.evidence == evidence)


@cache
def fallbacks() -> tuple[ChangeKind, ...]:
    """Return the kinds that answer for what no other kind claims."""
    return kinds_of(EVERYTHING)
