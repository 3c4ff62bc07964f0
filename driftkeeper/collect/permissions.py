"""The least privilege that the collector needs, computed from what the declarations call."""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.spec import Call

_SERVICE = {"s3control": "s3", "accessanalyzer": "access-analyzer"}
_NEEDS_NONE = {"sts:GetCallerIdentity"}


def action(call: Call) -> str:
    """Return the IAM action that authorises the call."""
    if call.action is not None:
        return call.action
    words = "".join(word.capitalize() for word in call.operation.split("_"))
    words = words.replace("Mfa", "MFA").replace("Saml", "SAML")
    return f"{_SERVICE.get(call.service, call.service)}:{words}"


def actions(calls: Iterable[Call]) -> list[str]:
    """Return the distinct actions of the calls, sorted; those that need no permission left out."""
    return sorted({action(call) for call in calls} - _NEEDS_NONE)


def iam_policy(calls: Iterable[Call]) -> dict[str, object]:
    """Return an IAM policy document that allows exactly these calls, one statement per service."""
    by_service: dict[str, list[str]] = {}
    for name in actions(calls):
        by_service.setdefault(name.split(":")[0], []).append(name)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": service.replace("-", "").capitalize(),
                "Effect": "Allow",
                "Action": names,
                "Resource": "*",
            }
            for service, names in by_service.items()
        ],
    }
