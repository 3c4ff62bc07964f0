"""The plan of a snapshot: every scope that it must account for, seen or not."""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.spec import EvidenceType, Reach
from driftkeeper.domain.types import GLOBAL_REGION, Scope


def scopes(
    account: str,
    regions: Iterable[str],
    specs: Iterable[EvidenceType],
    *,
    organization: bool = False,
) -> list[Scope]:
    """Return account × region × evidence type in order; account-wide types once, as `aws-global`.

    Types that show a whole organisation are read in the one account that lists it.
    """
    places = sorted(regions)
    return sorted(
        Scope(account, region, spec.name)
        for spec in specs
        if organization or spec.reach is not Reach.ORGANIZATION
        for region in (places if spec.reach is Reach.REGION else [GLOBAL_REGION])
    )
