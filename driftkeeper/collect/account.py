"""Enters an account: who are we there, and which regions are switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import SimpleNamespace

import boto3

from driftkeeper.collect.catalog import CONTEXT_CALLS, declared_calls
from driftkeeper.collect.reader import Known, Mapper, Reader, nothing_known
from driftkeeper.collect.recording import Recording
from driftkeeper.collect.replay import Hook, replaying
from driftkeeper.collect.session import HOME, Clients, Login, open_clients
from driftkeeper.collect.shared import Shared
from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.clock import Clock
from driftkeeper.domain.errors import CredentialsError
from driftkeeper.domain.types import GLOBAL_REGION, Cause, Scope

_ON = ("opt-in-not-required", "opted-in")
_IDENTITY, _REGIONS = CONTEXT_CALLS
_CONTEXT_SECONDS = 120.0


@dataclass(frozen=True)
class Account:
    """An account we are in. `home` is the region its account-wide services are asked through."""

    id: str
    partition: str
    caller: str
    clients: Clients

    @property
    def home(self) -> str:
        """The region of the partition's global endpoints."""
        return HOME.get(self.partition, HOME["aws"])

    def reader(
        self,
        scope: Scope,
        clock: Clock,
        seconds: float,
        *,
        shared: Shared | None = None,
        mapper: Mapper = map,
        remember: Callable[[], Known | None] = nothing_known,
    ) -> Reader:
        """Return a reader for one scope that gives up after so many seconds.

        `shared` is what the account's readers have in common during a snapshot, `mapper` reads several
        details at a time, `remember` brings the scope as it was last seen.
        """
        return Reader(
            scope,
            self.home if scope.region == GLOBAL_REGION else scope.region,
            self.partition,
            self.clients,
            clock,
            clock.monotonic() + seconds,
            shared=shared or Shared(),
            mapper=mapper,
            remember=remember,
        )

    def enabled_regions(self, clock: Clock) -> list[str]:
        """Return the regions that are on in the account, sorted; raise `Unseen` when AWS won't say.

        Source: `ec2:DescribeRegions` with all regions, filtered by opt-in status.
        """
        rows = self.reader(_context(self.id), clock, _CONTEXT_SECONDS).rows(_REGIONS)
        return sorted(row["RegionName"] for row in rows if row.get("OptInStatus", _ON[0]) in _ON)


def enter(login: Login, clock: Clock, user_agent: str, hooks: Iterable[Hook] = ()) -> Account:
    """Return the account that the login leads to.

    Raises `CredentialsError` when there are no usable credentials or they belong to another account,
    `Unseen` when AWS refuses or cannot be reached.
    """
    clients = open_clients(login, declared_calls(), user_agent, hooks)
    home = clients.session.region_name or HOME["aws"]
    scope = _context(login.account or "")
    reader = Reader(scope, home, "aws", clients, clock, clock.monotonic() + _CONTEXT_SECONDS)
    identity = reader.value(_IDENTITY)
    if login.account not in (None, identity["Account"]):
        raise CredentialsError(
            f"the credentials for account {login.account} belong to account {identity['Account']};"
            " check `[[accounts]]` in the configuration"
        )
    arn = str(identity["Arn"])
    return Account(str(identity["Account"]), arn.split(":")[1], arn, clients)


def enter_recorded(recording: Recording, account: str, user_agent: str) -> Account:
    """Return the account as its recording has it; no credentials, no network."""
    login = Login(account)
    hooks = [_without_credentials, _without_raw_answers, replaying(recording, account)]
    clients = open_clients(login, declared_calls(), user_agent, hooks)
    default = f"arn:aws:sts::{account}:assumed-role/recorded/driftkeeper"
    caller = str(recording.meta(account).get("caller", default))
    return Account(account, caller.split(":")[1], caller, clients)


def _without_credentials(session: object) -> None:
    """Keep a replay from looking for real credentials: nothing is signed, nothing is sent."""
    session._session.set_credentials("recorded", "recorded")  # type: ignore[attr-defined]


def _without_raw_answers(session: boto3.Session) -> None:
    """Keep botocore from reading a bucket's region out of the raw answer, which no replay has."""

    def take_as_recorded(http_response: SimpleNamespace, **_: object) -> None:
        http_response.raw = None

    session.events.register_first("after-call.s3.GetBucketLocation", take_as_recorded)


def _context(account: str) -> Scope:
    return Scope(account, GLOBAL_REGION, "context")


def unreachable(error: Unseen | CredentialsError) -> Unseen:
    """Return why nothing of an account can be seen."""
    if isinstance(error, Unseen):
        return error
    return Unseen(Cause.DENIED, "NoCredentials", str(error))
