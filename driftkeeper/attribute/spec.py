"""The words in which it is declared which calls can have made which changes. Values only.

A family is about one sort of resource. Each of its deeds names operations, the changes that these can
make, and how a logged call shows that it is about the resource and that it made just this difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from driftkeeper.attribute.events import Event
from driftkeeper.domain.types import Change


class Where(StrEnum):
    """In which regions a call is logged."""

    RESOURCE = "the resource's region"
    HOME = "the region of the partition's global endpoints"
    BUCKET = "the bucket's region"
    BUCKET_OR_HOME = "the bucket's region, and that of the global endpoints"
    EVERYWHERE = "every region of the account"


Fits = Callable[[Change], bool]
Proof = Callable[[Change, Event], bool | None]
"""Whether a call's parameters say the difference. None: they do not tell; False: they say another."""


def anything(_change: Change) -> bool:
    """Fit every change."""
    return True


def nothing(_change: Change) -> bool:
    """Fit no change."""
    return False


def any_call(_event: Event) -> bool:
    """Let every call pass."""
    return True


def cannot_tell(_change: Change, _event: Event) -> bool | None:
    """Say that the parameters of a call do not tell what it made."""
    return None


def is_enough(_change: Change, _event: Event) -> bool | None:
    """Say that the call's name and its resource are all there is to the change."""
    return True


def names_of(change: Change) -> frozenset[str]:
    """Return what AWS may call the resource of a change: its ARN, and its last part."""
    return frozenset({change.resource, change.resource.rsplit("/", 1)[-1]})


@dataclass(frozen=True)
class Deed:
    """Calls that can have made the changes that it `fits`.

    `ids` are dotted paths into the record, looked at in order: the first that is there says which
    resource the call was about. Without any, all calls are about the one resource of its sort. Where AWS
    hid them, the resources count that it lists beside. `about` is a further condition. `proves` says
    whether the parameters say the difference. `where` and `source` hold where they differ from the
    family's.
    """

    events: tuple[str, ...]
    ids: tuple[str, ...] = ()
    fits: Fits = anything
    proves: Proof = cannot_tell
    about: Callable[[Event], bool] = any_call
    where: Where | None = None
    source: str | None = None

    def is_about(self, names: frozenset[str], event: Event) -> bool:
        """Say whether a call was about the resource of these names."""
        if not self.about(event):
            return False
        for path in self.ids:
            if found := event.texts(path):
                return not names.isdisjoint(found)
        return not self.ids or (event.is_veiled and not names.isdisjoint(event.listed))


@dataclass(frozen=True)
class Family:
    """The changes of one sort of resource, and the calls that make them.

    `evidence` and `kinds` are globs that a change has to fit, `never` are globs of kinds that AWS brings
    about by itself: those are never asked for. `resources` narrows further. `names` are what a call may
    call the resource. What is `elsewhere` is logged in another account when it is not in this one.
    """

    name: str
    evidence: tuple[str, ...]
    source: str
    deeds: tuple[Deed, ...]
    where: Where = Where.RESOURCE
    kinds: tuple[str, ...] = ("*",)
    never: tuple[str, ...] = ()
    resources: Fits = anything
    names: Callable[[Change], frozenset[str]] = names_of
    elsewhere: Fits = nothing

    def covers(self, change: Change) -> bool:
        """Say whether the changes of this family include this one."""
        return (
            any(fnmatchcase(change.scope.evidence, glob) for glob in self.evidence)
            and any(fnmatchcase(change.kind, glob) for glob in self.kinds)
            and not any(fnmatchcase(change.kind, glob) for glob in self.never)
            and self.resources(change)
        )

    def deeds_for(self, change: Change) -> list[Deed]:
        """Return the deeds that can have made a change."""
        return [deed for deed in self.deeds if deed.fits(change)]
