"""Everything that was known at one snapshot, as facts ask for it: read from the store when it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from driftkeeper.collect.catalog import shapes
from driftkeeper.derive.engine import Drawn, Subject, draw
from driftkeeper.derive.spec import Fact, Known, NotSeenError
from driftkeeper.domain.canonical import decode
from driftkeeper.domain.types import Body, Json, Outcome, Scope, Step
from driftkeeper.store import earlier, latest
from driftkeeper.store.blobs import Blobs
from driftkeeper.store.database import Connection

Heads = Mapping[Scope, latest.ScopeHead]


class StoredWorld:
    """The store as of a snapshot. What the steps to it, or from it, hold already is not read again.

    With `as_last_seen`, what was out of sight then is as it was seen before, and not unknown.
    """

    def __init__(
        self,
        connection: Connection,
        at: int,
        heads: Heads,
        blobs: Blobs,
        pairs: Mapping[Scope, Mapping[str, Body | None]] | None = None,
        *,
        as_last_seen: bool = False,
    ) -> None:
        self.at, self.heads, self._as_last_seen = at, heads, as_last_seen
        self._connection, self._blobs, self._pairs = connection, blobs, pairs or {}
        self._opened: dict[Scope, _Resources] = {}
        self._ids: dict[Scope, dict[str, str | None]] = {}

    @cached_property
    def _by_evidence(self) -> dict[str, list[Scope]]:
        found: dict[str, list[Scope]] = {}
        for scope in sorted(self.heads):
            found.setdefault(scope.evidence, []).append(scope)
        return found

    def scopes(self, evidence: str) -> Sequence[Scope]:
        """Return every scope of an evidence type that was ever planned, in order."""
        return self._by_evidence.get(evidence, [])

    def ids(self, scope: Scope) -> dict[str, str | None]:
        """Return the immutable id of each resource of a scope as last seen, by key."""
        if scope not in self._ids:
            found = latest.resource_heads(self._connection, self.heads[scope].id, self.at)
            live = {key: head.uid for key, head in found.items() if head.digest is not None}
            self._ids[scope] = live
        return self._ids[scope]

    def was_listed(self, scope: Scope) -> bool:
        """Say whether a scope was seen by then at all."""
        return self.heads[scope].listed is not None

    def resources(self, scope: Scope) -> Mapping[str, Known]:
        """Return the resources of a scope by key; raise `NotSeenError` when it was out of sight."""
        head = self.heads[scope]
        if head.listed is None or (head.outcome is Outcome.MISSED and not self._as_last_seen):
            raise NotSeenError(scope)
        if scope not in self._opened:
            told = self._pairs.get(scope, {})
            shown = replace(head, partial=head.partial and not self._as_last_seen)
            self._opened[scope] = _Resources(
                self._connection, self._blobs, scope, shown, self.at, told
            )
        return self._opened[scope]


class _Resources(Mapping[str, Known]):
    """The resources of one scope, each read when it is asked for, all together when they are listed."""

    def __init__(
        self,
        connection: Connection,
        blobs: Blobs,
        scope: Scope,
        head: latest.ScopeHead,
        at: int,
        told: Mapping[str, Body | None],
    ) -> None:
        self._connection, self._blobs = connection, blobs
        self._scope, self._head, self._at, self._told = scope, head, at, told
        self._details = frozenset(shapes()[scope.evidence].details)
        self._known: dict[str, Known] = {}

    @cached_property
    def _digests(self) -> dict[str, str]:
        found = latest.resource_heads(self._connection, self._head.id, self._at)
        return {key: head.digest for key, head in found.items() if head.digest is not None}

    @cached_property
    def _blind(self) -> dict[str | None, frozenset[str]]:
        found: dict[str | None, set[str]] = {}
        for key, detail in latest.missed_details(self._connection, self._head):
            found.setdefault(key, set()).add(detail)
        return {key: frozenset(details) for key, details in found.items()}

    def __getitem__(self, key: str) -> Known:
        if key not in self._known:
            self._read([key])
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        # Who goes through all of them wants them all: read at once, and not one by one.
        self._read(self._digests)
        return iter(self._digests)

    def __len__(self) -> int:
        return len(self._digests)

    def _read(self, keys: Iterable[str]) -> None:
        wanted = [key for key in keys if key not in self._known]
        bodies = {key: body for key in wanted if (body := self._told.get(key)) is not None}
        left = [key for key in wanted if key not in self._told]
        digests = {key: self._digests[key] for key in left if key in self._digests}
        contents = self._blobs.get(digests.values())
        for key, body in bodies.items():
            self._known[key] = self._of(key, body.config)
        for key, digest in digests.items():
            self._known[key] = self._of(key, decode(contents[digest]))

    def _of(self, key: str, config: Mapping[str, Json]) -> Known:
        nothing: frozenset[str] = frozenset()
        blind = self._blind.get(key, nothing) | self._blind.get(None, nothing)
        never_seen = self._details - config.keys()
        return Known(self._scope, key, config, blind | never_seen)


def bodies_after(steps: Iterable[Step]) -> dict[Scope, dict[str, Body | None]]:
    """Return what each step holds of the resources it found changed, as they are now."""
    return {step.scope: {pair.key: pair.after for pair in step.pairs} for step in steps}


def bodies_before(steps: Iterable[Step]) -> dict[Scope, dict[str, Body | None]]:
    """Return what each step holds of the resources it found changed, as they were."""
    return {step.scope: {pair.key: pair.before for pair in step.pairs} for step in steps}


class Past:
    """The worlds before a snapshot, for facts that were unknown at the last one."""

    def __init__(self, connection: Connection, blobs: Blobs, before: StoredWorld) -> None:
        self._connection, self._blobs = connection, blobs
        self._worlds = {before.at: before}
        self._newest = before
        self._blindness: dict[tuple[int, int], int | None] = {}

    def earlier(self, fact: Fact, subject: Subject, was: Drawn) -> Drawn:
        """Return what a fact said of a resource when it was last known; unknown if it never was."""
        world, drawn = self._newest, was
        while drawn.unseen is not None:
            at = self._known_by(world, subject, drawn, drawn.unseen)
            if at is None:
                return drawn
            older = self._world(at)
            subject = self._as_called(subject, world, older)
            world, drawn = older, draw(fact, older, subject)
        looks = (world.heads[scope].as_of for scope in drawn.asked)
        oldest = min(look for look in looks if look is not None)
        return replace(drawn, since=(oldest, world.at))

    def _known_by(
        self, world: StoredWorld, subject: Subject, drawn: Drawn, unseen: NotSeenError
    ) -> int | None:
        """Return the newest snapshot before a world at which a fact can have been known that is not in it.

        Either what was unseen was in sight, or what was looked into before that was not the same.
        """
        head = world.heads.get(unseen.scope)
        places: dict[int, str | None] = {world.heads[scope].id: None for scope in drawn.asked}
        if unseen.scope != subject.scope and head is not None and unseen.detail:
            places[head.id] = unseen.resource
        if unseen.scope != subject.scope or unseen.resource in ("", subject.key):
            places[world.heads[subject.scope].id] = subject.key
        found = (
            None if head is None else self._in_sight(world, head, unseen),
            earlier.before_change(self._connection, world.at, places),
        )
        return max((at for at in found if at is not None), default=None)

    def _in_sight(
        self, world: StoredWorld, head: latest.ScopeHead, unseen: NotSeenError
    ) -> int | None:
        if head.listed is None:
            return None
        if head.outcome is not Outcome.MISSED:
            return earlier.before_detail(self._connection, head, unseen.resource, unseen.detail)
        place = world.at, head.id
        if place not in self._blindness:
            self._blindness[place] = earlier.before_blindness(self._connection, head, world.at)
        return self._blindness[place]

    def _as_called(self, subject: Subject, newer: StoredWorld, older: StoredWorld) -> Subject:
        """Return a resource under the key that it had in an older world, which its id tells."""
        uid = newer.ids(subject.scope).get(subject.key)
        before = older.ids(subject.scope)
        if uid is None or before.get(subject.key) == uid:
            return subject
        same = [key for key, other in before.items() if other == uid]
        return Subject(subject.scope, same[0]) if len(same) == 1 else subject

    def _world(self, at: int) -> StoredWorld:
        if at not in self._worlds:
            heads = latest.scope_heads(self._connection, at)
            self._worlds[at] = StoredWorld(self._connection, at, heads, self._blobs)
        return self._worlds[at]
