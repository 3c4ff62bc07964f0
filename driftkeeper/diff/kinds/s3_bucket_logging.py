"""Where the access logs of S3 buckets go, and who may read them there."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, appeared, replaced, vanished
from driftkeeper.domain.types import Direction, Severity

_BUCKET = "s3.bucket"
_LOGGED = "Logging.LoggingEnabled"
_PLACE = (f"{_LOGGED}.TargetBucket", f"{_LOGGED}.TargetPrefix")
_GRANT = f"{_LOGGED}.TargetGrants.*"

LOGGING = (
    ChangeKind(
        name="s3.access_logging_redirected",
        evidence=_BUCKET,
        paths=_PLACE,
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC7.2",),
        says="the access log of bucket {resource} goes to {after} instead of {before}",
        trigger="The bucket or prefix to which the access log goes was replaced by another",
        means="Whoever reads the old place sees no new entries, and the new one may be less protected.",
        advice="Check that the new place is protected and read, and that the old log is kept.",
    ),
    ChangeKind(
        name="s3.access_log_grant_added",
        evidence=_BUCKET,
        path=_GRANT,
        when=appeared,
        direction=Direction.WEAKENED,
        severity=Severity.LOW,
        criteria=("CC7.2", "CC6.6"),
        says="new access logs of bucket {resource} are granted to {leaf}",
        trigger="A grant was added that new log files of a bucket are written with",
        means="Somebody more can read or replace the record of who accessed the bucket.",
        advice="Take the grant away unless the grantee has to read these logs.",
    ),
    ChangeKind(
        name="s3.access_log_grant_removed",
        evidence=_BUCKET,
        path=_GRANT,
        when=vanished,
        direction=Direction.STRENGTHENED,
        severity=Severity.LOW,
        criteria=("CC7.2", "CC6.6"),
        says="new access logs of bucket {resource} are no longer granted to {leaf}",
        trigger="A grant was removed that new log files of a bucket were written with",
        means="The record of who accessed the bucket is open to fewer people from now on.",
        advice="Log files that were written before keep the grant; take it away there, too, if need be.",
    ),
)
