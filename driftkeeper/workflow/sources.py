"""Where answers come from: real accounts, or recordings. Either way, accounts with regions to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from driftkeeper.collect.account import Account, enter, unreachable
from driftkeeper.collect.replay import Hook, Recorder
from driftkeeper.collect.session import Login, check_region
from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.clock import Clock
from driftkeeper.domain.errors import CredentialsError, UsageError
from driftkeeper.domain.types import GLOBAL_REGION, Cause, Scope
from driftkeeper.workflow.config import Config
from driftkeeper.workflow.config_accounts import AccountConfig, OrganizationConfig
from driftkeeper.workflow.organization import (
    Members,
    lister,
    members_of,
    not_listed,
    picked,
    standing_in,
)
from driftkeeper.workflow.places import (
    USER_AGENT as USER_AGENT,
    Place as Place,
    Source as Source,
    Wanted as Wanted,
    excluded,
    is_excluded,
    never_reached as never_reached,
    region_is_off,
)
from driftkeeper.workflow.replayed import recorded as recorded


@dataclass(frozen=True)
class _Look:
    """What all accounts of a live source have in common."""

    config: Config
    wanted: Wanted
    known: Sequence[Scope]
    clock: Clock
    recorder: Recorder | None

    def hooks(self, account: str) -> list[Hook]:
        return [self.recorder.hook(account)] if self.recorder else []

    def regions_of(self, account: str) -> list[str]:
        """Return the regions of an account that were seen before, sorted."""
        found = {scope.region for scope in self.known if scope.account == account}
        return sorted(found - {GLOBAL_REGION})

    def excluded(self) -> dict[str, Unseen]:
        """Return the regions that are not to be read, of those that were asked for, and why."""
        asked = self.wanted.regions
        reasons = self.config.excluded_regions.items()
        return {name: excluded(why) for name, why in reasons if not asked or name in asked}


def live(
    config: Config,
    wanted: Wanted,
    known: Sequence[Scope],
    clock: Clock,
    recorder: Recorder | None = None,
) -> Source:
    """Enter every account of the organisation, or every configured one, or else the ambient one.

    An account that cannot be reached stops no other; only when none can be, `CredentialsError`.
    `known` are the scopes of the store: what was seen before must be accounted for again, see `due`.
    """
    for region in (*wanted.regions, *config.collect.regions, *config.excluded_regions):
        check_region(region)
    look = _Look(config, wanted, due(config, known), clock, recorder)
    unlisted = None
    if config.organization is not None:
        places, unlisted = _organized(look, config.organization)
    elif chosen := _chosen(config, wanted):
        places = _entered(look, chosen)
    else:
        places = (_ambient(look),)
    closed = [place for place in places if place.why and place.why.cause is not Cause.SKIPPED]
    if closed and all(place.account is None for place in places):
        raise CredentialsError(
            f"no account can be reached: {closed[0].id}: {closed[0].why};"
            " check the credentials, and `[[accounts]]` in the configuration"
        )
    return Source(places, clock, "live", remembers=recorder is None, unlisted=unlisted)


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


def _chosen(config: Config, wanted: Wanted) -> list[AccountConfig]:
    ids = config.account_ids(wanted.accounts)
    known = [entry.id for entry in config.accounts]
    for name in ids:
        if config.accounts and name not in known:
            raise UsageError(f"account {name!r} is not configured; known are: {', '.join(known)}")
    return [entry for entry in config.accounts if not ids or entry.id in ids]


def _ambient(look: _Look) -> Place:
    account = _unnamed(look, Login())
    if look.wanted.accounts and account.id not in look.wanted.accounts:
        raise UsageError(
            f"account {look.wanted.accounts[0]!r} is neither configured nor the ambient one"
            f" ({account.id}); add it to `[[accounts]]`"
        )
    place = _place(look, AccountConfig(id=account.id), account)
    if place.unlisted is not None and not place.regions:
        raise UsageError(
            f"the regions of account {account.id} cannot be listed"
            f" ({place.unlisted.code}: {place.unlisted.message});"
            " allow ec2:DescribeRegions, or name regions in the configuration"
        )
    return place


def _unnamed(look: _Look, login: Login) -> Account:
    """Enter the account that credentials lead to, whichever it is."""
    try:
        account = enter(login, look.clock, USER_AGENT)
    except Unseen as miss:
        raise CredentialsError(
            f"AWS does not accept the credentials: {miss.code}: {miss.message};"
            " check them with `aws sts get-caller-identity`"
        ) from None
    if look.recorder is None:
        return account
    own = replace(login, account=account.id)
    return enter(own, look.clock, USER_AGENT, look.hooks(account.id))


def _organized(
    look: _Look, organization: OrganizationConfig
) -> tuple[tuple[Place, ...], Unseen | None]:
    """Return the accounts of an organisation, and why they could not be listed today, if so."""
    home: Account | None = None
    login, named = lister(organization), look.config.accounts
    try:
        home = _home(look, login)
        with ThreadPoolExecutor(look.config.collect.workers, "list") as pool:
            members = members_of(organization, named, home, look.clock, pool.map)
    except Unseen as why:
        identity = home.id if home else str(login.account)
        partition = home.partition if home else str(login.role_arn).split(":")[1]
        known = standing_in(organization, named, identity, partition, look.known, why)
        if known is None:
            raise not_listed(identity, why) from None
        members = known
    ids = picked(members, look.wanted.accounts)
    entries = [entry for entry in members.enter if entry.id in ids]
    places = [*_entered(look, entries, home or members.unlisted, members.home)]
    return (*places, *_left(look, members, ids)), members.unlisted


def _home(look: _Look, login: Login) -> Account:
    """Enter the account that lists the organisation; raise `Unseen` for a known one that is closed."""
    if login.account is None:
        return _unnamed(look, login)
    try:
        return enter(login, look.clock, USER_AGENT, look.hooks(login.account))
    except CredentialsError as error:
        raise unreachable(error) from None


def _left(look: _Look, members: Members, ids: set[str]) -> Iterator[Place]:
    """Yield the accounts that are accounted for and not entered, as far as they are known."""
    before = {scope.account for scope in look.known}
    for name, why in sorted(members.leave.items()):
        if name in ids and (name in before or (is_excluded(why) and name in members.names)):
            regions = look.wanted.regions or look.regions_of(name)
            yield Place(name, members.names.get(name, ""), None, tuple(regions), why=why)


def _entered(
    look: _Look,
    entries: Sequence[AccountConfig],
    home: Account | Unseen | None = None,
    asked: str = "",
) -> tuple[Place, ...]:
    """Return the accounts, entered several at a time.

    The account `asked` for the organisation is in already, as `home`, or known to be closed.
    """
    with ThreadPoolExecutor(look.config.collect.workers, "enter") as pool:
        return tuple(pool.map(partial(_enter, look, home, asked), entries))


def _enter(look: _Look, home: Account | Unseen | None, asked: str, entry: AccountConfig) -> Place:
    if entry.id == asked and home is not None:
        if isinstance(home, Unseen):
            return replace(_closed(look, entry, home), organization=True)
        return replace(_place(look, entry, home), organization=True)
    login = Login(entry.id, entry.profile, entry.role_arn, entry.external_id)
    try:
        account = enter(login, look.clock, USER_AGENT, look.hooks(entry.id))
    except (Unseen, CredentialsError) as error:
        return _closed(look, entry, unreachable(error))
    return _place(look, entry, account)


def _closed(look: _Look, entry: AccountConfig, why: Unseen) -> Place:
    """Return an account that cannot be entered, with the regions that are missed by that."""
    asked = look.wanted.regions or entry.regions or look.config.collect.regions
    before, out = look.regions_of(entry.id), look.excluded()
    regions = tuple(name for name in asked or before if name not in out)
    off = {name: reason for name, reason in out.items() if name in before}
    return Place(entry.id, entry.name, None, regions, off, why)


def _place(look: _Look, entry: AccountConfig, account: Account) -> Place:
    """Return the account with its regions; one seen before that is off now must still be told."""
    before, out = look.regions_of(entry.id), look.excluded()
    asked = [*(look.wanted.regions or entry.regions or look.config.collect.regions)]
    unlisted = None
    try:
        enabled = account.enabled_regions(look.clock)
    except Unseen as miss:
        enabled = asked or before
        # Regions that somebody names need no list; without a list, others may be in use unseen.
        unlisted = None if asked else miss
    regions = [name for name in enabled if (not asked or name in asked) and name not in out]
    off = {name: region_is_off(name) for name in (asked or before) if name not in enabled}
    off |= {name: why for name, why in out.items() if name in enabled or name in before}
    return Place(entry.id, entry.name, account, tuple(regions), off, unlisted=unlisted)
