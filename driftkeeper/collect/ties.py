"""Counts that tie out: what one answer says there is, held against what another one lists.

Completeness in the auditor's sense. A mismatch is recorded with the coverage and not repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from driftkeeper.collect.body import understood
from driftkeeper.collect.spec import Count, EvidenceType, Reach, Tie, Unseen
from driftkeeper.domain.types import GLOBAL_REGION, Body, Scope, Sight, Tied

_ODD = 20


class Counter:
    """Counts sights as they come in, and keeps names only until both sides of a tie were seen.

    `types` are those that are looked for: a tie to another one is not counted.
    """

    def __init__(self, types: Mapping[str, EvidenceType]) -> None:
        self._types = types
        self._mine: dict[tuple[Scope, str], Count] = {}
        self._theirs: dict[tuple[Scope, str, str], Count] = {}
        self._tied: dict[Scope, list[Tied]] = {}

    def see(self, sight: Sight) -> None:
        """Count what this sight says for its own ties, and for those of other types."""
        if not sight.listed:
            return
        for spec in self._types.values():
            for tie in spec.ties:
                if spec.name == sight.scope.evidence and tie.other in self._types:
                    self._mine[sight.scope, tie.name] = _counted(tie.mine, sight)
                if tie.other == sight.scope.evidence:
                    self._theirs[sight.scope, spec.name, tie.name] = _counted(tie.theirs, sight)
        self._tie()

    def ties(self, scope: Scope) -> tuple[Tied, ...]:
        """Return the ties of a scope, of which both sides were seen."""
        return tuple(self._tied.get(scope, ()))

    def _tie(self) -> None:
        """Hold each count that waits against its other side, if that is there; forget what is done."""
        for scope, name in list(self._mine):
            spec = self._types[scope.evidence]
            tie = next(tie for tie in spec.ties if tie.name == name)
            other = (self._other(scope, tie), spec.name, name)
            if other not in self._theirs:
                continue
            mine, theirs = self._mine.pop((scope, name)), self._theirs[other]
            if other[0].region == scope.region:
                del self._theirs[other]
            if mine is not None and theirs is not None:
                self._tied.setdefault(scope, []).append(_tied(name, mine, theirs))

    def _other(self, scope: Scope, tie: Tie) -> Scope:
        reach = self._types[tie.other].reach
        region = scope.region if reach is Reach.REGION else GLOBAL_REGION
        return Scope(scope.account, region, tie.other)


def _counted(count: Callable[[Sequence[Body]], Count], sight: Sight) -> Count:
    """Return the count; None where what was seen makes no sense to it."""
    try:
        return understood(count, sight.bodies)
    except Unseen:
        return None


def _tied(name: str, mine: Count, theirs: Count) -> Tied:
    odd: list[str] = []
    if isinstance(mine, frozenset) and isinstance(theirs, frozenset):
        odd = sorted(mine ^ theirs)[:_ODD]
    return Tied(name, _number(mine), _number(theirs), tuple(odd))


def _number(count: Count) -> int:
    return len(count) if isinstance(count, frozenset) else count or 0
