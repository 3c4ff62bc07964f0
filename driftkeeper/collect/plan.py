"""The plan of a snapshot: every scope that it must account for, seen or not."""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.spec import EvidenceType, Reach
from driftkeeper.domain.types import GLOBAL_REGION, Scope


def scopes(account: str, regions: Iterable[str], specs: Iterable[EvidenceType]) -> list[Scope]:
    """Return account × region × evidence type in order; account-wide types once, as `aws-global`."""
    places = sorted(regions)
    return sorted(
        Scope(account, region, spec.name)
        for spec in specs
        for region in ([GLOBAL_REGION] if spec.reach is Reach.ACCOUNT else places)
    )
