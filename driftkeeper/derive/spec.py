"""The words in which a fact is declared: something true of a configuration that AWS never says.

A fact is drawn from one resource and from whatever else of its account it depends on. What it depends on
and was not seen makes it unknown: `NotSeenError` carries what that was, so that nothing is concluded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from driftkeeper.domain.types import GLOBAL_REGION, Change, Json, Moved, Scope

Row = Mapping[str, Json]


class NotSeenError(Exception):
    """Something that a fact depends on was not seen: a scope, or one detail of one resource of it."""

    def __init__(self, scope: Scope, resource: str = "", detail: str = "") -> None:
        super().__init__(f"{scope} {resource} {detail}".strip())
        self.scope, self.resource, self.detail = scope, resource, detail


class Known(Mapping[str, Json]):
    """A configuration as last seen; to ask it for a detail that was not seen raises `NotSeenError`."""

    def __init__(
        self, scope: Scope, key: str, config: Mapping[str, Json], unseen: frozenset[str]
    ) -> None:
        self.scope, self.key = scope, key
        self._config, self._unseen = config, unseen

    def __getitem__(self, name: str) -> Json:
        """Return a top-level field."""
        if name in self._unseen:
            raise NotSeenError(self.scope, self.key, name)
        return self._config[name]

    def __iter__(self) -> Iterator[str]:
        """Return the names of the fields."""
        return iter(self._config)

    def __len__(self) -> int:
        """Return how many fields there are."""
        return len(self._config)

    @property
    def last_seen(self) -> Mapping[str, Json]:
        """The whole configuration, where a detail was not seen as it was before."""
        return self._config


class World(Protocol):
    """Everything that was known at one moment."""

    def scopes(self, evidence: str) -> Sequence[Scope]:
        """Return every scope of an evidence type that was ever planned, in order."""
        ...

    def was_listed(self, scope: Scope) -> bool:
        """Say whether a scope was seen by then at all."""
        ...

    def resources(self, scope: Scope) -> Mapping[str, Known]:
        """Return the resources of a scope by key; raise `NotSeenError` when it was out of sight."""
        ...


class View:
    """What a fact about one resource may ask: the types that it declares, of its own account or of all."""

    def __init__(self, world: World, scope: Scope, fact: Fact, key: str = "") -> None:
        self._world, self._scope, self._fact = world, scope, fact
        self.key = key
        self.asked: set[Scope] = set()
        """The scopes that were looked into so far."""
        self.supposed: set[Scope] = set()
        """Those among them that nobody ever saw, and of which nothing was supposed to be there."""

    @property
    def account(self) -> str:
        """The account of the resource."""
        return self._scope.account

    @property
    def region(self) -> str:
        """The region of the resource."""
        return self._scope.region

    def never_read(self, evidence: str, region: str | None = None) -> bool:
        """Say whether nobody ever looked, so that nothing is known of it and nothing was missed."""
        found = self._scopes(evidence, region)
        self.asked.update(found)
        if any(map(self._world.was_listed, found)):
            return False
        self.supposed.update(found)
        return True

    def regions(self, evidence: str) -> set[str]:
        """Return the regions in which an evidence type was ever planned."""
        return {scope.region for scope in self._scopes(evidence, None)}

    def in_sight(self, evidence: str) -> dict[str, Known]:
        """Return the resources of an evidence type that were seen, for what one alone is enough for."""
        found: dict[str, Known] = {}
        for scope in self._scopes(evidence, None):
            self.asked.add(scope)
            with suppress(NotSeenError):
                found |= self._world.resources(scope)
        return found

    def all(self, evidence: str, region: str | None = None) -> Mapping[str, Known]:
        """Return the resources of an evidence type by key, of one region or of all.

        They are those of the account, or of all accounts when the type is declared as read `across` them.

        Raises `NotSeenError` when one of the scopes was not seen, or when there is none.
        """
        return self._gathered(self._scopes(evidence, region), evidence, region)

    def _scopes(self, evidence: str, region: str | None) -> list[Scope]:
        if evidence not in self._fact.reads:
            raise RuntimeError(f"{self._fact.name} asks for {evidence}, which it does not declare")
        everywhere = evidence in self._fact.across
        return [
            scope
            for scope in self._world.scopes(evidence)
            if (everywhere or scope.account == self.account) and region in (None, scope.region)
        ]

    def _gathered(
        self, scopes: Sequence[Scope], evidence: str, region: str | None
    ) -> Mapping[str, Known]:
        self.asked.update(scopes)
        if len(scopes) == 1:
            return self._world.resources(scopes[0])
        if not scopes:
            raise NotSeenError(Scope(self.account, region or GLOBAL_REGION, evidence))
        return {
            key: known for scope in scopes for key, known in self._world.resources(scope).items()
        }


@dataclass(frozen=True)
class Fact:
    """A conclusion about each resource of some evidence types, recomputable at any time.

    `derive` takes a configuration (an empty one when the resource is not there) and the rest of the
    account, and returns the row; it may ask for the evidence types in `of` and `needs`, and of all
    accounts for those in `across`. `compare` takes two rows and returns how one moved to the other; None
    where each movement is told by what caused it already. `blame` weighs how far a change of the resource,
    or of what it depends on, can have moved it so, 0 for not at all. `version` rises when the same
    configuration would give another row. `rests_on` names what a resource, of these types or of those
    needed, refers to, by key or by the last name of it: all else that is needed cannot move its row.
    """

    name: str
    title: str
    of: tuple[str, ...]
    says: str
    version: int
    derive: Callable[[Mapping[str, Json], View], dict[str, Json]]
    compare: Callable[[Row, Row], list[Moved]] | None = None
    blame: Callable[[Moved, Change], int] = lambda _moved, _change: 0
    needs: tuple[str, ...] = ()
    across: tuple[str, ...] = ()
    rests_on: Callable[[Mapping[str, Json]], Iterable[str]] | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """All evidence types that it is drawn from."""
        return tuple(dict.fromkeys((*self.of, *self.needs, *self.across)))
