"""What follows from several resources together: who is an administrator, which bucket is public.

Written down by hand, in the few words that this estate knows, and not by asking the product. It is only
told here of estates that are seen whole every day: what is out of sight is not concluded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from driftkeeper.domain.types import Scope
from tests.bench.things import Item, Thing
from tests.bench.truth import FACTS, Told
from tests.bench.users import ADMINISTRATOR

CONCLUDED = FACTS | {"iam.rights", "s3.public_access"}
"""The facts that are compared where everything is seen. One that is left out here is passed over."""

_BLOCK = "RestrictPublicBuckets"

Things = Mapping[Scope, Mapping[str, Thing]]


class About(NamedTuple):
    """What is concluded about one resource: by which fact, and at which path."""

    account: str
    region: str
    resource: str
    fact: str
    path: str


@dataclass
class Conclusions:
    """Remembers what was true yesterday."""

    _known: dict[About, str] | None = None
    _since: datetime | None = None
    _of_account: dict[tuple[str, str], list[Item]] = field(default_factory=dict)

    def told(self, there: Things, number: int, as_of: datetime) -> list[Told]:
        """Return what an honest log tells of the day, given everything that there is."""
        before, since = self._known, self._since
        self._known, self._since = self._drawn(there), as_of
        if before is None or since is None:
            return []
        return [
            Told((number, *about[:2], about.fact, about.resource, kind, about.path), since, as_of)
            for about in sorted(before.keys() | self._known.keys())
            for kind in _kinds(about, before.get(about), self._known.get(about))
        ]

    def _drawn(self, there: Things) -> dict[About, str]:
        self._of_account.clear()
        for scope, things in there.items():
            items = [thing.item for thing in things.values()]
            self._of_account.setdefault((scope.account, scope.evidence), []).extend(items)
        return {
            About(scope.account, scope.region, thing.key, fact, path): state
            for scope, things in there.items()
            for thing in things.values()
            for fact, path, state in self._states(thing)
        }

    def _states(self, thing: Thing) -> Iterator[tuple[str, str, str]]:
        match thing.scope.evidence:
            case "iam.user" | "iam.role" | "iam.group":
                yield "iam.rights", "admin", self._admin(thing)
            case "s3.bucket":
                yield "s3.public_access", "public", self._public(thing)
            case _:
                pass

    def _all(self, thing: Thing, evidence: str) -> Iterable[Item]:
        return self._of_account.get((thing.scope.account, evidence), ())

    def _admin(self, thing: Thing) -> str:
        """Say whether somebody has the policy that allows everything, also by a group; a boundary caps it."""
        names = thing.item.get("GroupList", ())
        teams = [team for team in self._all(thing, "iam.group") if team["GroupName"] in names]
        if not any(map(_has_everything, (thing.item, *teams))):
            return "no"
        return "capped" if "PermissionsBoundary" in thing.item else "yes"

    def _public(self, thing: Thing) -> str:
        (account,) = self._all(thing, "s3.account_pab")
        is_shut = thing.item["PublicAccessBlock"][_BLOCK] or account[_BLOCK]
        return "yes" if thing.item["PolicyStatus"]["IsPublic"] and not is_shut else "no"


def _has_everything(item: Item) -> bool:
    return any(row["PolicyName"] == ADMINISTRATOR for row in item["AttachedManagedPolicies"])


def _kinds(about: About, before: str | None, after: str | None) -> Iterator[str]:
    """Yield what a conclusion that moved is called; of what is not there nothing is true."""
    match about.fact:
        case "iam.rights":
            yield from _of_rights(before or "no", after or "no")
        case "s3.public_access":
            if (before or "no") != (after or "no"):
                yield f"s3.bucket_became_{'public' if after == 'yes' else 'private'}"
        case _:
            raise ValueError(about.fact)


def _of_rights(before: str, after: str) -> Iterator[str]:
    if before == after:
        return
    if after == "yes":
        yield "iam.admin_granted"
    else:
        yield "iam.admin_revoked" if before == "yes" else "resource.attribute_changed"
