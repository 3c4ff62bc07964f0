"""What moves in an estate every day and means nothing: uses, times, spellings and orders."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from driftkeeper.domain.canonical import timestamp
from tests.bench.networks import association
from tests.bench.population import REGIONS
from tests.bench.things import Item

_NO_LONGER_USED = timedelta(days=80)
_DOCUMENTS = ("AssumeRolePolicyDocument", "Document", "PolicyDocument")

Move = Callable[[Item, random.Random, datetime], None]


def _sign_in(row: Item, rng: random.Random, now: datetime) -> None:
    """Sign in, and use the active keys; what lay idle for months stays idle."""
    if row["password_enabled"] and _is_in_use(row["password_last_used"], now):
        row["password_last_used"] = timestamp(now)
    for key in row["keys"]:
        if key["active"] and _is_in_use(key["last_used_date"], now):
            key["last_used_date"] = timestamp(now)
            key["last_used_region"] = rng.choice(REGIONS)
            key["last_used_service"] = rng.choice(("s3", "ec2", "sts"))


def _is_in_use(last: str | None, now: datetime) -> bool:
    return last is None or now - datetime.fromisoformat(last) < _NO_LONGER_USED


def _use_role(role: Item, rng: random.Random, now: datetime) -> None:
    role["RoleLastUsed"] = {"LastUsedDate": timestamp(now), "Region": rng.choice(REGIONS)}


def _attach(policy: Item, rng: random.Random, now: datetime) -> None:
    policy["AttachmentCount"] = rng.randrange(9)
    policy["UpdateDate"] = timestamp(now)


def _recreate(bucket: Item, _: random.Random, now: datetime) -> None:
    """Date the bucket anew, as AWS does when it is edited."""
    bucket["CreationDate"] = timestamp(now)


def _associate(acl: Item, rng: random.Random, _: datetime) -> None:
    """Tie the subnets to the ACL anew."""
    name = acl["NetworkAclId"]
    for one in acl["Associations"]:
        one |= association(rng, name, one["SubnetId"])


def _number(found: Item, _: random.Random, __: datetime) -> None:
    found["Version"] += 1


def _analyse(access: Item, _: random.Random, now: datetime) -> None:
    access["analyzedAt"] = access["updatedAt"] = timestamp(now)


def _happen_again(threat: Item, _: random.Random, now: datetime) -> None:
    """Count on, if nobody has put the finding aside: then it would be worth telling."""
    if not threat["Archived"]:
        finding, at = threat["Finding"], timestamp(now)
        finding["UpdatedAt"] = finding["Service"]["EventLastSeen"] = at
        finding["Service"]["Count"] += 1


def _report(detector: Item, rng: random.Random, now: datetime) -> None:
    detector["UpdatedAt"] = timestamp(now)
    detector["Statistics"]["GroupedBySeverity"][0]["TotalFindings"] = rng.randrange(50)
    rng.choice(detector["Features"])["UpdatedAt"] = timestamp(now)


def _deliver(trail: Item, _: random.Random, now: datetime) -> None:
    trail["Status"]["LatestDeliveryTime"] = timestamp(now)


DAILY: dict[str, Move] = {"cloudtrail.trail": _deliver, "guardduty.detector": _report}
"""What moves every day, by evidence type."""

SOMETIMES: dict[str, Move] = {
    "accessanalyzer.finding": _analyse,
    "ec2.network_acl": _associate,
    "ec2.prefix_list": _number,
    "guardduty.finding": _happen_again,
    "iam.credential": _sign_in,
    "iam.policy": _attach,
    "iam.role": _use_role,
    "s3.bucket": _recreate,
}
"""What moves of a share of the resources each day."""


def respell(item: Item, rng: random.Random) -> None:
    """Save the policies anew: in another order, with lists of one or without."""
    if isinstance(item.get("Policy"), str):
        item["Policy"] = json.dumps(_reordered(json.loads(item["Policy"]), rng), indent=1)
    for name in _DOCUMENTS:
        if name in item:
            item[name] = _reordered(item[name], rng)
    for held in (*item.get("UserPolicyList", ()), *item.get("RolePolicyList", ())):
        held["PolicyDocument"] = _reordered(held["PolicyDocument"], rng)


def _reordered(document: Item, rng: random.Random) -> Item:
    rows = [_respelled(row, rng) for row in document["Statement"]]
    return {**document, "Statement": rng.sample(rows, len(rows))}


def _respelled(row: Item, rng: random.Random) -> Item:
    principal = row.get("Principal")
    if isinstance(principal, dict):
        named = {who: _spelled(names, rng) for who, names in principal.items()}
        row = {**row, "Principal": named}
    acts: Item = {name: _spelled(row[name], rng) for name in ("Action", "NotAction") if name in row}
    return {**row, **acts}


def _spelled(names: str | list[str], rng: random.Random) -> str | list[str]:
    """Return names in another order; one may stand alone or in a list."""
    if isinstance(names, str):
        names = [names]
    alone = len(names) == 1 and rng.random() < 0.5
    return names[0] if alone else rng.sample(names, len(names))


def lists(value: Any) -> Iterator[list[Any]]:
    """Yield every list in an item, save those inside policy documents; the order of none means anything."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name not in _DOCUMENTS:
                yield from lists(item)
    elif isinstance(value, list):
        yield value
        for item in value:
            yield from lists(item)
