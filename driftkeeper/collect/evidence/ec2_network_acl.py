"""Network ACLs: numbered entries for subnets (evidence item 8).

Entries are told apart by direction and number, because the number says which entry comes first. A subnet
belongs to one ACL at a time; the id of that association is new each time, and says nothing.
"""

from __future__ import annotations

from driftkeeper.collect.made import Made
from driftkeeper.collect.no_setting import FIXED
from driftkeeper.collect.rules import network_address
from driftkeeper.collect.spec import Call, EvidenceType, Item, Reach
from driftkeeper.domain.types import Json


def one_spelling(item: Item) -> Item:
    """Return the ACL with the address of the network in each entry; each must have its name."""
    by_number(item["Entries"])
    return {**item, "Entries": [_network(entry) for entry in item["Entries"]]}


def _network(entry: Item) -> Item:
    networks = ("CidrBlock", "Ipv6CidrBlock")
    return {**entry, **{name: network_address(entry[name]) for name in networks if name in entry}}


def by_number(entries: list[Json]) -> dict[str, Json]:
    """Return the entries under `direction/number`; a second one of the same number gets `#2`."""
    found: dict[str, Json] = {}
    for entry in entries:
        direction = "egress" if entry["Egress"] else "ingress"
        name, count = f"{direction}/{entry['RuleNumber']}", 1
        free = name
        while free in found:
            count += 1
            free = f"{name}#{count}"
        found[free] = entry
    return found


NETWORK_ACL = EvidenceType(
    name="ec2.network_acl",
    title="Network ACLs",
    says="Each network ACL's numbered entries in both directions, and the subnets they hold for.",
    item=8,
    reach=Reach.REGION,
    listing=Call(
        "ec2",
        "describe_network_acls",
        items="NetworkAcls",
        always=("NetworkAclId", "OwnerId", "VpcId", "IsDefault", "Entries"),
        page_size=1000,
    ),
    key="arn:{partition}:ec2:{region}:{OwnerId}:network-acl/{NetworkAclId}",
    uid="NetworkAclId",
    tidy=one_spelling,
    observed=("Associations.NetworkAclAssociationId", "Associations.NetworkAclId"),
    sets={"Entries": by_number, "Associations": "SubnetId", "Tags": "Key"},
    criteria=("CC6.6", "CC7.1", "CC8.1"),
    limits=(
        "Shows the entries and not what they let through together: the lowest number that fits decides."
        " Security groups and routes are not considered."
    ),
    made=Made(named_by={"Entries": ("Egress", "RuleNumber")}),
    no_setting={"IsDefault": FIXED},
)
