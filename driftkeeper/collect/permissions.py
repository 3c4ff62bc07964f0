"""The least privilege that the collector needs, computed from what the declarations call.

The names are those of the service authorization reference; a call whose action is spelled otherwise than
its operation says so itself (`Call.action`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from driftkeeper.collect.catalog import context_calls, granted_calls, organization_calls
from driftkeeper.collect.spec import Call

_SERVICE = {"s3control": "s3", "accessanalyzer": "access-analyzer"}
_SPELLED = {"Mfa": "MFA", "Saml": "SAML", "OpenId": "OpenID"}
_NEEDS_NONE = {"sts:GetCallerIdentity"}
_SIDS = {
    "access-analyzer": "AccessAnalyzer",
    "cloudtrail": "CloudTrail",
    "ec2": "Network",
    "guardduty": "GuardDuty",
}
"""What a service's statement is called, where that is not the service's name."""


def action(call: Call) -> str:
    """Return the IAM action that authorises the call."""
    if call.action is not None:
        return call.action
    words = "".join(word.capitalize() for word in call.operation.split("_"))
    for spelled, rightly in _SPELLED.items():
        words = words.replace(spelled, rightly)
    return f"{_SERVICE.get(call.service, call.service)}:{words}"


def actions(calls: Iterable[Call]) -> list[str]:
    """Return the distinct actions of the calls, sorted; those that need no permission left out."""
    return sorted({action(call) for call in calls} - _NEEDS_NONE)


def collector_policy() -> dict[str, Any]:
    """Return the policy of the role in every account that is read."""
    return iam_policy(granted_calls(), context_calls())


def organization_policy(role: str) -> dict[str, Any]:
    """Return the policy of what lists an organisation and assumes a role in each of its accounts.

    `role` is the name of that role, with its path where it has one.
    """
    own, listing = collector_policy(), actions(organization_calls())
    assume = {
        **_statement("AssumeRole", ["sts:AssumeRole"]),
        "Resource": f"arn:*:iam::*:role/{role.strip('/')}",
    }
    wide = [_statement("Organization", listing)] if listing else []
    return {**own, "Statement": [*own["Statement"], *wide, assume]}


def iam_policy(calls: Iterable[Call], context: Iterable[Call] = ()) -> dict[str, Any]:
    """Return an IAM policy document that allows exactly these calls.

    What is in `context` is allowed first, then the rest in one statement per service.
    """
    first = actions(context)
    by_sid: dict[str, list[str]] = {"Context": first} if first else {}
    for name in actions(calls):
        if name not in first:
            service = name.split(":")[0]
            by_sid.setdefault(_SIDS.get(service, service.capitalize()), []).append(name)
    statements = [_statement(sid, names) for sid, names in by_sid.items()]
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(sid: str, names: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": names, "Resource": "*"}
