"""IAM groups with their attached and inline policies (evidence item 2).

Who is in a group is said by each user.
"""

from __future__ import annotations

from driftkeeper.collect.iam import GROUPS, with_none
from driftkeeper.collect.no_setting import COPY
from driftkeeper.collect.spec import EvidenceType, Reach

GROUP = EvidenceType(
    name="iam.group",
    title="IAM groups",
    says="Each group's attached and inline policies.",
    item=2,
    reach=Reach.ACCOUNT,
    listing=GROUPS,
    key="{Arn}",
    uid="GroupId",
    tidy=lambda item: with_none(item, "GroupPolicyList"),
    sets={"AttachedManagedPolicies": "PolicyArn", "GroupPolicyList": "PolicyName"},
    policies=("GroupPolicyList.PolicyDocument",),
    criteria=("CC6.1", "CC6.3"),
    limits="The members of a group are not listed with it: each user says in which groups it is.",
    no_setting={"GroupName": COPY},
)
