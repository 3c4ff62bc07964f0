"""Counts that tie out: what one answer says there is, held against what another one lists.

Completeness in the auditor's sense. A mismatch is recorded with the coverage and not repaired.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.collect.spec import Count, EvidenceType, Reach, Tie
from driftkeeper.domain.types import GLOBAL_REGION, Scope, Sight, Tied

Counts = dict[tuple[Scope, str], Count]
"""What was counted, by the scope it was counted in and the tie it was counted for."""

_ODD = 20


class Counter:
    """Counts sights as they come in, so that no body must be kept until all have."""

    def __init__(self, types: Mapping[str, EvidenceType]) -> None:
        self._types = types
        self._counts: Counts = {}

    def see(self, sight: Sight) -> None:
        """Count what this sight says for its own ties, and for those of other types."""
        if not sight.listed:
            return
        for spec in self._types.values():
            for tie in spec.ties:
                if spec.name == sight.scope.evidence:
                    self._counts[sight.scope, _mine(spec, tie)] = tie.mine(sight.bodies)
                if tie.other == sight.scope.evidence:
                    self._counts[sight.scope, _theirs(spec, tie)] = tie.theirs(sight.bodies)

    def ties(self, scope: Scope) -> tuple[Tied, ...]:
        """Return the ties of a scope, of which both sides were seen."""
        spec = self._types[scope.evidence]
        found = []
        for tie in spec.ties:
            mine = self._counts.get((scope, _mine(spec, tie)))
            theirs = self._counts.get((self._other(scope, tie), _theirs(spec, tie)))
            if mine is not None and theirs is not None:
                found.append(_tied(tie.name, mine, theirs))
        return tuple(found)

    def _other(self, scope: Scope, tie: Tie) -> Scope:
        reach = self._types[tie.other].reach
        region = scope.region if reach is Reach.REGION else GLOBAL_REGION
        return Scope(scope.account, region, tie.other)


def _mine(spec: EvidenceType, tie: Tie) -> str:
    return f"{spec.name}/{tie.name}/mine"


def _theirs(spec: EvidenceType, tie: Tie) -> str:
    return f"{spec.name}/{tie.name}/theirs"


def _tied(name: str, mine: Count, theirs: Count) -> Tied:
    odd: list[str] = []
    if isinstance(mine, frozenset) and isinstance(theirs, frozenset):
        odd = sorted(mine ^ theirs)[:_ODD]
    return Tied(name, _number(mine), _number(theirs), tuple(odd))


def _number(count: Count) -> int:
    return len(count) if isinstance(count, frozenset) else count or 0
