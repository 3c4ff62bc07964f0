"""Reads what CloudTrail logged of a call. Any field may be missing, or be something else than expected.

Source: `cloudtrail:LookupEvents`, whose `CloudTrailEvent` is the record as JSON text, and the
CloudTrail record contents reference for the fields of a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from driftkeeper.domain.attribution import Called, Caller
from driftkeeper.domain.canonical import CanonicalError, decode

_SSO = "/aws-reserved/sso.amazonaws.com/"
"""The path of the roles of Identity Center. Only AWS makes roles there; anybody may copy their names."""
_HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
_IAC = ("terraform", "opentofu", "pulumi", "cloudformation", "aws-cdk", "cdk/", "ansible")
_CONSOLE = ("console.amazonaws.com", "signin.amazonaws.com", "awsconsole", "s3console")
_WRAPPED = "Request"
"""EC2 wraps the parameters of its newer operations into one member of this name's end."""


@dataclass(frozen=True)
class Event:
    """One logged call: what identifies it, the parts that are compared, and the record as it came.

    `listed` are the names under which CloudTrail lists the resources of the call.
    """

    called: Called
    account: str | None
    record: Mapping[str, Any]
    raw: str
    listed: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The operation that was called."""
        return self.called.name

    @property
    def at(self) -> datetime:
        """When it was called."""
        return self.called.at

    @property
    def is_of_aws(self) -> bool:
        """Whether a service did it by itself, and no call of the customer is behind the record."""
        return _text(self.record.get("eventType")) == "AwsServiceEvent"

    @property
    def is_of_root(self) -> bool:
        """Whether the root user, or a session with its rights, called."""
        return _text(_inner(self.record, "userIdentity").get("type")) == "Root"

    @property
    def is_veiled(self) -> bool:
        """Whether AWS hid parameters of the call, or left them out for their size."""
        parameters = _inner(self.record, "requestParameters")
        return _HIDDEN in self.raw or parameters.get("omitted") is True

    def values(self, path: str) -> list[Any]:
        """Return all values at a dotted path into the record, whatever the case of its names.

        A list, also one that AWS writes as `{"items": […]}`, is gone through member by member. What is
        hidden is no value.
        """
        return [value for value in _at(self.record, path.split(".")) if value != _HIDDEN]

    def texts(self, path: str) -> list[str]:
        """Return the texts among the values at a path."""
        return [value for value in self.values(path) if isinstance(value, str)]


def read(row: Any) -> Event | None:
    """Return the call in one row of `LookupEvents`; None for a row that cannot be understood."""
    if not isinstance(row, Mapping):
        return None
    raw = row.get("CloudTrailEvent")
    try:
        record = decode(raw) if isinstance(raw, str) else None
    except CanonicalError:
        return None
    if not isinstance(raw, str) or not isinstance(record, dict):
        return None
    identity, name = _text(record.get("eventID")), _text(record.get("eventName"))
    at = _moment(record.get("eventTime"))
    if not identity or not name or at is None:
        return None
    unwrapped = {**record, "requestParameters": _unwrapped(record.get("requestParameters"))}
    source = _text(record.get("eventSource")) or ""
    called = Called(identity, at, name, source, caller(record), _error(record))
    account = _text(record.get("recipientAccountId"))
    return Event(called, account, unwrapped, raw, _listed(row, record))


def _listed(row: Mapping[str, Any], record: Mapping[str, Any]) -> frozenset[str]:
    found = (*_at(row, ["Resources", "ResourceName"]), *_at(record, ["resources", "ARN"]))
    return frozenset(name for name in found if isinstance(name, str))


def caller(record: Mapping[str, Any]) -> Caller:
    """Return who called, and how, in one record."""
    identity = _inner(record, "userIdentity")
    session = _inner(identity, "sessionContext")
    issuer = _inner(session, "sessionIssuer")
    name = _session_name(identity)
    return Caller(
        label=_label(identity, issuer, name, _text(record.get("recipientAccountId"))),
        channel=_channel(record, identity),
        mfa=_mfa(record, session),
        source_ip=_text(record.get("sourceIPAddress")),
        session=_text(session.get("sourceIdentity")) or name,
        via=_text(issuer.get("arn")),
    )


def _label(
    identity: Mapping[str, Any],
    issuer: Mapping[str, Any],
    session: str | None,
    here: str | None,
) -> str | None:
    """Return what to call whoever is in a `userIdentity`: a person where one is named.

    Somebody of another account is called by the ARN: the same name may be somebody else's here.
    """
    arn, home = _text(identity.get("arn")), _text(identity.get("accountId"))
    is_foreign = home is not None and here is not None and home != here
    match _text(identity.get("type")):
        case "IAMUser" | "Root" | "FederatedUser" if is_foreign:
            return arn or f"account {home}"
        case "IAMUser":
            return _text(identity.get("userName")) or _last(arn)
        case "AssumedRole":
            return _role_label(issuer, arn, session, is_foreign=is_foreign)
        case "Root":
            return "root"
        case "AWSService":
            return _text(identity.get("invokedBy"))
        case "AWSAccount":
            return arn or (f"account {home}" if home else None)
        case "FederatedUser":
            owner = _text(issuer.get("userName")) or _text(issuer.get("arn"))
            return " / ".join(filter(None, (owner, _last(arn)))) or None
        case _:
            return _text(identity.get("userName")) or arn


def _role_label(
    issuer: Mapping[str, Any], arn: str | None, session: str | None, *, is_foreign: bool
) -> str | None:
    role = _text(issuer.get("arn"))
    if session and not is_foreign and f":role{_SSO}" in (role or ""):
        return session
    if role is None:
        return arn
    return f"{role}/{session}" if session else role


def _session_name(identity: Mapping[str, Any]) -> str | None:
    """Return the name of a role's session: behind the colon of the principal's id, or ending the ARN."""
    if _text(identity.get("type")) != "AssumedRole":
        return None
    _, colon, name = (_text(identity.get("principalId")) or "").partition(":")
    if colon and name:
        return name
    parts = (_text(identity.get("arn")) or "").split("/")
    return parts[2] if len(parts) == 3 else None


def _channel(record: Mapping[str, Any], identity: Mapping[str, Any]) -> str | None:
    agent = (_text(record.get("userAgent")) or "").lower()
    by = (_text(identity.get("invokedBy")) or "").lower()
    from_console = record.get("sessionCredentialFromConsole") in ("true", True)
    if by.startswith("cloudformation") or any(word in agent for word in _IAC):
        return "iac"
    is_service = _text(identity.get("type")) == "AWSService" or bool(by)
    if is_service or _text(record.get("eventType")) == "AwsServiceEvent":
        return "service"
    if "aws-cli" in agent:
        return "cli"
    is_sign_in = _text(record.get("eventType")) == "AwsConsoleSignIn"
    if from_console or is_sign_in or any(word in agent for word in _CONSOLE):
        return "console"
    return None


def _mfa(record: Mapping[str, Any], session: Mapping[str, Any]) -> bool | None:
    said = _inner(session, "attributes").get("mfaAuthenticated")
    if said is None:
        said = _inner(record, "additionalEventData").get("MFAUsed")
    match said:
        case bool():
            return said
        case str():
            return {"true": True, "yes": True, "false": False, "no": False}.get(said.lower())
        case _:
            return None


def _error(record: Mapping[str, Any]) -> str | None:
    """Return why the call was not done. A sign-in that failed says so in its answer."""
    for name in ("errorCode", "errorMessage"):
        if record.get(name) not in (None, ""):
            return _text(record[name]) or "error"
    if _inner(record, "responseElements").get("ConsoleLogin") == "Failure":
        return "Failure"
    return None


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for member in value:
            yield from _at(member, path)
        return
    if not path:
        if isinstance(value, Mapping) and set(value) == {"items"}:
            yield from _at(value["items"], path)
        else:
            yield value
        return
    if not isinstance(value, Mapping):
        return
    wanted = path[0].lower()
    for name, inner in value.items():
        if isinstance(name, str) and name.lower() == wanted:
            yield from _at(inner, path[1:])
            return
    if "items" in value:
        yield from _at(value["items"], path)


def _unwrapped(parameters: Any) -> Any:
    if isinstance(parameters, Mapping) and len(parameters) == 1:
        ((name, inner),) = parameters.items()
        if isinstance(inner, Mapping) and isinstance(name, str) and name.endswith(_WRAPPED):
            return inner
    return parameters


def _inner(value: Any, name: str) -> Mapping[str, Any]:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _last(arn: str | None) -> str | None:
    return arn.rsplit("/", 1)[-1] if arn else None


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return None if found is None or found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
