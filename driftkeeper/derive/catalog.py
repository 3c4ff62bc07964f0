"""All facts, found in `facts/`, one file each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from driftkeeper.derive import facts as package
from driftkeeper.derive.spec import Fact
from driftkeeper.domain.registry import discover


@cache
def facts() -> Mapping[str, Fact]:
    """Return every fact by name, in order."""
    return discover(package, Fact)
