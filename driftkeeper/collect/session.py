"""AWS sessions and clients: made once per account and region, and able to read only.

Any operation that no declaration names is refused before anything is sent, so the printed IAM policy
cannot drift from the code and the tool cannot change an account.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import boto3
import botocore
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import BotoCoreError
from botocore.session import Session as CoreSession

from driftkeeper.collect.objects import take_objects
from driftkeeper.collect.spec import Call
from driftkeeper.domain.errors import CredentialsError, UsageError

BOTOCORE_VERSION = str(botocore.__version__)
WORKERS = 16
ATTEMPTS = 8
IN_FLIGHT = {"iam": 4, "cloudtrail": 4, "guardduty": 4, "accessanalyzer": 4}
"""Calls in flight per service and account, where AWS's limits are known to be tight."""
HOME = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
"""The region of each partition's global endpoints."""


class OperationRefusedError(Exception):
    """A call that no declaration names; a mistake in the program, not of the user."""


@dataclass(frozen=True)
class Login:
    """How to reach one account: ambient credentials, a profile, or a role to assume from these."""

    account: str | None = None
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None


@dataclass
class Clients:
    """The clients of one account, created once each, under a lock (creation is not thread-safe)."""

    session: boto3.Session
    user_agent: str
    _made: dict[tuple[str, str], Any] = field(default_factory=dict)
    _budgets: dict[str, threading.BoundedSemaphore] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str, region: str) -> Any:
        """Return the client of a service in a region."""
        with self._lock:
            if (service, region) not in self._made:
                self._made[service, region] = self._new(service, region)
            return self._made[service, region]

    def forget(self, region: str | None = None) -> None:
        """Let go of the clients of a region, or of all: each holds its service's whole model."""
        with self._lock:
            for made in [made for made in self._made if region in (None, made[1])]:
                del self._made[made]

    def budget(self, service: str) -> threading.BoundedSemaphore:
        """Return the semaphore that bounds the calls in flight to a service of this account."""
        with self._lock:
            if service not in self._budgets:
                limit = IN_FLIGHT.get(service, WORKERS)
                self._budgets[service] = threading.BoundedSemaphore(limit)
            return self._budgets[service]

    def _new(self, service: str, region: str) -> Any:
        config = Config(
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            connect_timeout=5,
            read_timeout=60,
            max_pool_connections=WORKERS,
            user_agent_extra=self.user_agent,
        )
        return self.session.client(service, region_name=region, config=config)


def open_clients(
    login: Login,
    declared: Iterable[Call],
    user_agent: str,
    hooks: Iterable[Callable[[Any], None]] = (),
) -> Clients:
    """Return the clients of an account whose sessions refuse undeclared operations.

    `hooks` get the session before any client exists, to register replay or recording. Raises
    `CredentialsError` for an unknown profile. Credentials are looked for when the first client is made.
    """
    try:
        core = CoreSession(profile=login.profile)
        core.register_component("credential_provider", _LogIn(login))
        session = boto3.Session(botocore_session=core)
    except BotoCoreError as error:
        raise CredentialsError(f"{error}; check `[[accounts]]` in the configuration") from None
    allowed = {(call.service, _camel(call.operation)) for call in declared}
    _guard(session, allowed)
    take_objects(session)
    for hook in hooks:
        hook(session)
    return Clients(session, user_agent)


def _camel(operation: str) -> str:
    return operation.replace("_", "").lower()


def _guard(session: boto3.Session, allowed: set[tuple[str, str]]) -> None:
    """Refuse what is not in `allowed`, and keep s3control's account id out of local host names."""

    def refuse(model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        if (service, model.name.lower()) not in allowed:
            raise OperationRefusedError(
                f"{service}:{model.name} is not declared by any evidence type"
            )

    def strip_host_prefix(request: Any, **_: Any) -> None:
        scheme, rest = request.url.split("://", 1)
        account, _, host = rest.partition(".")
        if re.fullmatch(r"\d{12}", account) and not host.split("/")[0].split(":")[0].endswith(
            ("amazonaws.com", "amazonaws.com.cn")
        ):
            request.url = f"{scheme}://{host}"

    session.events.register_first("before-parameter-build.*.*", refuse)
    session.events.register("before-sign.s3-control.*", strip_host_prefix)


class _LogIn:
    """Finds credentials through a session of its own, which neither the guard nor any hook watches.

    A profile may have to assume a role or to redeem a token for them: calls that nobody declares, and
    whose answers must not be recorded.
    """

    def __init__(self, login: Login) -> None:
        self._login = login

    def load_credentials(self) -> Credentials | None:
        """Return the credentials of the profile, or of the role assumed with them."""
        core, role = CoreSession(profile=self._login.profile), self._login.role_arn
        own: Credentials | None = core.get_credentials()
        if role is None:
            return own
        if own is None:
            raise CredentialsError(
                f"no AWS credentials found to assume {role} with;"
                " set AWS_PROFILE or run `aws sso login`, then try again"
            )
        # Without a region STS would answer from its global endpoint, with tokens that opt-in regions
        # refuse.
        home = HOME.get(role.split(":")[1], HOME["aws"])
        region = core.get_config_variable("region") or home
        extra = {"RoleSessionName": "driftkeeper"}
        if self._login.external_id:
            extra["ExternalId"] = self._login.external_id
        fetcher = AssumeRoleCredentialFetcher(
            partial(core.create_client, region_name=region), own, role, extra_args=extra
        )
        return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


def check_region(region: str) -> str:
    """Return the region's name; raise `UsageError` for one that no partition knows.

    Raises `CredentialsError` when the environment names a profile that does not exist.
    """
    core = CoreSession()
    try:
        for partition in core.get_available_partitions():
            if region in core.get_available_regions("ec2", partition, allow_non_regional=True):
                return region
    except BotoCoreError as error:
        raise CredentialsError(f"{error}; check AWS_PROFILE") from None
    raise UsageError(f"unknown region {region!r}; write it as AWS does, for example eu-west-1")
