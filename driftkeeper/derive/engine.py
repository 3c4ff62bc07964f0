"""Draws the conclusions: how each fact moved, given the resources that changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from driftkeeper.derive.spec import Fact
from driftkeeper.domain.types import Body, Change, Json, Moved, Pair


@dataclass(frozen=True, slots=True)
class FactMoved:
    """A fact about one resource that moved, with the pair of bodies it was drawn from."""

    fact: Fact
    pair: Pair
    moved: Moved

    def causes(self, changes: Iterable[Change]) -> list[Change]:
        """Return the changes of the resource, those first that most likely moved the fact."""
        own = [change for change in changes if change.resource == self.pair.key]
        return sorted(own, key=lambda change: -self.fact.blame(self.moved, change))


def moved(facts: Iterable[Fact], pairs: Iterable[Pair]) -> Iterator[FactMoved]:
    """Yield every movement of a fact; a resource that is not there has an empty configuration."""
    by_evidence: dict[str, list[Fact]] = {}
    for fact in facts:
        by_evidence.setdefault(fact.of, []).append(fact)
    for pair in pairs:
        for fact in by_evidence.get(pair.scope.evidence, ()):
            if not _same_configuration(pair):
                for movement in fact.compare(_row(fact, pair.before), _row(fact, pair.after)):
                    yield FactMoved(fact, pair, movement)


def _same_configuration(pair: Pair) -> bool:
    return (
        pair.before is not None
        and pair.after is not None
        and pair.before.digest == pair.after.digest
    )


def _row(fact: Fact, body: Body | None) -> dict[str, Json]:
    return fact.derive({} if body is None else body.config)
