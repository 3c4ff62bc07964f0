"""Policies that are saved anew and say the same: every place a policy has, and every way to respell it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.faults.healthy import ACCOUNT
from tests.journeys.days import Edits
from tests.journeys.report_answers import ROOT
from tests.journeys.resource_answers import BUCKET_POLICY, KEY_POLICY, PERMISSIONS, TRUST

Document = dict[str, Any]
_LISTED = ("Action", "Resource", "Statement")
_SWEEP = "iam.GetAccountAuthorizationDetails"


@dataclass(frozen=True)
class Place:
    """Where a policy stands: the evidence type that holds it, and the answer with it in."""

    evidence: str
    document: Document
    answer: Callable[[Any], Edits]


def _swept(path: str) -> Callable[[Any], Edits]:
    return lambda document: {_SWEEP: {path: document}}


def _as_text(operation: str) -> Callable[[Any], Edits]:
    return lambda document: {operation: {"Policy": json.dumps(document, indent=1)}}


PLACES = {
    "a managed policy": Place(
        "iam.policy", PERMISSIONS, _swept("Policies.*.PolicyVersionList.0.Document")
    ),
    "an inline policy of a user": Place(
        "iam.user", PERMISSIONS, _swept("UserDetailList.*.UserPolicyList.0.PolicyDocument")
    ),
    "an inline policy of a group": Place(
        "iam.group", PERMISSIONS, _swept("GroupDetailList.*.GroupPolicyList.0.PolicyDocument")
    ),
    "an inline policy of a role": Place(
        "iam.role", PERMISSIONS, _swept("RoleDetailList.*.RolePolicyList.0.PolicyDocument")
    ),
    "a trust policy": Place("iam.role", TRUST, _swept("RoleDetailList.*.AssumeRolePolicyDocument")),
    "a bucket policy": Place("s3.bucket", BUCKET_POLICY, _as_text("s3.GetBucketPolicy")),
    "a key policy": Place("kms.key", KEY_POLICY, _as_text("kms.GetKeyPolicy")),
}


def _each(document: Document, change: Callable[[str, Any], Any]) -> Document:
    """Return the document with every value changed, from the inside out."""

    def walk(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            value = {key: walk(key, item) for key, item in value.items()}
        elif isinstance(value, list):
            value = [walk("", item) for item in value]
        return change(name, value)

    found: Document = walk("", document)
    return found


def _turned_round(document: Document) -> Document:
    return _each(document, lambda _, value: value[::-1] if isinstance(value, list) else value)


def _fields_turned_round(document: Document) -> Document:
    return _each(
        document,
        lambda _, value: dict(reversed(value.items())) if isinstance(value, dict) else value,
    )


def _said_twice(document: Document) -> Document:
    return _each(document, lambda _, value: [*value, *value] if isinstance(value, list) else value)


def _bare_account(document: Document) -> Document:
    return _each(document, lambda _, value: ACCOUNT if value == ROOT else value)


def _single_values_as_lists(document: Document) -> Document:
    """Write each value that stands alone as a list of one."""
    inside = ("AWS", "Service", *_LISTED, "aws:SecureTransport", "aws:RequestedRegion")
    return _each(
        document,
        lambda name, value: [value] if name in inside and isinstance(value, str) else value,
    )


def _lists_of_one_as_values(document: Document) -> Document:
    return _each(
        document,
        lambda _, value: value[0] if isinstance(value, list) and len(value) == 1 else value,
    )


def _other_names(document: Document) -> Document:
    """Give every statement another Sid, and the document an id."""
    rows = [{**row, "Sid": f"Saved{n}"} for n, row in enumerate(document["Statement"])]
    return {**document, "Id": "saved-by-somebody", "Statement": rows}


def _other_case(document: Document) -> Document:
    def change(name: str, value: Any) -> Any:
        if name == "Action":
            return value.upper() if isinstance(value, str) else [one.upper() for one in value]
        if name == "Bool":
            return {key.upper(): item for key, item in value.items()}
        return value

    return _each(document, change)


def _truth_values(document: Document) -> Document:
    return _each(document, lambda _, value: {"true": True, "false": False}.get(value, value)
                 if isinstance(value, str) else value)  # fmt: skip


RESPELLED: Mapping[str, Callable[[Document], Document]] = {
    "with its lists turned round": _turned_round,
    "with its fields turned round": _fields_turned_round,
    "saying everything twice": _said_twice,
    "with the account instead of its root": _bare_account,
    "with single values as lists": _single_values_as_lists,
    "with lists of one as single values": _lists_of_one_as_values,
    "with other Sids and an id": _other_names,
    "with other letters in actions and condition keys": _other_case,
    "with truth values instead of texts": _truth_values,
}
NO_DIFFERENCE = (
    {
        ("with the account instead of its root", place)
        for place in PLACES
        if PLACES[place].document is PERMISSIONS
    }
    | {("with truth values instead of texts", "a trust policy")}
    | {
        ("with lists of one as single values", place)
        for place in ("a trust policy", "a bucket policy", "a key policy")
    }
)
"""Where there is nothing to respell in this way."""
