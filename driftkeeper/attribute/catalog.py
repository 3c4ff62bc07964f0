"""All families, found in `families/`, one file per service."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache

from driftkeeper.attribute import families as package
from driftkeeper.attribute.spec import Deed, Family
from driftkeeper.domain.registry import discover
from driftkeeper.domain.types import Change

_ONLY_OURS = ("collection.*", "resource.first_observed")
"""Kinds that tell of our looking, and of nothing that anybody did."""


@cache
def families() -> Mapping[str, Family]:
    """Return every family by name, in order."""
    return discover(package, Family)


def deeds_for(change: Change) -> list[tuple[Family, Deed]]:
    """Return the deeds that can have made a change, each with its family.

    None for what nobody calls for: what AWS does by itself, what time brings, what only we see.
    """
    return [
        (family, deed)
        for family in families().values()
        if family.covers(change)
        for deed in family.deeds_for(change)
    ]


def can_be_asked(change: Change) -> bool:
    """Say whether there are calls that can have made a change."""
    is_ours = any(fnmatchcase(change.kind, glob) for glob in _ONLY_OURS)
    return not change.tool_upgrade and not is_ours and bool(deeds_for(change))
