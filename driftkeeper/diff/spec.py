"""The words in which a change kind is declared: which difference it names, and what that means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from driftkeeper.domain.shape import matches
from driftkeeper.domain.types import (
    GLOBAL_REGION,
    Body,
    Change,
    Direction,
    Json,
    Pair,
    Scope,
    Severity,
)

EVERYTHING = "*"
"""As the evidence of a kind: whatever no other kind claims."""


class Lifecycle(StrEnum):
    """What sort of difference it is."""

    ATTRIBUTE = "attribute"
    CREATED = "created"
    DELETED = "deleted"
    RECREATED = "recreated"
    RENAMED = "renamed"
    ACT = "act"
    FIRST_OBSERVED = "first_observed"
    BASELINE = "baseline"
    GAP = "gap"
    SCOPE_LOST = "scope_lost"
    SCOPE_RESTORED = "scope_restored"


Rows = Callable[[str, Scope, str], Mapping[str, Json] | None]
"""Gives what a fact says of a resource now, None while that is unknown."""


def nothing_known(_fact: str, _scope: Scope, _key: str) -> None:
    """Stand for the facts where nobody can ask."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of one resource between two sights, not yet named.

    `path` leads to `before` and `after` in the keyed configuration (or observation, for an act). `old`
    and `new` are the whole bodies, `beside` all the pairs that were compared with this one. `new_field`
    says that the path ends in a field which was not there before; an element of a set is none. `rows` answers
    for facts.
    """

    lifecycle: Lifecycle
    scope: Scope
    resource: str
    path: tuple[str, ...]
    before: Json
    after: Json
    old: Body | None
    new: Body | None
    since: datetime | None
    as_of: datetime
    traits: frozenset[str] = frozenset()
    beside: tuple[Pair, ...] = ()
    new_field: bool = False
    rows: Rows = field(default=nothing_known, compare=False)

    def fact(self, name: str, evidence: str, key: str) -> Mapping[str, Json]:
        """Return what a fact says now of a resource of the whole account; nothing if that is unknown."""
        return self.rows(name, Scope(self.scope.account, GLOBAL_REGION, evidence), key) or {}

    @property
    def known_as(self) -> str:
        """The key that the resource had at the earlier sight: another one before it was renamed."""
        return self.resource if self.old is None else self.old.key

    @property
    def body(self) -> Body | None:
        """The newest body there is."""
        return self.new or self.old

    def field(self, name: str) -> Json:
        """Return a top-level field of the newest configuration, None without it."""
        return None if self.body is None else self.body.config.get(name)


ODD = (AttributeError, LookupError, TypeError, ValueError)
"""What an answer of another form than AWS's raises in a test or a sentence."""

Test = Callable[[Difference], bool]


@dataclass(frozen=True)
class Echo:
    """Where the same deed is told with its weight: by a change of one of `kinds` to the resource `of`.

    `same` compares the two where the resource can have several such changes at once; where it can have
    thousands, `at` gives the paths of those that come into question.
    """

    kinds: tuple[str, ...]
    of: Callable[[Difference], Json]
    same: Callable[[Difference, Change], bool] = lambda _own, _other: True
    at: Callable[[Difference], tuple[str, ...]] | None = None


@dataclass(frozen=True)
class ChangeKind:
    """A named difference.

    `path` is a dotted pattern over the path (`*` also stands for a set key); with `whole` it is a prefix
    and all differences below it count as one. One that looks at several patterns has them as `paths`.
    `direction`, `severity` and `claims` may depend on the difference. `says` is a sentence with
    `{fields}`. A kind that `claims` answers for the difference; one that does not names a further
    consequence of it. What no kind claims at a path it `explains` is told as caused by it. `born` holds
    in place of `when` for what a new resource comes with, or a detail seen for the first time: that is
    told as caused by the creation. `adds` is more to say of some differences. `echo` says which change
    of another resource tells the same: that one is named as the cause.
    `trigger` says in words when it fires, `means` why that matters, `advice` what to do about it.
    """

    name: str
    evidence: str
    direction: Direction | Callable[[Difference], Direction]
    severity: Severity | Callable[[Difference], Severity]
    criteria: tuple[str, ...]
    says: str
    on: Lifecycle = Lifecycle.ATTRIBUTE
    path: str = ""
    paths: tuple[str, ...] = ()
    whole: bool = False
    when: Test | None = None
    claims: bool | Test = True
    explains: tuple[str, ...] = ()
    born: Test | None = None
    adds: Callable[[Difference], str] | None = None
    echo: Echo | None = None
    trigger: str = ""
    means: str = ""
    advice: str = ""

    @property
    def looks_at(self) -> tuple[str, ...]:
        """The dotted patterns of the paths where it looks; none for one that looks everywhere."""
        return (self.path,) if self.path else self.paths

    def fires(self, difference: Difference) -> bool:
        """Say whether this kind names the difference."""
        return (
            self.on is difference.lifecycle
            and (self.whole or self._is_at(difference.path))
            and (self.when is None or self.when(difference))
        )

    def is_born(self, difference: Difference) -> bool:
        """Say whether this kind has something to say of what a new resource comes with."""
        return self.born is not None and self._is_at(difference.path) and self.born(difference)

    def answers_for(self, difference: Difference) -> bool:
        """Say whether this kind, which fires, claims the difference."""
        return self.claims if isinstance(self.claims, bool) else self.claims(difference)

    def _is_at(self, path: tuple[str, ...]) -> bool:
        return not self.looks_at or at_any(self.looks_at, path)

    def covers(self, path: tuple[str, ...]) -> bool:
        """Say whether a path lies at or below the prefix of a `whole` kind."""
        names = tuple(self.path.split(".")) if self.path else ()
        return path[: len(names)] == names


def at_any(patterns: Iterable[str], path: tuple[str, ...]) -> bool:
    """Say whether the path is one that the dotted patterns name."""
    return any(matches(pattern, path) for pattern in patterns)


class Told(NamedTuple):
    """A change, with the kind and the difference that it was told of."""

    change: Change
    kind: ChangeKind
    difference: Difference


def turned(before: Json, after: Json) -> Test:
    """Return a test for a value that went from one to the other."""
    return lambda d: d.before == before and d.after == after


def both(*tests: Test) -> Test:
    """Return a test that holds when all of the tests do."""
    return lambda d: all(test(d) for test in tests)


def either(*tests: Test) -> Test:
    """Return a test that holds when one of the tests does."""
    return lambda d: any(test(d) for test in tests)


def appeared(d: Difference) -> bool:
    """Say whether there was nothing before."""
    return d.before is None and d.after is not None


def vanished(d: Difference) -> bool:
    """Say whether there is nothing left."""
    return d.before is not None and d.after is None


def replaced(d: Difference) -> bool:
    """Say whether one value took the place of another."""
    return d.before is not None and d.after is not None


def moved_on(d: Difference) -> bool:
    """Say whether a time moved forward past the previous sight, which proves a deed since then."""
    after = moment(d.after)
    return after is not None and d.since is not None and after > d.since


def moment(value: Json) -> datetime | None:
    """Return the time that a text with an offset says, None for anything else."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
