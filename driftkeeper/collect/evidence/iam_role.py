"""IAM roles with trust, policies, boundary, tags and instance profiles (evidence item 2).

The sweep of the account's authorization details leaves out the description and how long sessions may
last; one listing of all roles has them.
"""

from __future__ import annotations

from driftkeeper.collect.iam import ROLES, with_none
from driftkeeper.collect.made import LIST, Made, plain
from driftkeeper.collect.no_setting import FIXED, LABEL
from driftkeeper.collect.spec import (
    Asker,
    Call,
    EvidenceType,
    Function,
    Gather,
    Gone,
    Item,
    Reach,
    Unseen,
)

_SETTINGS = ("Description", "MaxSessionDuration")
_LISTED = Call(
    "iam",
    "list_roles",
    items="Roles",
    fields=("Arn", *_SETTINGS),
    always=("Arn",),
    sound=bool,  # asked for the settings of roles: there are some
    page_size=1000,
    shared=True,
)


def remaining_roles(asker: Asker) -> list[Item]:
    """Return the roles of the sweep, without those deleted before all roles were listed.

    A role that is gone has not lost its settings. When they cannot be seen, that is told with them.
    """
    roles = asker.rows(ROLES)
    try:
        listed = {row["Arn"] for row in asker.rows(_LISTED)}
    except (Unseen, Gone):
        return roles
    return [role for role in roles if role["Arn"] in listed]


def _tidy(item: Item) -> Item:
    """Return the role with its instance profiles by ARN, its settings as one object, and no list missing."""
    profiles = [profile["Arn"] for profile in item.get("InstanceProfileList") or ()]
    tidied = {
        "PermissionsBoundary": None,
        **with_none(item, "RolePolicyList", "Tags"),
        "InstanceProfileList": profiles,
    }
    if "Settings" in item:
        rows = item["Settings"]
        tidied["Settings"] = {k: v for row in rows for k, v in row.items() if k in _SETTINGS}
    return tidied


ROLE = EvidenceType(
    name="iam.role",
    title="IAM roles",
    says=(
        "Who each role trusts, its attached and inline policies, permissions boundary, tags, instance"
        " profiles, longest session, and when it was last used."
    ),
    item=2,
    reach=Reach.ACCOUNT,
    listing=Function((ROLES,), remaining_roles),
    details={"Settings": Gather(_LISTED, on="Arn", to="Arn")},
    key="{Arn}",
    uid="RoleId",
    tidy=_tidy,
    observed=("RoleLastUsed",),
    sets={
        "AttachedManagedPolicies": "PolicyArn",
        "RolePolicyList": "PolicyName",
        "InstanceProfileList": None,
        "Tags": "Key",
    },
    policies=("AssumeRolePolicyDocument", "RolePolicyList.PolicyDocument"),
    criteria=("CC6.1", "CC6.3"),
    limits=(
        "What a role may do also depends on service control policies, session policies and the policies"
        " of resources, which are not looked at here. Last use reaches back 400 days, and says nothing"
        " of who used the role."
    ),
    made=Made(
        rows=("RoleDetailList",),
        fields={
            "InstanceProfileList": {LIST: None},
            "Settings": plain("Description", "MaxSessionDuration"),
        },
    ),
    no_setting={
        "PermissionsBoundary.PermissionsBoundaryType": FIXED,
        "RoleName": FIXED,
        "Settings.Description": LABEL,
    },
)
