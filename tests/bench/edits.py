"""Every deed there is, by the evidence type of what it is done to."""

from __future__ import annotations

from collections.abc import Mapping

from tests.bench.bucket_edits import BUCKET_EDITS
from tests.bench.deeds import Edit
from tests.bench.group_edits import GROUP_EDITS
from tests.bench.key_edits import KEY_EDITS
from tests.bench.network_edits import ACL_EDITS, LIST_EDITS
from tests.bench.role_edits import PASSWORD_EDITS, POLICY_EDITS, ROLE_EDITS, TEAM_EDITS
from tests.bench.trail_edits import ACCOUNT_EDITS, TRAIL_EDITS
from tests.bench.user_edits import ROW_EDITS, USER_EDITS
from tests.bench.watcher_edits import ACCESS_EDITS, DETECTOR_EDITS, REGION_EDITS, THREAT_EDITS

EDITS: Mapping[str, tuple[Edit, ...]] = {
    "accessanalyzer.finding": ACCESS_EDITS,
    "account.region": REGION_EDITS,
    "cloudtrail.trail": TRAIL_EDITS,
    "ec2.network_acl": ACL_EDITS,
    "ec2.prefix_list": LIST_EDITS,
    "ec2.security_group": GROUP_EDITS,
    "guardduty.detector": DETECTOR_EDITS,
    "guardduty.finding": THREAT_EDITS,
    "iam.credential": ROW_EDITS,
    "iam.group": TEAM_EDITS,
    "iam.password_policy": PASSWORD_EDITS,
    "iam.policy": POLICY_EDITS,
    "iam.role": ROLE_EDITS,
    "iam.user": USER_EDITS,
    "kms.key": KEY_EDITS,
    "s3.account_pab": ACCOUNT_EDITS,
    "s3.bucket": BUCKET_EDITS,
}
