"""IAM: the credential report, the sweep, the root user, and what moto has no operation for."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.aws.repairs.asked import Answer, Asked, Mend, Row, State
from tests.aws.script import Error

CACHED = timedelta(hours=4)
_MEMBER = "AccountNotManagementOrDelegatedAdministratorException"


def _report(state: State, _asked: Asked, answer: Row) -> Row:
    """Answer the report as of when AWS made it: it is kept for four hours."""
    if state.report is None or state.now() - state.report[0] >= CACHED:
        state.report = (state.now().replace(microsecond=0), _mended(state, answer["Content"]))
    made, content = state.report
    return {**answer, "Content": content, "GeneratedTime": made}


def _mended(state: State, content: bytes) -> bytes:
    """Return the report with the root row first, in the spellings of a live report."""
    reader = csv.DictReader(io.StringIO(content.decode()))
    rows = sorted(reader, key=lambda row: row["user"].lower())
    text = io.StringIO()
    writer = csv.DictWriter(text, reader.fieldnames or [], lineterminator="\n")
    writer.writeheader()
    writer.writerows([_root_row(state, reader.fieldnames or []), *map(_user_row, rows)])
    return text.getvalue().rstrip("\n").encode()


def _user_row(row: Mapping[str, str]) -> dict[str, str]:
    mended = {
        name: "N/A" if value == "not_supported" else value.replace("+00:00", "Z")
        for name, value in row.items()
    }
    if row["password_enabled"] == "false":
        for name in ("password_last_used", "password_last_changed", "password_next_rotation"):
            mended[name] = "N/A"
    return mended


def _root_row(state: State, columns: Any) -> dict[str, str]:
    root = state.root
    row = dict.fromkeys(columns, "N/A") | {
        "user": "<root_account>",
        "arn": f"arn:aws:iam::{state.account}:root",
        "user_creation_time": "2020-01-02T03:04:05Z",
        "password_enabled": str(root.password).lower(),
        "password_last_used": root.password_last_used,
        "password_last_changed": "2020-01-02T03:04:05Z",
        "password_next_rotation": "not_supported",
        "mfa_active": str(root.mfa != "none").lower(),
        "cert_1_active": "false",
        "cert_2_active": "false",
    }
    for slot in (1, 2):
        there = len(root.keys) >= slot
        row[f"access_key_{slot}_active"] = str(there and root.keys[slot - 1]).lower()
        row[f"access_key_{slot}_last_rotated"] = "2020-01-02T03:04:05Z" if there else "N/A"
    return row


def _sweep(state: State, _asked: Asked, answer: Row) -> Row:
    """Name the policies, and leave out those of AWS that nobody uses."""
    known = state.backend("iam").managed_policies
    policies = [
        {
            **row,
            "PolicyName": row["Arn"].rsplit("/", 1)[1],
            "PolicyId": known[row["Arn"]].id if row["Arn"] in known else "ANPA" + "A" * 17,
            "PermissionsBoundaryUsageCount": row.get("PermissionsBoundaryUsageCount", 0),
        }
        for row in answer.get("Policies", [])
        if ":aws:policy/" not in row["Arn"] or row.get("AttachmentCount")
    ]
    return {**answer, "Policies": policies}


def _summary(state: State, _asked: Asked, answer: Row) -> Row:
    """Tell what root has, and count its MFA device among those in use."""
    root, said = state.root, answer["SummaryMap"]
    flags = {
        "MFADevicesInUse": said["MFADevicesInUse"] + int(root.mfa != "none"),
        "AccountMFAEnabled": int(root.mfa != "none"),
        "AccountAccessKeysPresent": int(bool(root.keys)),
        "AccountPasswordPresent": int(root.password),
    }
    return {"SummaryMap": said | flags}


def _password_policy(_state: State, _asked: Asked, answer: Row) -> Row:
    """Leave out the age of passwords that never expire."""
    policy = dict(answer["PasswordPolicy"])
    if not policy.get("MaxPasswordAge"):
        policy.pop("MaxPasswordAge", None)
    return {"PasswordPolicy": policy}


def _virtual_devices(state: State, asked: Asked, answer: Row) -> Row:
    """Leave out the seeds, which AWS tells only once; root's device is one of the account's."""
    left_out = () if state.leaks else ("Base32StringSeed", "QRCodePNG")
    rows = [
        {name: row[name] for name in row if name not in left_out}
        for row in answer["VirtualMFADevices"]
    ]
    if state.root.mfa == "virtual" and asked.params.get("AssignmentStatus") != "Unassigned":
        rows.append(_root_device(state))
    return {**answer, "VirtualMFADevices": rows}


def _root_device(state: State) -> Row:
    made = state.now().replace(year=2020, microsecond=0)
    root = f"arn:aws:iam::{state.account}:root"
    return {
        "SerialNumber": f"arn:aws:iam::{state.account}:mfa/root-account-mfa-device",
        "EnableDate": made,
        "User": {
            "Path": "/",
            "UserName": "<root_account>",
            "UserId": state.account + "0000",
            "Arn": root,
            "CreateDate": made,
        },
    }


def _features(state: State, _asked: Asked) -> Row | Error:
    if state.features is None:
        return Error(_MEMBER, "not the management account")
    return {"OrganizationId": "o-abcdefghij", "EnabledFeatures": [*state.features]}


def _service_credentials(state: State, asked: Asked) -> Row:
    wanted = asked.params.get("UserName")
    rows = [row for row in state.service_credentials if wanted in (None, row["UserName"])]
    return {"ServiceSpecificCredentials": rows, "IsTruncated": False}


ANSWERS: Mapping[str, Answer] = {
    "ListOrganizationsFeatures": _features,
    "ListServiceSpecificCredentials": _service_credentials,
}
MENDS: Mapping[str, Mend] = {
    "GetCredentialReport": _report,
    "GetAccountAuthorizationDetails": _sweep,
    "GetAccountSummary": _summary,
    "GetAccountPasswordPolicy": _password_policy,
    "ListVirtualMFADevices": _virtual_devices,
}
