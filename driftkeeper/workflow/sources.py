"""Where answers come from: real accounts, or recordings. Either way, accounts with regions to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from driftkeeper import __version__
from driftkeeper.collect.account import Account, enter, enter_recorded, unreachable
from driftkeeper.collect.recording import Recording, open_recording
from driftkeeper.collect.replay import Recorder
from driftkeeper.collect.session import Login, check_region
from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.clock import Clock, FixedClock
from driftkeeper.domain.errors import CredentialsError, RecordingError, UsageError
from driftkeeper.domain.types import GLOBAL_REGION, Cause, Scope
from driftkeeper.workflow.config import AccountConfig, Config

USER_AGENT = f"driftkeeper/{__version__}"


@dataclass(frozen=True)
class Place:
    """One account to look at. Without an `account`, `why` says why nothing of it can be seen.

    `off` are regions to account for that cannot be looked at, and why. `unlisted` says why AWS did not
    tell which regions are on, when only those that were seen before are looked at. `organization` says
    that the whole organisation is listed from here.
    """

    id: str
    name: str
    account: Account | None
    regions: tuple[str, ...]
    off: Mapping[str, Unseen] = field(default_factory=dict)
    why: Unseen | None = None
    unlisted: Unseen | None = None
    organization: bool = False


@dataclass(frozen=True)
class Source:
    """The accounts of one snapshot, the clock they are read by, and what to call it.

    A source that `remembers` need not be asked again for what cannot have changed. Recordings hold
    all or nothing, so neither replaying nor recording does.
    """

    places: tuple[Place, ...]
    clock: Clock
    name: str
    remembers: bool = False

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must be said of a snapshot of these accounts: it may not see all that there is."""
        return tuple(
            f"the regions of account {place.id} cannot be listed ({why.code}: {why.message}): only"
            " those seen before are looked at; allow ec2:DescribeRegions, or name regions"
            " in the configuration"
            for place in self.places
            if (why := place.unlisted) is not None
        )


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line; empty means all that is configured."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


def live(
    config: Config,
    wanted: Wanted,
    known: Sequence[Scope],
    clock: Clock,
    recorder: Recorder | None = None,
) -> Source:
    """Enter every configured account, or the ambient one when none is configured.

    An account that cannot be reached stops no other; only when none can be, `CredentialsError`.
    `known` are the scopes of the store: what was seen before must be accounted for again, see `due`.
    """
    known = due(config, known)
    for region in (*wanted.regions, *config.collect.regions):
        check_region(region)
    chosen = _chosen(config, wanted)
    if not chosen:
        place = _ambient(config, wanted, known, clock, recorder)
        if wanted.accounts and place.id not in wanted.accounts:
            raise UsageError(
                f"account {wanted.accounts[0]!r} is neither configured nor the ambient one"
                f" ({place.id}); add it to `[[accounts]]`"
            )
        return Source((place,), clock, "live", remembers=recorder is None)
    places = tuple(_enter(config, wanted, entry, known, clock, recorder) for entry in chosen)
    if all(place.account is None for place in places):
        raise CredentialsError(
            f"no account can be reached: {places[0].id}: {places[0].why};"
            " check the credentials, and `[[accounts]]` in the configuration"
        )
    return Source(places, clock, "live", remembers=recorder is None)


def due(config: Config, known: Sequence[Scope]) -> list[Scope]:
    """Return the known scopes that must be accounted for: the configuration may leave regions out."""
    own = {entry.id: entry.regions for entry in config.accounts}
    return [
        scope
        for scope in known
        if scope.region == GLOBAL_REGION
        or not (asked := own.get(scope.account) or config.collect.regions)
        or scope.region in asked
    ]


def _not_recorded(region: str) -> Unseen:
    return Unseen(Cause.NOT_RUN, "NotRecorded", f"{region} is not recorded any more")


def _chosen(config: Config, wanted: Wanted) -> list[AccountConfig]:
    ids = config.account_ids(wanted.accounts)
    known = [entry.id for entry in config.accounts]
    for name in ids:
        if config.accounts and name not in known:
            raise UsageError(f"account {name!r} is not configured; known are: {', '.join(known)}")
    return [entry for entry in config.accounts if not ids or entry.id in ids]


def _ambient(
    config: Config, wanted: Wanted, known: Sequence[Scope], clock: Clock, recorder: Recorder | None
) -> Place:
    try:
        account = enter(Login(), clock, USER_AGENT)
    except Unseen as miss:
        raise CredentialsError(
            f"AWS does not accept the credentials: {miss.code}: {miss.message};"
            " check them with `aws sts get-caller-identity`"
        ) from None
    if recorder is not None:
        account = enter(Login(account.id), clock, USER_AGENT, [recorder.hook(account.id)])
    return _place(account.id, "", account, config.collect.regions, wanted, known, clock)


def _enter(
    config: Config,
    wanted: Wanted,
    entry: AccountConfig,
    known: Sequence[Scope],
    clock: Clock,
    recorder: Recorder | None,
) -> Place:
    regions = entry.regions or config.collect.regions
    login = Login(entry.id, entry.profile, entry.role_arn, entry.external_id)
    hooks = [recorder.hook(entry.id)] if recorder else []
    try:
        account = enter(login, clock, USER_AGENT, hooks)
    except (Unseen, CredentialsError) as error:
        planned = wanted.regions or regions or _regions_of(entry.id, known)
        return Place(entry.id, entry.name, None, tuple(planned), why=unreachable(error))
    return _place(entry.id, entry.name, account, regions, wanted, known, clock)


def _regions_of(account: str, known: Sequence[Scope]) -> list[str]:
    found = {scope.region for scope in known if scope.account == account}
    return sorted(found - {GLOBAL_REGION})


def _place(
    identity: str,
    name: str,
    account: Account,
    configured: Sequence[str],
    wanted: Wanted,
    known: Sequence[Scope],
    clock: Clock,
) -> Place:
    """Return the account with its regions; one seen before that is off now must still be told."""
    before = _regions_of(identity, known)
    asked = list(wanted.regions or configured)
    unlisted = None
    try:
        enabled = account.enabled_regions(clock)
    except Unseen as miss:
        enabled = asked or before
        # Regions that somebody names need no list; without a list, others may be in use unseen.
        unlisted = None if asked else miss
        if not enabled:
            raise UsageError(
                f"the regions of account {identity} cannot be listed ({miss.code}: {miss.message});"
                " allow ec2:DescribeRegions, or name regions in the configuration"
            ) from None
    regions = tuple(region for region in enabled if not asked or region in asked)
    off = {region: region_is_off(region) for region in (asked or before) if region not in enabled}
    return Place(identity, name, account, regions, off, unlisted=unlisted)


def recorded(
    folder: Path, at: datetime | None, wanted: Wanted, known: Sequence[Scope] = ()
) -> Source:
    """Return the accounts of a recording, at the given time or the one it was recorded at.

    `known` are the scopes to account for even where the recording does not have them, see `due`.
    """
    recording = open_recording(folder, at)
    moment = at or _taken_at(recording)
    own = {recording.meta(identity).get("name"): identity for identity in recording.accounts}
    ids = [own.get(name, name) for name in wanted.accounts]
    unknown = [name for name in ids if name not in recording.accounts]
    if unknown:
        raise UsageError(
            f"account {unknown[0]!r} is not in {folder}; it has: {', '.join(recording.accounts)}"
        )
    chosen = [name for name in recording.accounts if not ids or name in ids]
    _require_regions(recording, chosen, wanted.regions)
    places = tuple(_recorded_place(recording, name, wanted, known) for name in chosen)
    return Source(places, FixedClock(moment), "replay")


def _require_regions(recording: Recording, accounts: Sequence[str], wanted: Sequence[str]) -> None:
    known = sorted({region for name in accounts for region in recording.regions(name)})
    for region in wanted:
        if region not in known:
            check_region(region)
            raise UsageError(
                f"region {region!r} is not in {recording.folder}; it has: {', '.join(known)}"
            )


def _recorded_place(
    recording: Recording, identity: str, wanted: Wanted, known: Sequence[Scope]
) -> Place:
    offered = recording.regions(identity)
    regions = tuple(region for region in offered if not wanted.regions or region in wanted.regions)
    off = {
        region: _not_recorded(region)
        for region in _regions_of(identity, known)
        if region not in offered and (not wanted.regions or region in wanted.regions)
    }
    name = str(recording.meta(identity).get("name", ""))
    account = enter_recorded(recording, identity, USER_AGENT)
    return Place(identity, name, account, regions, off)


def _taken_at(recording: Recording) -> datetime:
    text = recording.meta(recording.accounts[0]).get("taken_at")
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise RecordingError(
            f"{recording.folder} does not say when it was taken; give the time with --at"
        )
    return moment


def region_is_off(region: str) -> Unseen:
    """Return why nothing of a region that is switched off can be seen."""
    return Unseen(Cause.REGION_OFF, "RegionNotEnabled", f"{region} is not enabled in the account")


def never_reached(account: str) -> Unseen:
    """Return why nothing of an account can be seen when nobody even tried."""
    return Unseen(Cause.NOT_RUN, "NotReached", f"account {account} was not reached")
