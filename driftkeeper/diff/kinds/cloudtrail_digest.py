"""The digests of CloudTrail's log files: whether they are all there, unaltered and linked."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference
from driftkeeper.domain.types import Direction, Json, Severity

_DIGEST = "cloudtrail.digest"
_COUNTS = ("Invalid", "Missing", "LogsWrong")


def _field(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, dict) else None


def _rows(value: Json, name: str) -> list[dict[str, Json]]:
    """Return the rows of a set, which are under their keys where a resource is new."""
    found = _field(value, name)
    found = [*found.values()] if isinstance(found, dict) else found
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _new(d: Difference, name: str) -> list[dict[str, Json]]:
    """Return the rows of a list that were not in it before."""
    before = _rows(d.before, name)
    return [row for row in _rows(d.after, name) if row not in before]


def _rose(d: Difference) -> bool:
    """Say whether something is wrong that was not before."""
    risen = (int(_field(d.after, n) or 0) > int(_field(d.before, n) or 0) for n in _COUNTS)
    return bool(_new(d, "Wrong")) or any(risen)


def _has_new_gap(d: Difference) -> bool:
    return bool(_new(d, "Gaps"))


def _region(d: Difference) -> str:
    return d.resource.rpartition("/")[2]


def _named(d: Difference) -> str:
    """Return the first wrong file, why it is wrong, and how many more there are."""
    found = _new(d, "Wrong")
    if not found:
        return f" in {_region(d)}"
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f" in {_region(d)}: {found[0].get('Object')} ({found[0].get('Reason')}){more}"


def _spans(d: Difference) -> str:
    spans = (f"from {gap.get('From')} until {gap.get('Until')}" for gap in _new(d, "Gaps"))
    return f" in {_region(d)}: nothing proves the log files {', '.join(spans)}"


DIGESTS = (
    ChangeKind(
        name="cloudtrail.digest_invalid",
        evidence=_DIGEST,
        path="Digests",
        whole=True,
        when=_rose,
        born=_rose,
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC7.2",),
        says="digests or log files of trail {Name} are missing or altered",
        adds=_named,
        trigger=(
            "Of the last 26 hours a digest is missing, or its signature, its place or its link to the one"
            " before is wrong, or a log file is not what its digest says, and it was not so before"
        ),
        means=(
            "Somebody altered or deleted part of the record after AWS had written it: what is missing"
            " may be just what an intruder did."
        ),
        advice=(
            "Treat it as an incident: run aws cloudtrail validate-logs over the time, find who wrote to"
            " or deleted from the bucket, and restore the versions that were there."
        ),
    ),
    ChangeKind(
        name="cloudtrail.digest_gap",
        evidence=_DIGEST,
        path="Digests",
        whole=True,
        when=_has_new_gap,
        claims=lambda d: not _rose(d),
        born=_has_new_gap,
        direction=Direction.WEAKENED,
        severity=Severity.HIGH,
        criteria=("CC7.2",),
        says="the chain of digests of trail {Name} began anew",
        adds=_spans,
        trigger=(
            "A digest of the last 26 hours begins a new chain, although there are digests before it"
        ),
        means=(
            "Logging or validation was off in between: of that time nothing proves that the log files"
            " are all there."
        ),
        advice=(
            "Find StopLogging or UpdateTrail in Event history: who, and why, and what else was done in"
            " the gap; record it as a gap in the integrity of the logs."
        ),
    ),
    ChangeKind(
        name="cloudtrail.digest_sound",
        evidence=_DIGEST,
        path="Digests",
        whole=True,
        when=lambda d: not _rose(d) and not _has_new_gap(d),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC7.2",),
        says="fewer digests or log files of trail {Name} are wrong",
        adds=lambda d: (
            f" in {_region(d)}"
            + ("" if _rows(d.after, "Wrong") or _rows(d.after, "Gaps") else ": none any more")
        ),
        trigger=(
            "Digests or log files that were wrong are so no more or are older than 26 hours by now, and"
            " no others are"
        ),
        means=(
            "The record of the last day holds as far as the digests say; what was found wrong before"
            " stays so, unless the files were restored."
        ),
        advice="Nothing is to be done about this one; keep what was found of the earlier days.",
    ),
)
