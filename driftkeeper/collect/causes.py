"""What an AWS error means for what we know: the table that keeps a failure from reading as "empty".

The codes are those AWS documents for each service (`docs/evidence.md` names the per-call ones).
"""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ConnectionError as BotoConnectionError,
    HTTPClientError,
    UnknownEndpointError,
    UnknownServiceError,
)

from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.types import Cause

GONE = frozenset(
    {
        "NoSuchEntity",
        "NoSuchBucket",
        "NotFoundException",
        "ResourceNotFoundException",
        "InvalidGroup.NotFound",
        "TrailNotFoundException",
    }
)
"""Between the listing and the call for a detail, the resource was deleted."""

_CAUSES = {
    Cause.DENIED: (
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "AuthorizationError",
        "AllAccessDisabled",
    ),
    Cause.REGION_OFF: (
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "AuthFailure",
        "OptInRequired",
        "SubscriptionRequiredException",
    ),
    Cause.UNSUPPORTED: ("UnsupportedOperationException", "UnsupportedOperation"),
    Cause.THROTTLED: (
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "EC2ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
        "LimitExceeded",
        "LimitExceededException",
    ),
    Cause.NOT_OWNER: ("MethodNotAllowed", "CloudTrailARNInvalidException"),
}
_BY_CODE = {code: cause for cause, codes in _CAUSES.items() for code in codes}
_FROM_ABOVE = ("deny in a service control policy", "deny in a resource control policy")
"""How AWS says that the organisation forbids it, and not the account."""


def unseen_for_code(code: str, message: str) -> Unseen:
    """Return what an AWS error code means; a code that nobody knows is `failed`."""
    cause = _BY_CODE.get(code, Cause.FAILED)
    if cause is Cause.DENIED and any(words in message for words in _FROM_ABOVE):
        cause = Cause.SCP_DENIED
    return Unseen(cause, code, message)


def unseen_for_transport(error: BotoCoreError) -> Unseen:
    """Return what a failure before any answer means: no endpoint, no connection, no sense."""
    name = type(error).__name__
    match error:
        case UnknownEndpointError() | UnknownServiceError():
            return Unseen(Cause.UNSUPPORTED, name, str(error))
        case BotoConnectionError() | HTTPClientError():
            return Unseen(Cause.UNREACHABLE, name, str(error))
        case _:
            return Unseen(Cause.FAILED, name, str(error))
