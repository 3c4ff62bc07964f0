"""The words in which an evidence type is declared. Values only: nothing here calls AWS.

An evidence type says which listing finds its resources, which further calls add details to each, and
what in the answers is identity, volatile, a set, a document. `engine.py` does the work; the IAM policy,
the data dictionary and the `catalog` listings are computed from the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol, TypeVar

from driftkeeper.collect.made import Made
from driftkeeper.domain.clock import Clock
from driftkeeper.domain.shape import SetKey, Shape
from driftkeeper.domain.types import Body, Cause, Json, Scope

Item = dict[str, Json]
_T = TypeVar("_T")
_R = TypeVar("_R")


class Reach(StrEnum):
    """Whether a type is read once per organisation, once per account or once per region."""

    ORGANIZATION = "organization"
    ACCOUNT = "account"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class From:
    """A call parameter whose value is the resource's field at this dotted path."""

    path: str


@dataclass(frozen=True, slots=True)
class Account:
    """A call parameter whose value is the account id of the scope."""


@dataclass(frozen=True)
class Call:
    """One read-only AWS operation and what it answers.

    `items` is the dotted path of the rows in a listing, or of the value of a detail; without it the
    whole answer counts. `params` may hold `From` and `Account`. `absent_on` maps error codes that mean
    "none configured" to the value that says so: a successful observation. `not_owner_on` are codes that
    mean the resource belongs to another account; where its `arn` is of this account, they do not. A
    detail is asked only `when` the body so far says so, has the value `otherwise` when it is not, and is
    unseen when a detail it `needs` is. `fields` is an allow-list of row fields, for answers that hold
    secrets. `always` are fields that every answer, or row of it, has: without them it is malformed, where
    it would else read as "not configured"; so is one that is not `sound`, where fields cannot tell.
    `page_size` is the largest page the operation accepts. `action` is the IAM action where its name is
    not the operation's.

    A `shared` call is asked once per account, region and snapshot, however many types take from its
    answer. A detail is asked in another `region` than its scope's where the body says so. A detail is
    `kept` as it was last seen, instead of asked for again, when the function says of the item and the
    last known body that nothing can have changed.
    """

    service: str
    operation: str
    items: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    absent_on: Mapping[str, Json] = field(default_factory=dict)
    not_owner_on: tuple[str, ...] = ()
    arn: From | None = None
    when: Callable[[Item], bool] | None = None
    otherwise: Json = None
    needs: tuple[str, ...] = ()
    fields: tuple[str, ...] | None = None
    always: tuple[str, ...] = ()
    sound: Callable[[Json], bool] | None = None
    page_size: int | None = None
    action: str | None = None
    shared: bool = False
    region: From | None = None
    kept: Callable[[Item, Body], bool] | None = None


@dataclass(frozen=True)
class Gather:
    """One listing for the whole scope whose rows are dealt out to the resources.

    A row belongs to the resource whose field `to` equals the row's field `on`; each resource gets the
    list of its rows under the detail's name.
    """

    call: Call | Function
    on: str
    to: str


@dataclass(frozen=True)
class Batch:
    """A detail that one call answers for up to `size` resources.

    The call's parameter `each` takes the field `to` of every resource; an answered row belongs to the
    resource whose field `to` equals the row's field `on`. Only what is not `kept` is asked for. A
    resource that no row is answered for is gone.
    """

    call: Call
    each: str
    on: str
    to: str
    size: int


@dataclass(frozen=True)
class Nested:
    """A listing per row of another listing; each found row keeps its parent under `parent_as`."""

    parents: Call
    children: Call
    parent_as: str


class Asker(Protocol):
    """What a listing function may do: ask AWS, and wait."""

    clock: Clock
    scope: Scope

    @property
    def since(self) -> datetime | None:
        """When the last complete look at the scope began; None when everything must be read anew."""
        ...

    def value(self, call: Call, item: Item | None = None) -> Json:
        """Return what the call answers; raise `Unseen` or `Gone`."""
        ...

    def rows(self, call: Call, item: Item | None = None) -> list[Item]:
        """Return all rows of a listing; raise `Unseen` or `Gone`."""
        ...

    def each(self, read: Callable[[_T], _R], values: Iterable[_T]) -> list[_R]:
        """Return what `read` makes of each value, in order; several at a time."""
        ...

    def once(self, name: Hashable, make: Callable[[Any], _T]) -> _T:
        """Return what `make` reads; it runs once per account, region and snapshot, for all types."""
        ...

    def seen_at(self, moment: datetime) -> None:
        """Note that what is answered shows AWS as it was at a moment that has passed."""
        ...


@dataclass(frozen=True)
class Function:
    """A listing that does not fit the language: plain code, and the operations it may call."""

    calls: tuple[Call, ...]
    read: Callable[[Asker], Iterable[Item]]


Listing = Call | Nested | Function
Detail = Call | Gather | Batch


@dataclass(frozen=True)
class Tie:
    """Two counts of the same thing, from answers to different questions; both must agree.

    `mine` is taken of this type's bodies, `theirs` of those that the type `other` found in the same
    account and region, or in the whole account where one of both reaches so far. A count is a number,
    or a set of names of which the odd ones are told.
    """

    name: str
    says: str
    mine: Callable[[Sequence[Body]], Count]
    other: str
    theirs: Callable[[Sequence[Body]], Count]


Count = int | frozenset[str] | None
"""None says that what was seen does not tell: no count, and nothing to agree with."""


@dataclass(frozen=True)
class EvidenceType:
    """One kind of resource that we know how to read; see `docs/extending.md`.

    `item` is the number on the evidence request list, 0 for what gives the others their context.
    `key` is a template over the item's fields plus `partition`, `account` and `region`; `uid` is the
    field with AWS's immutable id. `keep` filters listed items, `tidy` mends spellings in which AWS may
    answer the same thing, before sets are ordered. A field whose name begins with an underscore helps
    to read the item and is no part of the body. `aspect_of` names the evidence type that is the thing
    itself when this one is a view of it under the same key. `criteria` are the trust services criteria
    that the type serves as evidence; `limits` says what it does not show. An `optional` type is read
    only when the configuration or the command names it.

    `called` are the dotted paths of the names that its owner gave the resource, where the key is an id;
    lists on the way are walked through. `about` are the types of the thing that people mean by a name
    which a resource of this type shares with it: an alias and its key, a device and its user.

    The rest describes what is read and takes no part in reading: `made` are the fields that no model
    tells. `no_setting` has the reason for each path that is no setting of security, `no_event` the one
    why it needs no name that a resource comes or goes.
    """

    name: str
    title: str
    item: int
    reach: Reach
    listing: Listing
    key: str
    says: str
    details: Mapping[str, Detail] = field(default_factory=dict)
    uid: str | None = None
    keep: Callable[[Item, str], bool] | None = None
    tidy: Callable[[Item], Item] | None = None
    observed: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    sets: Mapping[str, SetKey] = field(default_factory=dict)
    policies: tuple[str, ...] = ()
    as_of: str | None = None
    aspect_of: str | None = None
    criteria: tuple[str, ...] = ()
    limits: str = ""
    ties: tuple[Tie, ...] = ()
    optional: bool = False
    made: Made = field(default_factory=Made)
    no_setting: Mapping[str, str] = field(default_factory=dict)
    no_event: str = ""
    called: tuple[str, ...] = ()
    about: tuple[str, ...] = ()

    @cached_property
    def shape(self) -> Shape:
        """What the store and the diff need to know of the bodies."""
        return Shape(self.observed, self.acts, self.sets, self.policies, tuple(self.details))

    @cached_property
    def grows(self) -> bool:
        """Whether a look may take over what an earlier one saw, see `Call.kept`."""
        return any(call.kept is not None for call in self.calls())

    def calls(self) -> tuple[Call, ...]:
        """Return every operation that reading this type may call."""
        return (*self.listed_by(), *(c for d in self.details.values() for c in _calls_of(d)))

    def listed_by(self) -> tuple[Call, ...]:
        """Return the operations that the listing calls."""
        return _calls_of(self.listing)


def _calls_of(source: Listing | Detail) -> tuple[Call, ...]:
    match source:
        case Call():
            return (source,)
        case Nested():
            return (source.parents, source.children)
        case Function():
            return source.calls
        case Gather() | Batch():
            return _calls_of(source.call)


class Unseen(Exception):  # noqa: N818 -- an observation, not an error
    """What was asked for could not be seen; becomes a `Miss`, never an empty answer."""

    def __init__(self, cause: Cause, code: str, message: str) -> None:
        super().__init__(f"{cause}: {code}: {message}")
        self.cause, self.code, self.message = cause, code, message


class OutOfTime(Unseen):
    """The scope's own time limit is used up: nothing that AWS said, and nothing to another scope."""

    def __init__(self) -> None:
        super().__init__(Cause.FAILED, "DeadlineExceeded", "the scope's time limit is used up")


class Gone(Exception):  # noqa: N818 -- likewise
    """The resource was deleted between the listing and this call."""
