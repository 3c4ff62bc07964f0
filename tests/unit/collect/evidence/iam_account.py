"""A small account as IAM answers it: each operation has a healthy answer, which a test may replace."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from driftkeeper.collect.engine import look
from driftkeeper.collect.spec import EvidenceType
from driftkeeper.domain.types import Body, Sight
from tests.aws import ACCOUNT, NOW, Script, reader

IAM = f"arn:aws:iam::{ACCOUNT}"
ROOT = f"{IAM}:root"
MADE = NOW - timedelta(hours=2)
"""When the credential report was made."""

BORN = datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC)
"""When everything in the account was made."""

READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "*"}],
}
RESPELLED = {
    "Statement": {"Action": "S3:get*", "Resource": ["*"], "Effect": "Allow", "Sid": "x"},
    "Version": "2012-10-17",
}
_NOTHING: dict[str, str] = {
    "password_enabled": "true",
    "password_last_used": "N/A",
    "mfa_active": "false",
    **{
        f"access_key_{n}_{part}": "false" if part == "active" else "N/A"
        for n in (1, 2)
        for part in (
            "active",
            "last_rotated",
            "last_used_date",
            "last_used_region",
            "last_used_service",
        )
    },
}


def document(policy: Any) -> str:
    """A policy document as it is on the wire."""
    return quote(json.dumps(policy))


def attached(*arns: str) -> list[dict[str, str]]:
    """A list of attached policies."""
    return [{"PolicyName": arn.rsplit("/", 1)[1], "PolicyArn": arn} for arn in arns]


def user(name: str, **more: Any) -> dict[str, Any]:
    """A user of the sweep."""
    return {
        "UserName": name,
        "UserId": "AIDA" + name.upper().ljust(16, "0"),
        "Arn": f"{IAM}:user/{name}",
        "Path": "/",
        "CreateDate": BORN,
        "GroupList": ["b", "a"],
        "AttachedManagedPolicies": [],
        "UserPolicyList": [{"PolicyName": "inline", "PolicyDocument": document(READ)}],
        **more,
    }


def role(name: str, **more: Any) -> dict[str, Any]:
    """A role of the sweep."""
    return {
        "RoleName": name,
        "RoleId": "AROA" + name.upper().ljust(16, "0"),
        "Arn": f"{IAM}:role/{name}",
        "Path": "/",
        "CreateDate": BORN,
        "AssumeRolePolicyDocument": document(READ),
        "AttachedManagedPolicies": [],
        "RoleLastUsed": {},
        **more,
    }


def listed(role: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A role as `ListRoles` answers it."""
    names = ("Path", "RoleName", "RoleId", "Arn", "CreateDate")
    return {**{name: role[name] for name in names}, "MaxSessionDuration": 3600, **more}


def row(arn: str, **columns: str) -> dict[str, str]:
    """A row of the credential report."""
    made = BORN.isoformat().replace("+00:00", "Z")
    name = "<root_account>" if arn == ROOT else arn.rsplit("/", 1)[1]
    return {"user": name, "arn": arn, "user_creation_time": made, **_NOTHING, **columns}


def report(rows: Sequence[Mapping[str, str]]) -> bytes:
    """A credential report with these rows, as AWS writes it: no newline at the end."""
    return "\n".join(
        ",".join(line) for line in [[*rows[0]], *([*row.values()] for row in rows)]
    ).encode()


def virtual(name: str, owner: str | None = None, **more: Any) -> dict[str, Any]:
    """A virtual MFA device of the owner, an ARN, with a seed that no AWS would answer."""
    device = {
        "SerialNumber": f"{IAM}:mfa/{name}",
        "Base32StringSeed": b"SECRETSEED",
        "QRCodePNG": b"SECRETQR",
    }
    if owner is None:
        return {**device, **more}
    who = {"Path": "/", "UserName": "x", "UserId": "A" * 16, "Arn": owner, "CreateDate": BORN}
    return {**device, "EnableDate": BORN, "User": who, **more}


SUMMARY = {
    **dict.fromkeys(("Users", "Groups", "Roles", "Policies", "ServerCertificates"), 0),
    "MFADevicesInUse": 0,
    "AccountMFAEnabled": 0,
    "AccountAccessKeysPresent": 0,
    "AccountPasswordPresent": 1,
    "AccountSigningCertificatesPresent": 0,
    "GlobalEndpointTokenVersion": 2,
    "UsersQuota": 5000,
}


def account(
    users: Sequence[dict[str, Any]] = (),
    rows: Sequence[dict[str, str]] = (),
    groups: Sequence[dict[str, Any]] = (),
    roles: Sequence[dict[str, Any]] = (),
    policies: Sequence[dict[str, Any]] = (),
    **answers: Any,
) -> Script:
    """The account with these in its sweep and its report, and with other answers, by operation.

    Users without a row have one that says nothing; root always has one.
    """
    told = {entry["arn"]: entry for entry in rows}
    for arn in (ROOT, *(entry["Arn"] for entry in users)):
        told.setdefault(arn, row(arn))
    # Answered as a copy: botocore decodes the policies of an answer in place.
    sweep = {
        "UserDetailList": [*users],
        "GroupDetailList": [*groups],
        "RoleDetailList": [*roles],
        "Policies": [*policies],
    }
    healthy = {
        "GetAccountAuthorizationDetails": lambda _params: copy.deepcopy(sweep),
        "ListRoles": {"Roles": [listed(entry) for entry in roles]},
        "GenerateCredentialReport": lambda _params: {"State": "COMPLETE"},
        "GetCredentialReport": lambda _params: {
            "Content": report([*told.values()]),
            "ReportFormat": "text/csv",
            "GeneratedTime": MADE,
        },
        "ListVirtualMFADevices": {"VirtualMFADevices": []},
        "ListMFADevices": {"MFADevices": []},
        "ListAccessKeys": {"AccessKeyMetadata": []},
        "GetAccountSummary": {"SummaryMap": SUMMARY},
    }
    return Script({("aws-global", f"iam.{n}"): a for n, a in {**healthy, **answers}.items()})


def without(script: Script, part: str, field: str) -> Script:
    """Return the script with a sweep whose first row of a part lacks a field."""
    place = ("aws-global", "iam.GetAccountAuthorizationDetails")
    sweep = script.answers[place]({})
    del sweep[part][0][field]
    return Script({**script.answers, place: sweep})


def see(spec: EvidenceType, script: Script) -> Sight:
    """Return what the scope of an evidence type looks like."""
    return look(spec, reader(script, spec))


def by_name(sight: Sight) -> dict[str, Body]:
    """Return the bodies of a sight by the last part of their keys."""
    return {body.key.rsplit("/", 1)[-1]: body for body in sight.bodies}
