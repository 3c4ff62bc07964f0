"""Buckets that became public in effect, or ceased to be, whatever the cause."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, turned
from driftkeeper.domain.types import Direction, Severity

_ACCESS = "s3.public_access"


def _by(d: Difference) -> str:
    """Return what lets everyone in."""
    return f", by its {' and its '.join(sorted(d.traits))}" if d.traits else ""


EFFECT = (
    ChangeKind(
        name="s3.bucket_became_public",
        evidence=_ACCESS,
        path="public",
        when=turned(False, True),
        direction=Direction.WEAKENED,
        severity=Severity.CRITICAL,
        criteria=("CC6.6",),
        says="bucket {resource} is open to everyone now",
        adds=_by,
        trigger=(
            "A bucket's policy or ACL lets everyone in, and neither its own public access block nor the"
            " account's holds that back; before, something did"
        ),
        means=(
            "Anybody on the internet may read or write what is in it, and scanners find such buckets"
            " within hours."
        ),
        advice=(
            "Switch the bucket's public access block on now, then find out what was in it and, by its"
            " access logs or data events, who took it."
        ),
    ),
    ChangeKind(
        name="s3.bucket_became_private",
        evidence=_ACCESS,
        path="public",
        when=turned(True, False),
        direction=Direction.STRENGTHENED,
        severity=Severity.INFO,
        criteria=("CC6.6",),
        says="bucket {resource} is no longer open to everyone",
        adds=lambda d: f"; it was{_by(d).removeprefix(',')}" if d.traits else "",
        trigger=(
            "A bucket that everyone could get at is held back by a block now, or its policy or ACL lets"
            " nobody in any more, or it is gone"
        ),
        means="From now on strangers are refused; what they copied before is out.",
        advice="Close the deviation with the exact times, and keep the access logs of the open time.",
    ),
)
