"""Network ACLs, prefix lists and VPC block public access: calls of `ec2` in the resource's region.

A prefix list that another account shares is edited there, and logged there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from driftkeeper.attribute.events import Event
from driftkeeper.attribute.families.security_groups import EC2
from driftkeeper.attribute.matching import after, at, created, deleted, same, says
from driftkeeper.attribute.spec import Deed, Family, is_enough
from driftkeeper.domain.types import Change

_ACL = (
    "requestParameters.networkAclId",
    "responseElements.networkAcl.networkAclId",
)
_ENTRY = {
    "cidrBlock": "CidrBlock",
    "ipv6CidrBlock": "Ipv6CidrBlock",
    "ruleAction": "RuleAction",
}


def _entries(value: Any) -> dict[tuple[str, str], Mapping[str, Any]]:
    found = value if isinstance(value, list) else []
    return {
        (str(entry.get("RuleNumber")), str(bool(entry.get("Egress"))).lower()): entry
        for entry in found
        if isinstance(entry, Mapping)
    }


def _entry(change: Change, event: Event) -> bool | None:
    """Prove an edit of entries: the call's entry is one that differs, and it is the only one."""
    old, new = _entries(change.before), _entries(change.after)
    moved = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    numbers = event.values("requestParameters.ruleNumber")
    if not moved or not numbers:
        return None
    egress = event.values("requestParameters.egress")
    key = (str(numbers[0]), "true" if egress and same(egress[0], True) else "false")
    if key not in moved:
        return False
    if event.name == "DeleteNetworkAclEntry":
        fits = key not in new
    else:
        fits = key in new and all(
            same(value, new[key].get(field))
            for parameter, field in _ENTRY.items()
            for value in event.values(f"requestParameters.{parameter}")
        )
    if not fits:
        return False
    return True if len(moved) == 1 else None


_EDITS = ("CreateNetworkAclEntry", "ReplaceNetworkAclEntry", "DeleteNetworkAclEntry")

ACL = Family(
    name="ec2.network_acl",
    evidence=("ec2.network_acl",),
    source=EC2,
    deeds=(
        Deed(("CreateNetworkAcl",), tuple(reversed(_ACL)), created, is_enough),
        Deed(("DeleteNetworkAcl",), _ACL, deleted, is_enough),
        Deed(_EDITS, _ACL, at("Entries"), _entry),
        Deed(_EDITS, _ACL, at("Entries/*")),
        Deed(("ReplaceNetworkAclAssociation",), _ACL, at("Associations/*")),
    ),
)

_LIST = ("requestParameters.prefixListId", "responseElements.prefixList.prefixListId")


def _is_shared(change: Change) -> bool:
    parts = change.resource.split(":")
    return len(parts) > 4 and parts[4] != change.scope.account


def _cidrs(value: Any) -> set[str]:
    found = value if isinstance(value, list) else []
    return {str(entry.get("Cidr")) for entry in found if isinstance(entry, Mapping)}


def _given(event: Event, *names: str) -> set[str]:
    return {cidr for name in names for cidr in event.texts(f"requestParameters.{name}.cidr")}


def _listed(change: Change, event: Event) -> bool | None:
    """Prove an edit of a list: what the call adds and removes is what came and went."""
    before, now = _cidrs(change.before), _cidrs(change.after)
    added = _given(event, "addEntries", "addEntry")
    removed = _given(event, "removeEntries", "removeEntry")
    if not (added or removed) or not isinstance(change.after, list):
        return None
    if added - now or removed & now:
        return False
    came, went = now - before, before - now
    if not came and not went:
        return None
    if (added, removed) == (came, went):
        return True
    return None if added & came or removed & went else False


PREFIX_LIST = Family(
    name="ec2.prefix_list",
    evidence=("ec2.prefix_list",),
    source=EC2,
    elsewhere=_is_shared,
    deeds=(
        Deed(("CreateManagedPrefixList",), _LIST, created, is_enough),
        Deed(("DeleteManagedPrefixList",), _LIST, deleted, is_enough),
        Deed(("ModifyManagedPrefixList",), _LIST, at("Entries", "Entries/*"), _listed),
        Deed(("RestoreManagedPrefixListVersion",), _LIST, at("Entries", "Entries/*")),
    ),
)

_OPTIONS = "InternetGatewayBlockMode"
_EXCLUSIONS = (
    "CreateVpcBlockPublicAccessExclusion",
    "ModifyVpcBlockPublicAccessExclusion",
    "DeleteVpcBlockPublicAccessExclusion",
)

BLOCK_PUBLIC_ACCESS = Family(
    name="ec2.vpc_block_public_access",
    evidence=("ec2.vpc_block_public_access",),
    source=EC2,
    deeds=(
        Deed(
            ("ModifyVpcBlockPublicAccessOptions",),
            fits=at(_OPTIONS, f"*/{_OPTIONS}"),
            proves=says(f"requestParameters.{_OPTIONS}", after),
        ),
        Deed(_EXCLUSIONS, fits=at("*Exclusion*")),
    ),
)
