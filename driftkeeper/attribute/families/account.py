"""Regions that are switched on and off: calls of `account`, logged where the global endpoints are."""

from __future__ import annotations

from driftkeeper.attribute.matching import became
from driftkeeper.attribute.spec import Deed, Family, Where, is_enough

_NAME = ("requestParameters.RegionName",)

REGION = Family(
    name="account.region",
    evidence=("account.region",),
    source="account.amazonaws.com",
    where=Where.HOME,
    never=("account.region_listed",),
    deeds=(
        Deed(("EnableRegion",), _NAME, became("opted-in", "OptInStatus"), is_enough),
        Deed(("DisableRegion",), _NAME, became("not-opted-in", "OptInStatus"), is_enough),
    ),
)
