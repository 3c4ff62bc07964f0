"""The regions that AWS has, and which of them are switched on in the account (context).

A region that somebody switches on is a place where nobody may be looking yet.
"""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.made import Made
from driftkeeper.collect.spec import Asker, Call, EvidenceType, Function, Item, Reach

REGIONS = Call(
    "ec2",
    "describe_regions",
    items="Regions",
    params={"AllRegions": True},
    always=("RegionName", "OptInStatus"),
    fields=("RegionName", "OptInStatus"),
)


def _regions(asker: Asker) -> Iterable[Item]:
    found = asker.rows(REGIONS)
    if not found:
        raise ValueError("AWS has no region")
    return found


REGION = EvidenceType(
    name="account.region",
    title="Regions of the account",
    says="Each region, and whether it is switched on in the account.",
    item=0,
    reach=Reach.ACCOUNT,
    listing=Function((REGIONS,), _regions),
    key="urn:driftkeeper:{account}:account:region/{RegionName}",
    uid="RegionName",
    criteria=("CC7.1", "CC7.2"),
    limits="Which regions are on, not which are in use. Local zones are not listed.",
    made=Made(rows=("Regions",)),
)
