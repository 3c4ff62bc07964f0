"""Draws the conclusions: which facts can have moved, and how each did.

A row is recomputed when its resource changed, or anything that it is drawn from. What is unknown now says
nothing now; once it is known again it is compared with what was known last, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from driftkeeper.derive.spec import Fact, Known, NotSeenError, Row, View, World
from driftkeeper.domain.types import GLOBAL_REGION, Change, Json, Moved, Scope, Step

_ODD = (AttributeError, LookupError, TypeError, ValueError)
"""What an answer of another form than AWS's raises in a fact."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fact is about: one resource."""

    scope: Scope
    key: str


Look = tuple[datetime, int]
"""When, and for which snapshot, something was looked at."""


@dataclass(frozen=True, slots=True)
class FactMoved:
    """A fact about one resource that moved, and the scopes from which it is drawn.

    `since` is when, and at which snapshot, it was known last, where that was not just before.
    """

    fact: Fact
    subject: Subject
    moved: Moved
    asked: frozenset[Scope]
    since: Look | None = None

    def causes(self, changes: Iterable[Change]) -> list[Change]:
        """Return the changes that can have moved the fact, those first that most likely did.

        Of the resource itself that is every change; of what it depends on, only what is to blame. What
        moved while it was unknown need have no cause now: then that it came or went counts, or what is to
        blame.
        """
        others = self.asked - {self.subject.scope}
        weighed = [
            (self.fact.blame(self.moved, change), self._is_own(change), change)
            for change in changes
            if change.resource == self.subject.key or change.scope in others
        ]
        found = [entry for entry in weighed if entry[0] or entry[1]]
        return [change for _, _, change in sorted(found, key=lambda entry: (-entry[0], -entry[1]))]

    def _is_own(self, change: Change) -> bool:
        return change.scope == self.subject.scope and (self.since is None or not change.path)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row with the scopes that were looked into for it; without a row it is unknown, and why.

    `since` is the oldest look among them and the snapshot, for a row of an earlier time. Of `supposed`
    scopes nobody ever saw anything, and the row is as if nothing were there.
    """

    row: Row | None
    asked: frozenset[Scope]
    unseen: NotSeenError | None = None
    since: Look | None = None
    supposed: frozenset[Scope] = frozenset()


def draw(fact: Fact, world: World, subject: Subject) -> Drawn:
    """Return what a fact says of a resource, there or not."""
    view = View(world, subject.scope, fact, subject.key)
    view.asked.add(subject.scope)
    try:
        config: Mapping[str, Json] = world.resources(subject.scope).get(subject.key, {})
        row = fact.derive(config, view)
        return Drawn(row, frozenset(view.asked), supposed=frozenset(view.supposed))
    except NotSeenError as unseen:
        return Drawn(None, frozenset(view.asked), unseen)
    except _ODD:
        # What AWS never answered so far must not cost the snapshot: nothing is concluded from it.
        odd = NotSeenError(subject.scope, subject.key)
        return Drawn(None, frozenset(view.asked), odd)


def subjects(fact: Fact, steps: Iterable[Step], world: World) -> list[Subject]:
    """Return the resources of which a fact can have moved by these steps, in order."""
    found: set[Subject] = set()
    others: dict[Scope, set[str] | None] = {}
    for step in steps:
        evidence, came_back = step.scope.evidence, step.restored or step.regained
        differing = [pair.key for pair in step.pairs if pair.differs]
        if evidence in fact.of:
            own = world_keys(world, step.scope) if came_back else ()
            found.update(Subject(step.scope, key) for key in (*differing, *own))
        if evidence in (*fact.needs, *fact.across) and (came_back or differing):
            others[step.scope] = None if came_back else _names(differing)
    for evidence in fact.of if others else ():
        for scope in world.scopes(evidence):
            found.update(Subject(scope, key) for key in _moved_with(fact, others, scope, world))
    return sorted(found, key=lambda subject: (subject.scope, subject.key))


def world_keys(world: World, scope: Scope) -> tuple[str, ...]:
    """Return the keys of what is there in a scope; none while it is out of sight."""
    try:
        return tuple(world.resources(scope))
    except NotSeenError:
        return ()


def _moved_with(
    fact: Fact, others: Mapping[Scope, set[str] | None], scope: Scope, world: World
) -> Iterable[str]:
    """Return the keys of a scope whose rows what differs in other scopes, by name, can have moved."""
    differing = [names for other, names in others.items() if _touches(fact, other, scope)]
    known = [names for names in differing if names is not None]
    if not differing:
        return ()
    if fact.rests_on is None or len(known) < len(differing):
        return world_keys(world, scope)
    names = set[str]().union(*known)
    needed = [other for evidence in fact.needs for other in world.scopes(evidence)]
    while (
        more := {name for other in needed for name in _resting(fact, names, other, world)} - names
    ):
        names |= more
    return _resting_keys(fact, names, scope, world)


def _resting(fact: Fact, names: set[str], scope: Scope, world: World) -> set[str]:
    return _names(_resting_keys(fact, names, scope, world))


def _resting_keys(fact: Fact, names: set[str], scope: Scope, world: World) -> list[str]:
    """Return the keys of what refers to one of these names; also where that is not to be made out."""
    keys = world_keys(world, scope)
    found = world.resources(scope) if keys else {}
    return [key for key in keys if _rests_on(fact, found[key], names)]


def _rests_on(fact: Fact, known: Known, names: set[str]) -> bool:
    try:
        return fact.rests_on is None or not names.isdisjoint(fact.rests_on(known))
    except (NotSeenError, *_ODD):
        return True


def _names(keys: Iterable[str]) -> set[str]:
    """Return the keys, and by what they are called where the rest is known."""
    return {name for key in keys for name in (key, key.rpartition("/")[2])}


def _touches(fact: Fact, need: Scope, subject: Scope) -> bool:
    """Say whether what is seen in one scope can be of weight for a resource in another."""
    if need.account != subject.account and need.evidence not in fact.across:
        return False
    regions = {need.region, subject.region}
    return len(regions) == 1 or GLOBAL_REGION in regions


Earlier = Callable[[Fact, Subject, Drawn], Drawn]
"""Gives the row as it was when it was last known, by what made it unknown."""


@dataclass(frozen=True, slots=True)
class _Without:
    """A world without some of its scopes."""

    world: World
    hidden: frozenset[Scope]

    def scopes(self, evidence: str) -> Sequence[Scope]:
        return [scope for scope in self.world.scopes(evidence) if scope not in self.hidden]

    def was_listed(self, scope: Scope) -> bool:
        return self.world.was_listed(scope)

    def resources(self, scope: Scope) -> Mapping[str, Known]:
        return self.world.resources(scope)


def moved(
    fact: Fact,
    found: Iterable[Subject],
    before: World,
    after: World,
    new: frozenset[Scope],
    renamed: Mapping[Subject, str],
    earlier: Earlier,
) -> Iterator[FactMoved]:
    """Yield every movement of a fact about these resources.

    What is seen in one of the `new` scopes, which were never seen before, may have been so all the time:
    where the earlier row supposed that nothing is there, it counts on neither side. `renamed` gives the key
    that a resource had before, which is the same resource.
    """
    left = {Subject(subject.scope, old) for subject, old in renamed.items()}
    for subject in found:
        if subject.scope in new:
            continue
        now = draw(fact, after, subject)
        if now.row is None:
            continue
        # What has a name that another one left was not there before.
        former = Subject(
            subject.scope, renamed.get(subject, "" if subject in left else subject.key)
        )
        was = draw(fact, before, former)
        if was.row is None:
            was = earlier(fact, former, was)
        if was.supposed & new:
            now = draw(fact, _Without(after, new), subject)
        if was.row is None or now.row is None:
            continue
        for movement in _compared(fact, was.row, now.row):
            yield FactMoved(fact, subject, movement, now.asked | was.asked, was.since)


def _compared(fact: Fact, old: Row, new: Row) -> list[Moved]:
    return [] if fact.compare is None else fact.compare(old, new)
