"""What the evidence types of IAM Access Analyzer have in common: the analyzers of a region.

AWS names no largest page for these operations; `PAGE` is one that they are known to accept.
"""

from __future__ import annotations

from driftkeeper.collect.spec import Call, Item
from driftkeeper.domain.types import Json

PAGE = 100

ANALYZERS = Call(
    "accessanalyzer",
    "list_analyzers",
    items="analyzers",
    always=("arn", "name", "type", "status", "createdAt"),
    page_size=PAGE,
    shared=True,
)
"""All analyzers of the region; asked once for analyzers, archive rules and findings."""

_EXTERNAL = ("ACCOUNT", "ORGANIZATION")


def is_external(kind: Json) -> bool:
    """Say whether an analyzer of this type looks for access from outside its zone of trust."""
    return kind in _EXTERNAL


def has_configuration(analyzer: Item) -> bool:
    """Say whether an analyzer is of a type that can be configured: unused and internal access."""
    return not is_external(analyzer["type"])
