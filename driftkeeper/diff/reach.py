"""At which paths of a body a kind of change has a name for what happens."""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.diff.spec import ChangeKind, Lifecycle, at_any


def names(kind: ChangeKind, path: tuple[str, ...]) -> bool:
    """Say whether the kind has a name for some difference at the path: it claims that, given its values."""
    if kind.claims is False or kind.on not in (Lifecycle.ATTRIBUTE, Lifecycle.ACT):
        return False
    return kind.covers(path) if kind.whole else at_any(kind.looks_at, path)


def explained(kinds: Iterable[ChangeKind], path: tuple[str, ...]) -> bool:
    """Say whether one of the kinds explains differences at the path, which then come as caused by it."""
    return any(at_any(kind.explains, path) for kind in kinds)
