"""The words in which a control is declared: what it asks, when it fails, what it does not show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from driftkeeper.domain.types import Change, Json, Severity

SLA_DAYS: Mapping[Severity, int] = {
    Severity.CRITICAL: 7,
    Severity.HIGH: 30,
    Severity.MEDIUM: 60,
    Severity.LOW: 90,
}
"""In how many days a deviation must be gone, by severity. All of it can be configured."""


@dataclass(frozen=True)
class Control:
    """A question that is asked of the configuration again and again.

    `title` says what is true while it passes, `fails_when` in one sentence what is not, `remediate` what to
    do then, `limits` what a pass does not evidence. Of `criteria` the one that the request list gives comes
    first. `item` is the item of the request list, 0 for the evidence process itself. `extended` controls
    are asked on demand only. `severity` is the rule and `severity_note` says where it is another. `refs`
    name the same question in the CIS AWS Foundations Benchmark 7.0 and in AWS Foundational Security Best
    Practices (FSBP). `parameters` have their defaults; `sla` is in days, None for what the severity asks.
    `changes` are globs over the kinds of change that can open or close a deviation; of these, only what
    `touches` it does, where that can be told from the change.
    """

    name: str
    title: str
    criteria: tuple[str, ...]
    severity: Severity
    item: int
    fails_when: str
    remediate: str
    limits: str
    extended: bool = False
    severity_note: str = ""
    sla: int | None = None
    parameters: Mapping[str, Json] = field(default_factory=dict)
    refs: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    touches: Callable[[Change], bool] = lambda _change: True

    def bears(self, change: Change) -> bool:
        """Say whether a change can have opened or closed a deviation."""
        return any(fnmatchcase(change.kind, glob) for glob in self.changes) and self.touches(change)

    @property
    def sla_days(self) -> int:
        """In how many days a deviation must be gone."""
        return SLA_DAYS[self.severity] if self.sla is None else self.sla
