"""What each bucket is for: which trails put their logs into it, and which class of data it is said to hold.

The trails are those of all accounts that are in sight, since logs are often kept in an account of their
own. A trail that was not seen may use a bucket, too: that a bucket has no trail is never certain. Tags that
were not seen take nothing from that: then `class_seen` is false.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.derive.spec import Fact, NotSeenError, View
from driftkeeper.domain.types import Json

_BUCKET, _TRAIL = "s3.bucket", "cloudtrail.trail"
_CLASSES = ("data-class", "data_class", "DataClass")


def purpose(config: Mapping[str, Json], view: View) -> dict[str, Json]:
    """Return the ARNs of the trails that deliver to a bucket, there or not, and its class by its tags."""
    name = view.key.rpartition(":")[2]
    trails = view.in_sight(_TRAIL)
    try:
        tags = {tag["Key"]: tag["Value"] for tag in config.get("Tags") or ()}
        seen = True
    except NotSeenError:
        tags, seen = {}, False
    return {
        "trails": sorted(arn for arn, trail in trails.items() if trail["S3BucketName"] == name),
        "class": next((tags[key] for key in _CLASSES if key in tags), None),
        "class_seen": seen,
    }


PURPOSE = Fact(
    name="s3.purpose",
    title="What buckets are for",
    says="Which trails deliver their logs to each bucket, and the class of data that its tags name.",
    of=(_BUCKET,),
    across=(_TRAIL,),
    version=1,
    derive=purpose,
)
