"""Managed IAM policies: all of the customer's own, and those of AWS that are in use (evidence item 2).

The sweep answers every version of a policy; only the default version is in force, so only its document
is kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.iam import GROUPS, POLICIES, ROLES, SWEEP, USERS
from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.no_setting import BY_AWS, FIXED
from driftkeeper.collect.spec import Asker, EvidenceType, Function, Item, Reach

_COUNTS = ("AttachmentCount", "PermissionsBoundaryUsageCount")


def policies_in_use(asker: Asker) -> Iterable[Item]:
    """Return each policy of the customer, and each policy of AWS that somebody or something has.

    AWS answers only those in use; simulators of it answer their whole catalogue.
    """
    named = _named(asker)
    return [
        _policy(row)
        for row in asker.rows(POLICIES)
        if _owner(row) == "customer" or row["Arn"] in named or any(row.get(n) for n in _COUNTS)
    ]


def _named(asker: Asker) -> set[str]:
    """Return the ARNs of all policies that a user, group or role has, or is bounded by."""
    holders = [row for part in (USERS, GROUPS, ROLES) for row in asker.rows(part)]
    attached = {p["PolicyArn"] for row in holders for p in row["AttachedManagedPolicies"]}
    boundaries = (row.get("PermissionsBoundary") or {} for row in holders)
    return attached | {b["PermissionsBoundaryArn"] for b in boundaries if b}


def _policy(row: Item) -> Item:
    versions = {version["VersionId"]: version for version in row["PolicyVersionList"]}
    return {
        **{name: value for name, value in row.items() if name != "PolicyVersionList"},
        "Owner": _owner(row),
        "Document": versions[row["DefaultVersionId"]]["Document"],
        "VersionCount": len(versions),
    }


def _owner(row: Item) -> str:
    return "aws" if row["Arn"].split(":")[4] == "aws" else "customer"


POLICY = EvidenceType(
    name="iam.policy",
    title="IAM managed policies",
    says=(
        "The customer's own managed policies, and those of AWS that are attached or serve as a boundary:"
        " what the version in force allows."
    ),
    item=2,
    reach=Reach.ACCOUNT,
    listing=Function(SWEEP, policies_in_use),
    key="{Arn}",
    uid="PolicyId",
    observed=("AttachmentCount", "PermissionsBoundaryUsageCount", "UpdateDate"),
    policies=("Document",),
    criteria=("CC6.1", "CC6.3"),
    limits=(
        "Only the document of the default version is kept; of other versions the number. A policy of AWS"
        " that nobody has is not listed: it appears when it is first attached."
    ),
    made=Made(
        rows=("Policies",),
        fields=plain("Owner", "Document", "VersionCount"),
        without=("PolicyVersionList",),
    ),
    no_setting={
        "IsAttachable": BY_AWS,
        "Owner": FIXED,
        "PolicyName": FIXED,
        "VersionCount": "counts versions that are kept; only the one in force allows anything",
    },
)
