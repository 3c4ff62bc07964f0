"""What AWS, or what stands between it and us, answers when something is wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
    ConnectTimeoutError,
    EndpointConnectionError,
)
from botocore.model import OperationModel
from botocore.parsers import create_parser

from driftkeeper.domain.types import Cause

Answer = Callable[[OperationModel], Any]
"""What a `before-call` handler returns for an operation, or raises."""

XML = ("iam", "s3", "s3control", "sts")
SCP = "is not authorized to perform: x with an explicit deny in a service control policy"
PAGE_OF_A_PROXY = b"<html><body><h1>Please sign in</h1></body></html>"
_SLOW = {"ec2": "RequestLimitExceeded", "iam": "Throttling", "s3": "SlowDown"}
_GONE = {
    "cloudtrail": "TrailNotFoundException",
    "ec2": "InvalidPrefixListID.NotFound",
    "guardduty": "BadRequestException",
    "iam": "NoSuchEntity",
    "kms": "NotFoundException",
    "organizations": "TargetNotFoundException",
    "s3": "NoSuchBucket",
}


def error(code: str, message: str = "m", status: int = 400) -> Any:
    """Answer with an error."""
    parsed = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {}}
    return SimpleNamespace(status_code=status), parsed


def _service(model: OperationModel) -> str:
    return str(model.service_model.service_name)


def denied(model: OperationModel, message: str = "not allowed") -> Any:
    """Refuse for want of a permission."""
    code = "AccessDenied" if _service(model) in XML else "AccessDeniedException"
    return error("UnauthorizedOperation" if _service(model) == "ec2" else code, message, 403)


def gone(model: OperationModel) -> Any:
    """Say that what is asked about does not exist."""
    return error(_GONE.get(_service(model), "ResourceNotFoundException"), status=404)


def expired(model: OperationModel) -> Any:
    """Refuse a session token whose time is over."""
    service = _service(model)
    if service == "ec2":
        return error("RequestExpired")
    return error("ExpiredToken" if service in XML else "ExpiredTokenException")


def skewed(model: OperationModel) -> Any:
    """Refuse a signature from a clock that is more than five minutes off."""
    if _service(model).startswith("s3"):
        return error("RequestTimeTooSkewed", status=403)
    in_xml = _service(model) in XML
    return error("SignatureDoesNotMatch" if in_xml else "InvalidSignatureException", status=403)


def _throttled(model: OperationModel) -> Any:
    return error(_SLOW.get(_service(model), "ThrottlingException"))


def _raised(kind: type[BotoConnectionError], model: OperationModel) -> Any:
    raise kind(endpoint_url="https://" + model.service_model.endpoint_prefix)


def empty(_model: OperationModel) -> Any:
    """Answer with nothing that the operation is for."""
    return SimpleNamespace(status_code=200), {"ResponseMetadata": {}}


def parsed(body: bytes, model: OperationModel) -> Any:
    """Let botocore's own parser read the bytes, as it would read them from the wire."""
    parser = create_parser(model.service_model.resolved_protocol)
    answer = {"status_code": 200, "headers": {}, "body": body}
    return SimpleNamespace(status_code=200), parser.parse(answer, model.output_shape)


def _wrong_types(model: OperationModel) -> Any:
    """Answer text where a list belongs, in whichever way the protocol allows to say so."""
    members = model.output_shape.members
    json = ",".join(f'"{_wire_name(shape, name)}": "text"' for name, shape in members.items())
    xml = "".join(f"<{_wire_name(s, n)}>text</{_wire_name(s, n)}>" for n, s in members.items())
    if "json" in model.service_model.resolved_protocol:
        return parsed(f"{{{json}}}".encode(), model)
    return parsed(f"<{model.name}Response>{xml}</{model.name}Response>".encode(), model)


def _wire_name(shape: Any, name: str) -> str:
    return str(shape.serialization.get("name", name))


WRONG_TYPES = "wrong types in the answer"
PROXY = "a proxy's page"
NO_BODY = "no body"
FAULTS: dict[str, tuple[Answer, Cause]] = {
    "denied": (denied, Cause.DENIED),
    "denied by SCP": (partial(denied, message=SCP), Cause.SCP_DENIED),
    "throttled to the end": (_throttled, Cause.THROTTLED),
    "connect timeout": (partial(_raised, ConnectTimeoutError), Cause.UNREACHABLE),
    "no endpoint": (partial(_raised, EndpointConnectionError), Cause.UNREACHABLE),
    "server error": (lambda _model: error("InternalFailure", status=500), Cause.FAILED),
    "clock is off": (skewed, Cause.FAILED),
    "token expired": (expired, Cause.FAILED),
    "nothing in the answer": (empty, Cause.FAILED),
    WRONG_TYPES: (_wrong_types, Cause.FAILED),
    PROXY: (partial(parsed, PAGE_OF_A_PROXY), Cause.FAILED),
    NO_BODY: (partial(parsed, b""), Cause.FAILED),
}
"""How an operation fails, and as what it must be told."""

UNREADABLE = ("nothing in the answer", WRONG_TYPES, PROXY, NO_BODY)
"""Answers without an error code."""

MAY_BE_EMPTY = {
    "s3.GetBucketVersioning": "an unversioned bucket that never had a version",
    "s3.GetBucketLogging": "a bucket that logs nowhere",
    "guardduty.GetAdministratorAccount": "a detector that nobody else administers",
}
"""Operations that AWS may answer with nothing, and what it means: no other emptiness can be told from it."""
