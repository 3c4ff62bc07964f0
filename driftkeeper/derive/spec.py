"""The words in which a fact is declared: something true of a configuration that AWS never says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from driftkeeper.domain.types import Change, Json, Moved


@dataclass(frozen=True)
class Fact:
    """A conclusion about each resource of an evidence type, recomputable at any time.

    `derive` takes a configuration and returns the row; `compare` takes two rows and returns how one
    moved to the other. `blame` weighs how far a change of the resource can have moved it so, 0 for
    not at all. `version` rises when the same configuration would give another row.
    """

    name: str
    title: str
    of: str
    says: str
    version: int
    derive: Callable[[Mapping[str, Json]], dict[str, Json]]
    compare: Callable[[Mapping[str, Json], Mapping[str, Json]], list[Moved]]
    blame: Callable[[Moved, Change], int]
