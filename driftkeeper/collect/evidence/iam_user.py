"""IAM users with groups, policies, boundary, tags and MFA devices (evidence item 2).

One sweep of the account's authorization details answers all but the devices; these are the same that
`iam.mfa_device` lists, dealt out to their users.
"""

from __future__ import annotations

from driftkeeper.collect.iam import USERS, with_none
from driftkeeper.collect.made import LIST, Made, plain
from driftkeeper.collect.mfa_devices import DEVICES, mfa_devices, remaining_users
from driftkeeper.collect.no_setting import COPY, FIXED
from driftkeeper.collect.spec import EvidenceType, Function, Gather, Item, Reach


def _tidy(item: Item) -> Item:
    return {"PermissionsBoundary": None, **with_none(item, "UserPolicyList", "Tags")}


USER = EvidenceType(
    name="iam.user",
    title="IAM users",
    says="Each user's groups, attached and inline policies, permissions boundary, tags, MFA devices.",
    item=2,
    reach=Reach.ACCOUNT,
    listing=Function((USERS,), remaining_users),
    details={"MFADevices": Gather(Function(DEVICES, mfa_devices), on="UserArn", to="Arn")},
    key="{Arn}",
    uid="UserId",
    tidy=_tidy,
    observed=("MFADevices.UserArn",),
    acts=("MFADevices.EnableDate",),
    sets={
        "GroupList": None,
        "AttachedManagedPolicies": "PolicyArn",
        "UserPolicyList": "PolicyName",
        "Tags": "Key",
        "MFADevices": "SerialNumber",
    },
    policies=("UserPolicyList.PolicyDocument",),
    criteria=("CC6.1", "CC6.2", "CC6.3"),
    limits=(
        "What a user may do also depends on service control policies and on the policies of resources,"
        " which are not looked at here. People who sign in through a federation or IAM Identity Center"
        " are no IAM users. A first hardware token or FIDO key that a user got since the credential"
        " report was made is seen with the next report."
    ),
    made=Made(
        rows=("UserDetailList",),
        fields={"MFADevices": {LIST: plain("SerialNumber", "UserArn", "Kind", "EnableDate")}},
    ),
    no_setting={
        "MFADevices.*.Kind": FIXED,
        "PermissionsBoundary.PermissionsBoundaryType": FIXED,
        "UserName": COPY,
    },
)
