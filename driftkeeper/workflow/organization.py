"""Finds the accounts of an organisation, and which of them are to be read.

What AWS lists is the population. An account that the configuration excludes, or that is not active, is
accounted for with its reason; one that the units and tags of the configuration do not choose is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from driftkeeper.collect.account import Account
from driftkeeper.collect.organization import ACCOUNTS, ACTIVE, members, state, tagged
from driftkeeper.collect.reader import Mapper, Reader
from driftkeeper.collect.session import Login
from driftkeeper.collect.spec import Gone, Item, Unseen
from driftkeeper.domain.clock import Clock
from driftkeeper.domain.errors import CredentialsError, UsageError
from driftkeeper.domain.types import GLOBAL_REGION, Cause, Scope
from driftkeeper.workflow.config_accounts import AccountConfig, OrganizationConfig
from driftkeeper.workflow.places import excluded

EVIDENCE = "organizations.account"
_SECONDS = 600.0
_NOT_IN_USE = "AWSOrganizationsNotInUseException"
_ELSEWHERE = (
    "ask from the management account or a delegated administrator with `profile` or `role_arn` in"
    " `[organization]`, and allow organizations:List*"
)


@dataclass(frozen=True)
class Members:
    """The accounts to account for: those to enter, by how, and why not the others.

    `home` is the account that was asked. `unlisted` says why AWS did not tell which there are, when those
    known from before stand in.
    """

    home: str
    enter: tuple[AccountConfig, ...]
    leave: Mapping[str, Unseen]
    names: Mapping[str, str]
    unlisted: Unseen | None = None


def lister(config: OrganizationConfig) -> Login:
    """Return how to reach the account from which the organisation is listed."""
    account = config.role_arn.split(":")[4] if config.role_arn else None
    external_id = config.external_id if config.role_arn else None
    return Login(account, config.profile, config.role_arn, external_id)


def members_of(
    config: OrganizationConfig,
    named: Sequence[AccountConfig],
    home: Account,
    clock: Clock,
    mapper: Mapper = map,
) -> Members:
    """Return the members as AWS lists them from the account `home`; raise `Unseen` when it does not.

    `named` are the accounts that the configuration says how to reach, wherever they are.
    """
    reasons = {entry.id: excluded(entry.reason) for entry in config.exclude}
    if home.id in reasons:
        raise UsageError(
            f"account {home.id} is asked for the organisation's accounts and cannot be excluded;"
            " take it out of [[organization.exclude]], or ask a delegated administrator"
        )
    reader = home.reader(Scope(home.id, GLOBAL_REGION, EVIDENCE), clock, _SECONDS, mapper=mapper)
    try:
        rows = {str(row["Id"]): row for row in reader.rows(ACCOUNTS)}
        active = {name for name, row in rows.items() if state(row) == ACTIVE}
        chosen = active - reasons.keys()
        if config.units:
            chosen &= _in_units(reader, config.units)
        if config.tags:
            chosen &= tagged(reader, sorted(chosen), config.tags)
    except Gone as gone:
        raise Unseen(Cause.FAILED, str(gone), "a unit or account is not there") from None
    except KeyError as error:
        raise Unseen(Cause.FAILED, "MalformedAnswer", f"an account has no {error}") from None
    asleep = {name: _not_active(name, rows[name]) for name in rows.keys() - active}
    names = {name: str(row.get("Name", "")) for name, row in rows.items()}
    awake = [entry for entry in named if entry.id not in asleep]
    also = active & {entry.id for entry in named}
    entries = _entries(config, awake, home.partition, chosen | also | {home.id}, names)
    return Members(home.id, entries, asleep | reasons, names)


def _in_units(reader: Reader, units: Sequence[str]) -> set[str]:
    try:
        return members(reader, units)
    except Unseen as miss:
        if miss.code != "ParentNotFoundException":
            raise
        raise UsageError(
            f"`units` in `[organization]` names what is not in the organisation: {', '.join(units)};"
            " check the ids with `aws organizations list-organizational-units-for-parent`"
        ) from None


def standing_in(
    config: OrganizationConfig,
    named: Sequence[AccountConfig],
    home: str,
    partition: str,
    known: Sequence[Scope],
    why: Unseen,
) -> Members | None:
    """Return the accounts that the store knows, as long as AWS does not say which there are.

    None when the store knows no list of the account that is asked, or that account is in no
    organisation: then nothing can stand in.
    """
    if why.code == _NOT_IN_USE or Scope(home, GLOBAL_REGION, EVIDENCE) not in known:
        return None
    reasons = {entry.id: excluded(entry.reason) for entry in config.exclude}
    ids = {scope.account for scope in known} - reasons.keys()
    entries = _entries(config, named, partition, ids, {})
    return Members(home, entries, reasons, {}, why)


def _entries(
    config: OrganizationConfig,
    named: Sequence[AccountConfig],
    partition: str,
    ids: Iterable[str],
    names: Mapping[str, str],
) -> tuple[AccountConfig, ...]:
    """Return how to reach each account: as the configuration says of it, else by the common role."""
    own = {entry.id: entry for entry in named}
    for name in ids:
        entry = own.get(name) or AccountConfig(id=name, name=names.get(name, ""))
        if entry.profile is None and entry.role_arn is None:
            way = {
                "profile": config.profile,
                "role_arn": f"arn:{partition}:iam::{name}:role/{config.role}",
                "external_id": config.external_id,
            }
            entry = entry.model_copy(update=way)
        own[name] = entry
    return tuple(own[name] for name in sorted(own))


def _not_active(account: str, row: Item) -> Unseen:
    why = f"account {account} is {state(row)} in its organisation"
    return Unseen(Cause.SKIPPED, "NotActive", why)


def not_listed(account: str, why: Unseen) -> CredentialsError | UsageError:
    """Return the error of an organisation that cannot be listed, with what to do about it."""
    if why.code == _NOT_IN_USE:
        return UsageError(
            f"account {account} is in no organisation; leave out `[organization]`, or ask from another"
            " account with its `profile` or `role_arn`"
        )
    return CredentialsError(
        f"the accounts of the organisation cannot be listed from account {account}"
        f" ({why.code}: {why.message}); {_ELSEWHERE}"
    )


def picked(members: Members, wanted: Sequence[str]) -> set[str]:
    """Return the ids of the accounts that were asked for by id or name; all when none were.

    Raises `UsageError` for an unknown word.
    """
    names = {**members.names, **{entry.id: entry.name for entry in members.enter if entry.name}}
    known = {entry.id for entry in members.enter} | members.leave.keys()
    ids: set[str] = set()
    for word in wanted:
        fits = {name for name in known if word in (name, names.get(name))}
        if not fits:
            raise UsageError(
                f"account {word!r} is not to be read: neither `[organization]` chooses it nor does"
                " `[[accounts]]` name it; `driftkeeper collect --dry-run` prints the others"
            )
        ids |= fits
    return ids if wanted else known
