"""The nouns: frozen values that every stage passes on (see `docs/glossary.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Json = Any
"""A JSON value without floats: None, bool, int, str, list or dict of these."""

GLOBAL_REGION = "aws-global"
"""The region of a scope whose reach is the whole account."""


class Outcome(StrEnum):
    """How completely one scope was seen in one snapshot."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    MISSED = "missed"


class Cause(StrEnum):
    """Why something was not seen."""

    DENIED = "denied"
    SCP_DENIED = "scp_denied"
    THROTTLED = "throttled"
    REGION_OFF = "region_off"
    UNSUPPORTED = "unsupported"
    UNREACHABLE = "unreachable"
    NOT_OWNER = "not_owner"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_RUN = "not_run"


class Direction(StrEnum):
    """What a change does to security."""

    WEAKENED = "weakened"
    STRENGTHENED = "strengthened"
    NEUTRAL = "neutral"
    ACTIVITY = "activity"


class Severity(StrEnum):
    """How much a change matters; ordered from `info` to `critical`."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Position in the order, 0 for `info`."""
        return list(Severity).index(self)

    # A StrEnum would compare as text: all four are needed.
    def __lt__(self, other: str) -> bool:
        return self.rank < Severity(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Severity(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Severity(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Severity(other).rank


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """Account × region × evidence type: the atom of coverage."""

    account: str
    region: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.account}/{self.region}/{self.evidence}"


@dataclass(frozen=True, slots=True)
class Miss:
    """What could not be seen: a scope, one resource of it, or one detail of one resource."""

    scope: Scope
    cause: Cause
    code: str
    message: str
    resource: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """What was seen of one resource.

    `config` is the configuration in canonical form, `encoded` its canonical bytes and `digest` their
    SHA-256 in hex. `observed` holds the volatile rest. `unseen` names the details that could not be
    read this time; they are absent from `config`.
    """

    key: str
    uid: str | None
    config: Mapping[str, Json]
    encoded: bytes
    digest: str
    observed: Mapping[str, Json] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tied:
    """A count and what confirms it or does not. `odd` are names that only one side has, if it has names."""

    name: str
    mine: int
    theirs: int
    odd: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether both sides say the same."""
        return self.mine == self.theirs and not self.odd


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was observed of one planned scope in one snapshot, when and how completely.

    Nothing that was seen is older than `as_of`, nothing newer than `until`: None means that looking took
    no time, see `ended`. `least` is the fewest calls that could have answered the same questions; it is
    not stored. `ties` are the counts of these resources that another answer must confirm.
    """

    scope: Scope
    outcome: Outcome
    as_of: datetime
    cause: Cause | None = None
    code: str = ""
    message: str = ""
    resources: int = 0
    gone: int = 0
    calls: int = 0
    pages: int = 0
    first_request_id: str = ""
    last_request_id: str = ""
    duration_ms: int = 0
    until: datetime | None = None
    least: int = field(default=0, compare=False)
    ties: tuple[Tied, ...] = ()

    @property
    def ended(self) -> datetime:
        """When looking ended."""
        return self.until or self.as_of


@dataclass(frozen=True, slots=True)
class Sight:
    """The result of looking at one scope: coverage, the bodies seen, the misses."""

    coverage: Coverage
    bodies: tuple[Body, ...] = ()
    misses: tuple[Miss, ...] = ()

    @property
    def scope(self) -> Scope:
        """The scope that was looked at."""
        return self.coverage.scope

    @property
    def listed(self) -> bool:
        """Whether the listing was complete, so that an absence means a deletion."""
        return self.coverage.outcome is not Outcome.MISSED


@dataclass(frozen=True, slots=True)
class Change:
    """One named difference between two sights of a scope.

    It happened after `not_before` and not later than `not_after` (both UTC): by when, never when.
    `before` and `after` are JSON values at `path`. The id is computed from the content, so that the
    same difference always has the same id.
    """

    id: str
    kind: str
    direction: Direction
    severity: Severity
    criteria: tuple[str, ...]
    scope: Scope
    resource: str
    path: str
    before: Json
    after: Json
    not_before: datetime
    not_after: datetime
    snapshot: int
    previous_snapshot: int
    says: str
    caused_by: str | None = None
    tool_upgrade: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One collection over a plan. Numbers have no holes; `source` says live or replayed."""

    number: int
    taken_at: datetime
    finished_at: datetime
    status: Outcome
    callers: tuple[str, ...]
    host: str
    tool_version: str
    botocore_version: str
    catalogue_digest: str
    config_digest: str
    source: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One resource at two sights of its scope. `before` is None when it was not there, or not known."""

    scope: Scope
    key: str
    before: Body | None
    after: Body | None

    @property
    def differs(self) -> bool:
        """Whether the configuration is another one, or another resource's."""
        old, new = ((body.digest, body.uid) if body else None for body in (self.before, self.after))
        return old != new


@dataclass(frozen=True, slots=True)
class Step:
    """What one sight of a scope adds to what was known of it.

    `as_of` is when looking ended: what is new was there by then. `since` is when the last complete listing
    before this one began, `previous_snapshot` its snapshot; both are None for a baseline. A detail that
    was out of sight in that listing was last seen earlier: `blind` says when, by resource and detail, None
    for never. `lost` and `restored` say that the scope went out of sight, or came back, `regained` that a
    detail did. `upgraded` says that other declarations, or other models of AWS, were read with. `listed`
    says that it was seen at all.
    """

    scope: Scope
    as_of: datetime
    since: datetime | None
    previous_snapshot: int | None
    pairs: tuple[Pair, ...] = ()
    baseline: bool = False
    lost: bool = False
    restored: bool = False
    regained: bool = False
    upgraded: bool = False
    listed: bool = True
    blind: Mapping[tuple[str, str], tuple[datetime, int] | None] = field(default_factory=dict)

    def last_sight(self, key: str, path: tuple[str, ...]) -> tuple[datetime | None, int | None]:
        """Return when, and in which snapshot, the value at a path was last seen before this sight.

        The key is the one that the resource had then, which differs after a renaming.
        """
        found = self.blind.get((key, path[0])) if path else None
        return found or (self.since, self.previous_snapshot)

    def was_missed(self, key: str, path: tuple[str, ...]) -> bool:
        """Say whether the last listing could not see the detail that a path leads into."""
        return bool(path) and (key, path[0]) in self.blind


@dataclass(frozen=True, slots=True)
class Moved:
    """A difference that a fact found in itself; `traits` say more than the two values can."""

    path: tuple[str, ...]
    before: Json
    after: Json
    traits: frozenset[str] = frozenset()
