"""All change kinds, found in `kinds/`, each file about one subject of a service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from driftkeeper.diff import kinds as package
from driftkeeper.diff.spec import EVERYTHING, ChangeKind
from driftkeeper.domain.registry import discover


@cache
def kinds() -> Mapping[str, ChangeKind]:
    """Return every change kind by name, in order."""
    return discover(package, ChangeKind)


@cache
def kinds_of(evidence: str) -> tuple[ChangeKind, ...]:
    """Return the kinds that look at an evidence type or fact."""
    return tuple(kind for kind in kinds().values() if kind.evidence == evidence)


@cache
def fallbacks() -> tuple[ChangeKind, ...]:
    """Return the kinds that answer for what no other kind claims."""
    return tuple(kind for kind in kinds().values() if kind.evidence == EVERYTHING)
