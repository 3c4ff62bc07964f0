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
from driftkeeper.derive.engine import Earlier, FactMoved, Subject, draw, moved, subjects
from driftkeeper.derive.spec import Fact, World
from driftkeeper.diff.differences import renamings
from driftkeeper.diff.engine import fact_changes, told_of
from driftkeeper.diff.gaps import gaps
from driftkeeper.diff.spec import Told
from driftkeeper.diff.ties import tied
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
    found = Naming(old, new, Past(connection, blobs, old).earlier).named(steps, number)
    looks = {step.previous_snapshot for step in steps if step.previous_snapshot is not None}
    taken = latest.taken(connection, {number, *looks})
    return [*tied(gaps(steps, number, taken)), *found]


@dataclass
class Naming:
    """What is known before and after the steps, and how to look further back."""

    before: World
    after: World
    earlier: Earlier = lambda _fact, _subject, was: was
    _rows: dict[tuple[str, Scope, str], Mapping[str, Json] | None] = field(
        default_factory=dict, init=False
    )

    def named(self, steps: Sequence[Step], number: int) -> list[Change]:
        """Return the changes that the steps are, by account: of resources, then of facts."""
        told = {step.scope: self._of_resources(step, number) for step in steps}
        by_scope = {step.scope: step for step in steps}
        pairs = {Subject(step.scope, pair.key): pair for step in steps for pair in step.pairs}
        changes = _Changes(told)
        facts_told: dict[Scope, list[Told]] = {}
        for fact in facts().values():
            for found in self._movements(fact, steps):
                drawn_from = [by_scope[scope] for scope in sorted(found.asked & by_scope.keys())]
                causes = found.causes(changes.that_can_have_moved(found, drawn_from))
                pair = pairs.get(found.subject) or self._unchanged(found.subject)
                step = _together(found, drawn_from)
                facts_told.setdefault(found.subject.scope, []).extend(
                    fact_changes(fact.name, step, pair, found.moved, causes, number)
                )
        every = [entry for entries in (*told.values(), *facts_told.values()) for entry in entries]
        return tied(sorted(every, key=lambda entry: entry.change.scope.account))

    def _of_resources(self, step: Step, number: int) -> list[Told]:
        return told_of(step, shapes()[step.scope.evidence], number, self._row)

    def _row(self, fact: str, scope: Scope, key: str) -> Mapping[str, Json] | None:
        """Return what a fact says of a resource now; None when that is unknown."""
        place = fact, scope, key
        if place not in self._rows:
            self._rows[place] = draw(facts()[fact], self.after, Subject(scope, key)).row
        return self._rows[place]

    def _movements(self, fact: Fact, steps: Sequence[Step]) -> Iterator[FactMoved]:
        if fact.compare is None:
            return iter(())
        new = frozenset(step.scope for step in steps if step.baseline)
        found = subjects(fact, steps, self.after)
        return moved(fact, found, self.before, self.after, new, _renamed(steps), self.earlier)

    def _unchanged(self, subject: Subject) -> Pair:
        """Return a resource that did not change itself: the same before and after."""
        known = self.after.resources(subject.scope).get(subject.key)
        config = {} if known is None else known.last_seen
        body = Body(subject.key, None, config, b"", "")
        return Pair(subject.scope, subject.key, body, body)


class _Changes:
    """What is told of resources, to be asked for what can have moved a fact."""

    def __init__(self, told: Mapping[Scope, Sequence[Told]]) -> None:
        self._told = told
        self._of_one: dict[Subject, list[Change]] = {}
        for scope, entries in told.items():
            for entry in entries:
                subject = Subject(scope, entry.change.resource)
                self._of_one.setdefault(subject, []).append(entry.change)

    def that_can_have_moved(self, found: FactMoved, steps: Iterable[Step]) -> Iterator[Change]:
        """Yield what is told of the resource of a fact, and all of the other scopes it is drawn from."""
        for step in steps:
            if step.scope == found.subject.scope:
                yield from self._of_one.get(found.subject, ())
            else:
                yield from (entry.change for entry in self._told[step.scope])


def _renamed(steps: Iterable[Step]) -> dict[Subject, str]:
    """Return, of each resource that has another key now, the one that it had."""
    return {
        Subject(step.scope, key): old.key
        for step in steps
        if not step.baseline
        for key, old in renamings(step.pairs).items()
    }


def _together(found: FactMoved, steps: Sequence[Step]) -> Step:
    """Return the steps as one: the movement lies between the first look before and the last one after."""
    mattering = [
        step
        for step in steps
        if step.restored or step.regained or any(p.differs for p in step.pairs)
    ]
    looks = [
        (step.since, step.previous_snapshot)
        for step in mattering
        if step.since is not None and step.previous_snapshot is not None
    ]
    if found.since is not None:
        looks.append(found.since)
    return Step(
        found.subject.scope,
        max(step.as_of for step in mattering),
        min(since for since, _ in looks),
        min(number for _, number in looks),
        upgraded=any(step.upgraded for step in mattering),
    )
