"""Names what a snapshot, or a comparison of two, has found: resources first, then facts, then ties.

A change of a resource is named from its own two bodies. What it does to facts needs the rest of the account,
and so does its weight at times: a new access key of an administrator is worse than another. So all sights
come first, and the names after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from driftkeeper.collect.catalog import shapes
from driftkeeper.derive.catalog import facts
from driftkeeper.derive.engine import Drawn, Earlier, FactMoved, Subject, draw, moved, subjects
from driftkeeper.derive.spec import Fact, World
from driftkeeper.diff.engine import Told, fact_changes, tied, told_of
from driftkeeper.domain.types import Body, Change, Json, Pair, Scope, Step
from driftkeeper.store import latest
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.database import Connection
from driftkeeper.workflow.world import Heads, Past, StoredWorld, bodies_after, bodies_before


def name_stored(
    connection: Connection, before: Heads, steps: Sequence[Step], number: int
) -> list[Change]:
    """Return the changes of the steps that led to a snapshot, which is stored but for them.

    `before` is what was known of every scope just before.
    """
    blobs, after = Blobs(connection), latest.scope_heads(connection)
    old = StoredWorld(connection, number - 1, before, blobs, bodies_before(steps))
    new = StoredWorld(connection, number, after, blobs, bodies_after(steps))
    return Naming(old, new, Past(connection, blobs, old).earlier).named(steps, number)


@dataclass
class Naming:
    """What is known before and after the steps, and how to look further back."""

    before: World
    after: World
    earlier: Earlier = lambda _fact, _subject, unseen: Drawn(None, frozenset(), unseen)
    _rows: dict[tuple[str, Scope, str], Mapping[str, Json] | None] = field(default_factory=dict)

    def named(self, steps: Sequence[Step], number: int) -> list[Change]:
        """Return the changes that the steps are, each scope's together, those of facts after their causes."""
        told = {step.scope: self._of_resources(step, number) for step in steps}
        by_account: dict[str, list[Step]] = {}
        for step in steps:
            by_account.setdefault(step.scope.account, []).append(step)
        facts_told: dict[Scope, list[Told]] = {}
        for fact in facts().values():
            for found in self._movements(fact, steps):
                own = by_account[found.subject.scope.account]
                facts_told.setdefault(found.subject.scope, []).extend(
                    self._of_fact(found, own, told, number)
                )
        order = [*told, *(scope for scope in facts_told if scope not in told)]
        return tied(
            entry for scope in order for entry in (*told.get(scope, ()), *facts_told.get(scope, ()))
        )

    def _of_resources(self, step: Step, number: int) -> list[Told]:
        return told_of(step, shapes()[step.scope.evidence], number, self._row)

    def _row(self, fact: str, scope: Scope, key: str) -> Mapping[str, Json] | None:
        """Return what a fact says of a resource now; None when that is unknown."""
        place = fact, scope, key
        if place not in self._rows:
            self._rows[place] = draw(facts()[fact], self.after, Subject(scope, key)).row
        return self._rows[place]

    def _movements(self, fact: Fact, steps: Sequence[Step]) -> Iterator[FactMoved]:
        new = frozenset(step.scope for step in steps if step.baseline)
        found = subjects(fact, steps, self.after)
        return moved(fact, found, self.before, self.after, new, self.earlier)

    def _of_fact(
        self,
        found: FactMoved,
        steps: Iterable[Step],
        told: Mapping[Scope, Sequence[Told]],
        number: int,
    ) -> list[Told]:
        drawn_from = [step for step in steps if step.scope in found.asked]
        causes = found.causes(entry.change for step in drawn_from for entry in told[step.scope])
        pair = self._pair(found.subject, drawn_from)
        step = _together(found, drawn_from)
        return fact_changes(found.fact.name, step, pair, found.moved, causes, number)

    def _pair(self, subject: Subject, steps: Iterable[Step]) -> Pair:
        """Return the resource before and after; the same on both sides when it did not change itself."""
        for step in steps:
            for pair in step.pairs if step.scope == subject.scope else ():
                if pair.key == subject.key:
                    return pair
        config = dict(self.after.resources(subject.scope).get(subject.key, {}))
        body = Body(subject.key, None, config, b"", "")
        return Pair(subject.scope, subject.key, body, body)


def _together(found: FactMoved, steps: Sequence[Step]) -> Step:
    """Return the steps as one: the movement lies between the first look before and the last one after."""
    mattering = [
        step
        for step in steps
        if step.restored or step.regained or any(p.differs for p in step.pairs)
    ]
    known = [step.since for step in mattering if step.since is not None]
    since = min([*known, *([] if found.since is None else [found.since])])
    return Step(
        found.subject.scope,
        max(step.as_of for step in mattering),
        since,
        min(step.previous_snapshot for step in mattering if step.previous_snapshot is not None),
        upgraded=any(step.upgraded for step in mattering),
    )
