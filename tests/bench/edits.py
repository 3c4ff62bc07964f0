"""Every deed there is, by the evidence type of what it is done to."""

from __future__ import annotations

from collections.abc import Mapping

from tests.bench.deeds import Edit
from tests.bench.group_edits import GROUP_EDITS
from tests.bench.key_edits import KEY_EDITS
from tests.bench.trail_edits import ACCOUNT_EDITS, TRAIL_EDITS
from tests.bench.user_edits import ROW_EDITS, USER_EDITS

EDITS: Mapping[str, tuple[Edit, ...]] = {
    "cloudtrail.trail": TRAIL_EDITS,
    "ec2.security_group": GROUP_EDITS,
    "iam.credential": ROW_EDITS,
    "iam.user": USER_EDITS,
    "kms.key": KEY_EDITS,
    "s3.account_pab": ACCOUNT_EDITS,
}
