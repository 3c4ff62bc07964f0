"""What AWS answers for made-up security groups."""

from __future__ import annotations

import random

from driftkeeper.domain.types import Scope
from tests.bench.things import HEX, Item, Thing, some, tags

PORTS = (22, 443, 1433, 3306, 3389, 5432, 6379, 8443, 9200, 27017)
EVERYWHERE = "0.0.0.0/0"
HALVES = ("0.0.0.0/1", "128.0.0.0/1")
OFFICES = tuple(f"10.{n}.{m}.0/24" for n in range(16) for m in range(16))
PARTNERS = tuple(f"52.94.{n}.0/24" for n in range(16))


def new_group(rng: random.Random, account: str, region: str) -> Thing:
    """Return a security group of some rules for some ports, and the usual rule outbound."""
    rules = [_some_rule(rng, account, port) for port in rng.sample(PORTS, rng.randint(1, 5))]
    item: Item = {
        "OwnerId": account,
        "GroupId": f"sg-{some(rng, HEX, 17)}",
        "GroupName": f"group-{some(rng, HEX, 6)}",
        "Description": "made by terraform",
        "VpcId": f"vpc-{some(rng, HEX, 17)}",
        "IpPermissions": rules,
        "IpPermissionsEgress": [outbound()],
        "Tags": tags(rng),
    }
    return Thing(Scope(account, region, "ec2.security_group"), item)


def _some_rule(rng: random.Random, account: str, port: int) -> Item:
    found = rule(port)
    found["IpRanges"] += [
        {"CidrIp": cidr, "Description": "office"} for cidr in rng.sample(OFFICES, rng.randint(1, 4))
    ]
    if port == 443 and rng.random() < 0.5:
        found["IpRanges"].append({"CidrIp": EVERYWHERE})
    elif rng.random() < 0.2:
        found["IpRanges"].append({"CidrIp": rng.choice(PARTNERS)})
    if rng.random() < 0.3:
        found["UserIdGroupPairs"].append(group_pair(rng, account))
    return found


def rule(port: int) -> Item:
    """Return a rule for one TCP port that lets in nobody yet."""
    return {
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }


def outbound() -> Item:
    """Return the rule that lets everything out."""
    return {
        "IpProtocol": "-1",
        "IpRanges": [{"CidrIp": EVERYWHERE}],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }


def group_pair(rng: random.Random, account: str) -> Item:
    """Return a reference to a group of the same account."""
    return {"UserId": account, "GroupId": f"sg-{some(rng, HEX, 17)}"}
