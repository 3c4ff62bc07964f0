"""How much of what matters for security has a kind of change of its own: of what can be, and of what was.

Declared: of every path that answers of AWS can have, whether some kind names a difference there. Recorded:
of the changes in the log, how many only say that an attribute changed. Both leave out what is no setting
of security, for the reasons that evidence types give in their `no_setting`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.fields import Field, Role, fields_of
from driftkeeper.collect.no_setting import reason
from driftkeeper.diff.catalog import kinds_of
from driftkeeper.diff.reach import explained, names

if TYPE_CHECKING:
    from driftkeeper.store.unnamed import Counted

GENERIC = "resource."
_FIRST_OBSERVED = "resource.first_observed"


class Standing(StrEnum):
    """What becomes of a difference at a path."""

    NAMED = "named"
    EXPLAINED = "explained"
    UNNAMED = "unnamed"
    NO_SETTING = "no_setting"
    OBSERVED = "observed"
    IDENTITY = "identity"


SETTINGS = (Standing.NAMED, Standing.EXPLAINED, Standing.UNNAMED)


@dataclass(frozen=True, slots=True)
class Path:
    """A path of an evidence type with what becomes of a difference there, and why it may be no setting."""

    evidence: str
    path: str
    standing: Standing
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of so many are not named."""

    of: int
    unnamed: int

    @property
    def percent(self) -> float:
        """The share in per cent; 0 of nothing."""
        return round(100 * self.unnamed / self.of, 1) if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Recorded changes that no kind of its own names."""

    kind: str
    evidence: str
    path: str
    changes: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """The changes of a store: all, those at no setting of security, and those that no kind names."""

    changes: int
    no_setting: int
    unnamed: tuple[Unnamed, ...]

    @property
    def share(self) -> Share:
        """Unnamed changes of all but those at no setting."""
        return Share(self.changes - self.no_setting, sum(row.changes for row in self.unnamed))


@cache
def declared() -> tuple[Path, ...]:
    """Return every path that answers can have, by evidence type."""
    return tuple(
        standing_of(name, field)
        for name, spec in evidence_types().items()
        for field in fields_of(spec)
    )


def share_of(paths: Iterable[Path]) -> Share:
    """Return how many of the settings among the paths are unnamed."""
    found = Counter(path.standing for path in paths)
    return Share(sum(found[standing] for standing in SETTINGS), found[Standing.UNNAMED])


def standing_of(evidence: str, field: Field) -> Path:
    """Return what becomes of a difference at a field of an evidence type."""
    kinds = kinds_of(evidence)
    if field.role is Role.IDENTITY:
        return Path(evidence, field.path, Standing.IDENTITY)
    if field.role is Role.OBSERVED:
        return Path(evidence, field.path, Standing.OBSERVED)
    if any(names(kind, field.names) for kind in kinds):
        return Path(evidence, field.path, Standing.NAMED)
    if why := reason(evidence_types()[evidence].no_setting, field.names):
        return Path(evidence, field.path, Standing.NO_SETTING, why)
    is_explained = explained(kinds, field.names)
    standing = Standing.EXPLAINED if is_explained else Standing.UNNAMED
    return Path(evidence, field.path, standing)


def recorded(rows: Iterable[Counted]) -> Recorded:
    """Return what the counted changes of a store say.

    A change that another explains has that one's name. That a detail was seen for the first time, or that
    driftkeeper looks closer, is nothing that changed.
    """
    changes = no_setting = 0
    unnamed: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        changes += row.changes
        if row.caused or row.tool_upgrade or not row.kind.startswith(GENERIC):
            continue
        if row.kind == _FIRST_OBSERVED:
            continue
        path = pattern_of(row.evidence, row.path)
        if is_no_setting(row.evidence, path) if path else _is_no_event(row.evidence):
            no_setting += row.changes
        else:
            unnamed[row.kind, row.evidence, path] += row.changes
    found = (Unnamed(*at, changes=number) for at, number in unnamed.most_common())
    return Recorded(changes, no_setting, tuple(found))


def pattern_of(evidence: str, path: str) -> str:
    """Return a recorded path with `*` for each key of a set; the path itself where no model knows it.

    Keys may hold slashes, so the path that is known and leaves the least to a key is the one.
    """
    fits = [known for known, pattern in _patterns(evidence) if pattern.fullmatch(path)]
    return max(fits, key=lambda known: (len(known.replace("*", "")), known), default=path)


def is_no_setting(evidence: str, path: str) -> bool:
    """Say whether a path, and all that lies below it, is no setting of security."""
    below = [p for p in declared() if p.evidence == evidence and _is_below(p.path, path)]
    kept = [p for p in below if p.standing is not Standing.IDENTITY]
    return bool(kept) and all(p.standing is Standing.NO_SETTING for p in kept)


def _is_no_event(evidence: str) -> bool:
    spec = evidence_types().get(evidence)
    return spec is not None and bool(spec.no_event)


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith(f"{top}.")


@cache
def _patterns(evidence: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return every known path of an evidence type and those above it, as they are recorded."""
    known = {at for path in declared() if path.evidence == evidence for at in _upwards(path.path)}
    return tuple((path, _recorded_as(path)) for path in sorted(known))


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]


def _recorded_as(path: str) -> re.Pattern[str]:
    parts = (".+" if name == "*" else re.escape(name) for name in path.split("."))
    return re.compile("/".join(parts), re.DOTALL)
