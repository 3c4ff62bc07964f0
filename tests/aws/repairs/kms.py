"""KMS: rotation in full and only where there is any, whose a key is, whole grants."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.aws.repairs.asked import Answer, Asked, Mend, Row, State
from tests.aws.script import Error

_YEAR = 365


def _key(state: State, asked: Asked) -> Any:
    return state.backend("kms", asked.region).describe_key(asked.params["KeyId"])


def _can_rotate(key: Any) -> bool:
    return bool(key.key_spec == "SYMMETRIC_DEFAULT" and key.origin == "AWS_KMS")


def _made(key: Any) -> datetime:
    return datetime.fromtimestamp(key.creation_date, UTC)


def _enabled(state: State, asked: Asked, answer: Row) -> Row:
    """Keep the period; enabling rotation anew without one keeps the period it had."""
    key = _key(state, asked)
    before = state.periods.get(key.id, _YEAR)
    state.periods[key.id] = asked.params.get("RotationPeriodInDays", before)
    return answer


def _rotation(state: State, asked: Asked, _answer: Row) -> Row | Error:
    key = _key(state, asked)
    if not _can_rotate(key):
        return Error("UnsupportedOperationException", f"{key.arn} cannot rotate")
    if key.key_state == "PendingDeletion" or not key.key_rotation_status:
        return {"KeyId": key.id, "KeyRotationEnabled": False}
    days = state.periods.get(key.id, _YEAR)
    due = _made(key) + timedelta(days=days)
    return {
        "KeyId": key.id,
        "KeyRotationEnabled": True,
        "RotationPeriodInDays": days,
        "NextRotationDate": due,
    }


def _described(state: State, asked: Asked, answer: Row) -> Row:
    key = _key(state, asked)
    shown = answer["KeyMetadata"] | {
        "KeyUsage": key.key_usage or "ENCRYPT_DECRYPT",
        "MultiRegion": bool(key.multi_region),
    }
    if any(name.startswith("alias/aws/") for name in key.aliases):
        shown["KeyManager"] = "AWS"
    if _can_rotate(key):
        material = f"{key.id}/{len(key.rotations)}".encode()
        shown["CurrentKeyMaterialId"] = hashlib.sha256(material).hexdigest()
    return {"KeyMetadata": shown}


def _rotations(_state: State, _asked: Asked, answer: Row) -> Row:
    """Tell rotations in the order of time, to the second."""
    rows = [
        {**row, "RotationDate": row["RotationDate"].replace(microsecond=0)}
        for row in answer["Rotations"]
    ]
    return {**answer, "Rotations": sorted(rows, key=lambda row: row["RotationDate"])}


def _aliases(state: State, asked: Asked, answer: Row) -> Row:
    """A predefined alias has no target until a service has used it; each alias has its dates."""
    known = state.backend("kms", asked.region).keys
    rows = []
    for row in answer["Aliases"]:
        if row["TargetKeyId"] in known:
            made = _made(known[row["TargetKeyId"]])
            rows.append({**row, "CreationDate": made, "LastUpdatedDate": made})
        else:
            rows.append({name: row[name] for name in ("AliasName", "AliasArn")})
    return {**answer, "Aliases": rows}


def _grants(state: State, asked: Asked, answer: Row) -> Row:
    key = _key(state, asked)
    issuer = f"arn:aws:iam::{state.account}:root"
    more = {"KeyId": key.arn, "CreationDate": _made(key), "IssuingAccount": issuer}
    return {**answer, "Grants": [{**row, **more} for row in answer["Grants"]]}


ANSWERS: Mapping[str, Answer] = {}
MENDS: Mapping[str, Mend] = {
    "EnableKeyRotation": _enabled,
    "GetKeyRotationStatus": _rotation,
    "DescribeKey": _described,
    "ListKeyRotations": _rotations,
    "ListAliases": _aliases,
    "ListGrants": _grants,
}
DEFAULTS: Mapping[str, Row] = {"GetKeyPolicy": {"PolicyName": "default"}}
"""Parameters that AWS does not need, and moto does."""
