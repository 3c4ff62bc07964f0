"""IAM users with groups, policies, boundary, tags and MFA devices (evidence item 2).

One sweep of the account's authorization details answers all but the devices. Virtual devices come from
one listing; only users without one are asked for hardware and FIDO devices. Of the others these are not
known: null, which is not the same as none.
"""

from __future__ import annotations

from driftkeeper.collect.spec import Call, EvidenceType, From, Gather, Item, Reach


def _has_no_virtual_device(item: Item) -> bool:
    return not item["VirtualMFADevices"]


USER = EvidenceType(
    name="iam.user",
    title="IAM users",
    says="Each user's groups, attached and inline policies, permissions boundary, tags, MFA devices.",
    item=2,
    reach=Reach.ACCOUNT,
    listing=Call(
        "iam",
        "get_account_authorization_details",
        items="UserDetailList",
        params={"Filter": ["User"]},
        # Not UserPolicyList: that one AWS leaves out when a user has none.
        always=("Arn", "UserId", "GroupList", "AttachedManagedPolicies"),
        page_size=1000,
    ),
    details={
        "VirtualMFADevices": Gather(
            Call(
                "iam",
                "list_virtual_mfa_devices",
                items="VirtualMFADevices",
                params={"AssignmentStatus": "Assigned"},
                fields=("SerialNumber", "EnableDate", "User"),
                always=("SerialNumber",),
                page_size=1000,
            ),
            on="User.Arn",
            to="Arn",
        ),
        "MFADevices": Call(
            "iam",
            "list_mfa_devices",
            items="MFADevices",
            params={"UserName": From("UserName")},
            when=_has_no_virtual_device,
            needs=("VirtualMFADevices",),
            always=("SerialNumber",),
            page_size=1000,
        ),
    },
    key="{Arn}",
    uid="UserId",
    observed=("VirtualMFADevices.User",),
    acts=("VirtualMFADevices.EnableDate", "MFADevices.EnableDate"),
    sets={
        "GroupList": None,
        "AttachedManagedPolicies": "PolicyArn",
        "UserPolicyList": "PolicyName",
        "Tags": "Key",
        "VirtualMFADevices": "SerialNumber",
        "MFADevices": "SerialNumber",
    },
    policies=("UserPolicyList.PolicyDocument",),
)
