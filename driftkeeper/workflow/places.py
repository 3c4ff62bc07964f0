"""What a snapshot looks at: accounts with regions, and why something of them cannot be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from driftkeeper import __version__
from driftkeeper.collect.account import Account
from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.clock import Clock
from driftkeeper.domain.types import Cause

USER_AGENT = f"driftkeeper/{__version__}"


@dataclass(frozen=True)
class Place:
    """One account to look at. Without an `account`, `why` says why nothing of it can be seen.

    `off` are regions to account for that cannot be looked at, and why. `unlisted` says why AWS did not
    tell which regions are on, when only those that were seen before are looked at. `organization` says
    that the whole organisation is listed from here. `evidence` names the types that there are any
    answers for, None for all.
    """

    id: str
    name: str
    account: Account | None
    regions: tuple[str, ...]
    off: Mapping[str, Unseen] = field(default_factory=dict)
    why: Unseen | None = None
    unlisted: Unseen | None = None
    organization: bool = False
    evidence: frozenset[str] | None = None


@dataclass(frozen=True)
class Source:
    """The accounts of one snapshot, the clock they are read by, and what to call it.

    A source that `remembers` need not be asked again for what cannot have changed. Recordings hold
    all or nothing, so neither replaying nor recording does. `unlisted` says why AWS did not tell which
    accounts the organisation has, when only those that were seen before are looked at.
    """

    places: tuple[Place, ...]
    clock: Clock
    name: str
    remembers: bool = False
    unlisted: Unseen | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must be said of a snapshot of these accounts: it may not see all that there is."""
        regions = tuple(
            f"the regions of account {place.id} cannot be listed ({why.code}: {why.message}): only"
            " those seen before are looked at; allow ec2:DescribeRegions, or name regions"
            " in the configuration"
            for place in self.places
            if (why := place.unlisted) is not None
        )
        if self.unlisted is None:
            return regions
        accounts = (
            f"the accounts of the organisation cannot be listed ({self.unlisted.code}:"
            f" {self.unlisted.message}): only those seen before are looked at;"
            " allow organizations:List* to the account that `[organization]` asks"
        )
        return (accounts, *regions)


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line; empty means all that is configured."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


def region_is_off(region: str) -> Unseen:
    """Return why nothing of a region that is switched off can be seen."""
    return Unseen(Cause.REGION_OFF, "RegionNotEnabled", f"{region} is not enabled in the account")


def never_reached(account: str) -> Unseen:
    """Return why nothing of an account can be seen when nobody even tried."""
    return Unseen(Cause.NOT_RUN, "NotReached", f"account {account} was not reached")


def excluded(reason: str) -> Unseen:
    """Return why nothing is seen of what the configuration excludes."""
    return Unseen(Cause.SKIPPED, "Excluded", reason)


def is_excluded(why: Unseen) -> bool:
    """Say whether something is not seen because the configuration says so."""
    return (why.cause, why.code) == (Cause.SKIPPED, "Excluded")
