"""What each archive rule of Access Analyzer keeps from being looked at.

A rule archives new findings that fit all of its filters. Nothing in AWS says why: a rule is to be justified
by people, and the wider it is, the more it needs that.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.derive.spec import Fact, View
from driftkeeper.domain.types import Json

_RULE = "accessanalyzer.archive_rule"


def suppression(config: Mapping[str, Json], _view: View) -> dict[str, Json]:
    """Return what a rule filters by, and whether findings of public access can fit it."""
    filters = config.get("filter") or {}
    return {
        "by": sorted(filters),
        "everything": bool(config) and not filters,
        "public": bool(config) and not _excludes_public(filters.get("isPublic") or {}),
    }


def _excludes_public(criterion: Mapping[str, Json]) -> bool:
    """Say whether a filter on `isPublic` lets no finding of public access through."""
    if "eq" in criterion:
        return "true" not in criterion["eq"]
    return "true" in (criterion.get("neq") or ())


SUPPRESSION = Fact(
    name="accessanalyzer.suppression",
    title="What archive rules hide",
    says="By what each archive rule filters, and whether it can hide public access.",
    of=(_RULE,),
    version=1,
    derive=suppression,
)
