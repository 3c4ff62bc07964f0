"""Exclusions from VPC block public access: VPCs and subnets that the block does not hold back (item 8).

botocore has no paginator for them, so their pages are turned here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from driftkeeper.collect.made import LIST, Made, plain
from driftkeeper.collect.no_setting import FIXED
from driftkeeper.collect.spec import (
    Asker,
    Call,
    EvidenceType,
    From,
    Function,
    Item,
    Reach,
    Unseen,
)
from driftkeeper.domain.types import Cause

_ROWS = "VpcBlockPublicAccessExclusions"
_FIRST = Call(
    "ec2",
    "describe_vpc_block_public_access_exclusions",
    params={"MaxResults": 1000},
    always=(_ROWS,),
)
_NEXT = replace(_FIRST, params={**_FIRST.params, "NextToken": From("NextToken")})
_GOING = ("delete", "disable")
_ALWAYS = ("ExclusionId", "ResourceArn", "InternetGatewayExclusionMode")


def exclusions(asker: Asker) -> Iterable[Item]:
    """Return the exclusions that are in force."""
    answer = asker.value(_FIRST)
    rows, tokens = [*answer[_ROWS]], set()
    while token := answer.get("NextToken"):
        if token in tokens:
            raise Unseen(Cause.FAILED, "MalformedAnswer", "a page is answered again and again")
        tokens.add(token)
        answer = asker.value(_NEXT, {"NextToken": token})
        rows += answer[_ROWS]
    return [row for row in rows if _holds(row)]


def _holds(row: Item) -> bool:
    """Say whether an exclusion is in force: AWS lists those that failed or were deleted for a while."""
    for name in _ALWAYS:
        if not row.get(name):
            raise Unseen(Cause.FAILED, "MalformedAnswer", f"an exclusion has no {name}")
    state = str(row.get("State", ""))
    return not state.startswith(_GOING) and state != "create-failed"


EXCLUSION = EvidenceType(
    name="ec2.vpc_block_exclusion",
    title="Exclusions from VPC block public access",
    says="Each VPC or subnet that the block on public access does not hold back, and which way.",
    item=8,
    reach=Reach.REGION,
    listing=Function((_FIRST, _NEXT), exclusions),
    key="urn:driftkeeper:{account}:ec2:{region}:vpc-block-exclusion/{ExclusionId}",
    uid="ExclusionId",
    observed=("State", "Reason", "CreationTimestamp", "LastUpdateTimestamp", "DeletionTimestamp"),
    sets={"Tags": "Key"},
    criteria=("CC6.6",),
    limits="An exclusion counts only while the block of its region is on, see ec2.vpc_block_public_access.",
    optional=True,
    made=Made(
        fields={
            **plain(*_ALWAYS, "State", "CreationTimestamp"),
            "Tags": {LIST: plain("Key", "Value")},
        }
    ),
    no_setting={"ResourceArn": FIXED},
)
