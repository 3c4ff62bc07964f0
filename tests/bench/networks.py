"""What AWS answers for made-up network ACLs and prefix lists."""

from __future__ import annotations

import random

from driftkeeper.domain.types import Scope
from tests.bench.groups import EVERYWHERE, OFFICES
from tests.bench.things import HEX, Item, Thing, some, tags


def new_acl(rng: random.Random, account: str, region: str) -> Thing:
    """Return a network ACL that lets in the web and the own networks, with two subnets."""
    name = f"acl-{some(rng, HEX, 17)}"
    item: Item = {
        "NetworkAclId": name,
        "OwnerId": account,
        "VpcId": f"vpc-{some(rng, HEX, 17)}",
        "IsDefault": False,
        "Entries": [
            entry(100, EVERYWHERE, (443, 443)),
            entry(110, "10.0.0.0/8"),
            entry(100, EVERYWHERE, egress=True),
        ],
        "Associations": [association(rng, name, f"subnet-{some(rng, HEX, 17)}") for _ in range(2)],
        "Tags": tags(rng),
    }
    return Thing(Scope(account, region, "ec2.network_acl"), item)


def entry(
    number: int, cidr: str, ports: tuple[int, int] | None = None, *, egress: bool = False
) -> Item:
    """Return an entry that lets everything through, or these ports of TCP."""
    found = {
        "RuleNumber": number,
        "Protocol": "-1" if ports is None else "6",
        "RuleAction": "allow",
        "Egress": egress,
        "CidrBlock": cidr,
    }
    return found if ports is None else {**found, "PortRange": {"From": ports[0], "To": ports[1]}}


def association(rng: random.Random, acl: str, subnet: str) -> Item:
    """Return what ties a subnet to an ACL; its id is new each time."""
    return {
        "NetworkAclAssociationId": f"aclassoc-{some(rng, HEX, 17)}",
        "NetworkAclId": acl,
        "SubnetId": subnet,
    }


def new_list(rng: random.Random, account: str, region: str, number: int) -> Thing:
    """Return a prefix list of offices, to which a rule refers."""
    name = f"pl-{some(rng, HEX, 17)}"
    item: Item = {
        "PrefixListId": name,
        "AddressFamily": "IPv4",
        "State": "create-complete",
        "PrefixListArn": f"arn:aws:ec2:{region}:{account}:prefix-list/{name}",
        "PrefixListName": f"offices-{number}",
        "MaxEntries": 40,
        "Version": 1,
        "Tags": tags(rng),
        "OwnerId": account,
        "_Rules": [{"SecurityGroupRuleId": f"sgr-{some(rng, HEX, 17)}"}],
        "Entries": [{"Cidr": cidr, "Description": "office"} for cidr in rng.sample(OFFICES, 6)],
    }
    return Thing(Scope(account, region, "ec2.prefix_list"), item)
