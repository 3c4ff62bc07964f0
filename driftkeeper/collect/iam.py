"""The answers of IAM from which several evidence types take, each asked once per snapshot.

`GetAccountAuthorizationDetails` sweeps users, groups, roles and policies in one answer. Its pages are
filled in that order, and every page has all four lists. The other listings leave out what it has: tags,
boundaries, last use.
"""

from __future__ import annotations

from dataclasses import replace

from driftkeeper.collect.spec import Call, Item

_SWEEP = Call(
    "iam",
    "get_account_authorization_details",
    params={"Filter": ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]},
    page_size=1000,
    shared=True,
)

# Not the lists of inline policies: those AWS leaves out when there are none, see `with_none`.
USERS = replace(
    _SWEEP,
    items="UserDetailList",
    always=("Arn", "UserId", "GroupList", "AttachedManagedPolicies"),
)
GROUPS = replace(
    _SWEEP, items="GroupDetailList", always=("Arn", "GroupId", "AttachedManagedPolicies")
)
ROLES = replace(
    _SWEEP,
    items="RoleDetailList",
    always=("Arn", "RoleId", "AssumeRolePolicyDocument", "AttachedManagedPolicies"),
)
POLICIES = replace(
    _SWEEP, items="Policies", always=("Arn", "DefaultVersionId", "PolicyVersionList")
)
SWEEP = (USERS, GROUPS, ROLES, POLICIES)
"""The four parts of the one sweep."""

SUMMARY = Call(
    "iam",
    "get_account_summary",
    items="SummaryMap",
    always=("Users", "AccountMFAEnabled", "AccountAccessKeysPresent"),
    shared=True,
)
VIRTUAL_DEVICES = Call(
    "iam",
    "list_virtual_mfa_devices",
    items="VirtualMFADevices",
    params={"AssignmentStatus": "Any"},
    # An allow-list: the answer has room for the seeds, which must never be kept.
    fields=("SerialNumber", "EnableDate", "User"),
    always=("SerialNumber",),
    page_size=1000,
    shared=True,
)


def with_none(item: Item, *lists: str) -> Item:
    """Return the item with these lists: AWS leaves one out when there is nothing in it.

    So the first that comes into a list reads as that, and not as a field that nobody knew.
    """
    return {**{name: [] for name in lists}, **item}


def same_second(left: object, right: object) -> bool:
    """Say whether two times as answered are the same to the second, which is all a report tells."""
    return str(left)[:19] == str(right)[:19]
