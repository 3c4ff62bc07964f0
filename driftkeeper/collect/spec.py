"""The words in which an evidence type is declared. Values only: nothing here calls AWS.

An evidence type says which listing finds its resources, which further calls add details to each, and
what in the answers is identity, volatile, a set, a document. `engine.py` does the work; the IAM policy,
the data dictionary and the `catalog` listings are computed from the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from driftkeeper.domain.clock import Clock
from driftkeeper.domain.shape import SetKey, Shape
from driftkeeper.domain.types import Cause, Json

Item = dict[str, Json]


class Reach(StrEnum):
    """Whether a type is read once per account or once per region."""

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
    mean the resource belongs to another account. A detail is asked only `when` the body so far says
    so, has the value `otherwise` when it is not, and is unseen when a detail it `needs` is. `fields` is
    an allow-list of row fields, for answers that hold secrets. `always` are fields that every answer,
    or row of it, has: without them it is malformed, where it would else read as "not configured".
    `page_size` is the largest page the operation accepts. `action` is the IAM action where its name is
    not the operation's.
    """

    service: str
    operation: str
    items: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    absent_on: Mapping[str, Json] = field(default_factory=dict)
    not_owner_on: tuple[str, ...] = ()
    when: Callable[[Item], bool] | None = None
    otherwise: Json = None
    needs: tuple[str, ...] = ()
    fields: tuple[str, ...] | None = None
    always: tuple[str, ...] = ()
    page_size: int | None = None
    action: str | None = None


@dataclass(frozen=True)
class Gather:
    """One listing for the whole scope whose rows are dealt out to the resources.

    A row belongs to the resource whose field `to` equals the row's field `on`; each resource gets the
    list of its rows under the detail's name.
    """

    call: Call
    on: str
    to: str


@dataclass(frozen=True)
class Nested:
    """A listing per row of another listing; each found row keeps its parent under `parent_as`."""

    parents: Call
    children: Call
    parent_as: str


class Asker(Protocol):
    """What a listing function may do: ask AWS, and wait."""

    clock: Clock

    def value(self, call: Call, item: Item | None = None) -> Json:
        """Return what the call answers; raise `Unseen` or `Gone`."""
        ...


@dataclass(frozen=True)
class Function:
    """A listing that does not fit the language: plain code, and the operations it may call."""

    calls: tuple[Call, ...]
    read: Callable[[Asker], Iterable[Item]]


Listing = Call | Nested | Function


@dataclass(frozen=True)
class EvidenceType:
    """One kind of resource that we know how to read; see `docs/extending.md`.

    `key` is a template over the item's fields plus `partition`, `account` and `region`; `uid` is the
    field with AWS's immutable id. `keep` filters listed items, `tidy` mends spellings in which AWS may
    answer the same thing, before sets are ordered. `aspect_of` names the evidence type that is the
    thing itself when this one is a view of it under the same key.
    """

    name: str
    title: str
    item: int
    reach: Reach
    listing: Listing
    key: str
    says: str
    details: Mapping[str, Call | Gather] = field(default_factory=dict)
    uid: str | None = None
    keep: Callable[[Item, str], bool] | None = None
    tidy: Callable[[Item], Item] | None = None
    observed: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    sets: Mapping[str, SetKey] = field(default_factory=dict)
    policies: tuple[str, ...] = ()
    as_of: str | None = None
    aspect_of: str | None = None

    @cached_property
    def shape(self) -> Shape:
        """What the store and the diff need to know of the bodies."""
        return Shape(self.observed, self.acts, self.sets, self.policies, tuple(self.details))

    def calls(self) -> tuple[Call, ...]:
        """Return every operation that reading this type may call."""
        details = (d.call if isinstance(d, Gather) else d for d in self.details.values())
        return (*self.listed_by(), *details)

    def listed_by(self) -> tuple[Call, ...]:
        """Return the operations that the listing calls."""
        match self.listing:
            case Call() as call:
                return (call,)
            case Nested() as nested:
                return (nested.parents, nested.children)
            case Function() as function:
                return function.calls


class Unseen(Exception):  # noqa: N818 -- an observation, not an error
    """What was asked for could not be seen; becomes a `Miss`, never an empty answer."""

    def __init__(self, cause: Cause, code: str, message: str) -> None:
        super().__init__(f"{cause}: {code}: {message}")
        self.cause, self.code, self.message = cause, code, message


class Gone(Exception):  # noqa: N818 -- likewise
    """The resource was deleted between the listing and this call."""
