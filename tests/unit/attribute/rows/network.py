"""Security groups, network ACLs, prefix lists and the VPC block."""

from __future__ import annotations

from typing import Any

from driftkeeper.domain.types import Change
from tests.unit.attribute.calls import (
    IRELAND,
    PROD,
    call,
    change,
    regional,
)
from tests.unit.attribute.rows.shared import (
    Row,
)

GROUP_ID = "sg-07a0554d7031fa914"

SG = regional("ec2", f"security-group/{GROUP_ID}")

RULE = f"{SG}/rule/ingress/tcp/22/0.0.0.0/0"


def permission(**fields: Any) -> dict[str, Any]:
    rule = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "groups": {}, "ipv6Ranges": {}}
    ranges = {"ipRanges": {"items": [{"cidrIp": "0.0.0.0/0", "description": "temporary"}]}}
    items = {"items": [{**rule, **ranges, **fields}]}
    return {"groupId": GROUP_ID, "ipPermissions": items}


def group(path: str, before: Any, after: Any, kind: str = "sg.x") -> Change:
    return change(kind, "ec2.security_group", SG, path, before, after, IRELAND)


def acl(before: Any, after: Any) -> Change:
    return change(
        "nacl.x",
        "ec2.network_acl",
        regional("ec2", "network-acl/acl-1"),
        "Entries",
        before,
        after,
        IRELAND,
    )


def prefixes(before: list[str], after: list[str]) -> Change:
    one, other = ([{"Cidr": cidr} for cidr in found] for found in (before, after))
    arn = regional("ec2", "prefix-list/pl-1")
    return change("prefix_list.changed", "ec2.prefix_list", arn, "Entries", one, other, IRELAND)


ENTRY = {"RuleNumber": 90, "Egress": False, "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}

EDIT = {
    "networkAclId": "acl-1",
    "ruleNumber": 90,
    "egress": False,
    "ruleAction": "allow",
    "cidrBlock": "0.0.0.0/0",
}

MODIFIED = {
    "ModifySecurityGroupRulesRequest": {
        "GroupId": GROUP_ID,
        "SecurityGroupRule": {
            "SecurityGroupRuleId": "sgr-1",
            "SecurityGroupRule": {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "CidrIpv4": "0.0.0.0/0",
            },
        },
    }
}

SSH = "IpPermissions/tcp/22/0.0.0.0/0"

NETWORK: list[Row] = [
    (
        "rule added",
        group(SSH, None, {}),
        call("AuthorizeSecurityGroupIngress", "ec2", permission()),
        "exact",
    ),
    (
        "another port",
        group(SSH, None, {}),
        call("AuthorizeSecurityGroupIngress", "ec2", permission(fromPort=443, toPort=443)),
        "none",
    ),
    (
        "another group",
        group(SSH, None, {}),
        call("AuthorizeSecurityGroupIngress", "ec2", {**permission(), "groupId": "sg-1"}),
        "none",
    ),
    (
        "the other side",
        group(SSH, None, {}),
        call("AuthorizeSecurityGroupEgress", "ec2", permission()),
        "none",
    ),
    (
        "all ports",
        group("IpPermissions/all/0.0.0.0/0", None, {}),
        call(
            "AuthorizeSecurityGroupIngress",
            "ec2",
            permission(ipProtocol="-1", fromPort=None, toPort=None),
        ),
        "exact",
    ),
    (
        "a group as peer",
        group(f"IpPermissions/tcp/22/{PROD}/sg-2", None, {}),
        call(
            "AuthorizeSecurityGroupIngress",
            "ec2",
            permission(ipRanges={}, groups={"items": [{"userId": PROD, "groupId": "sg-2"}]}),
        ),
        "exact",
    ),
    (
        "a group as peer, without its owner",
        group(f"IpPermissions/tcp/22/{PROD}/sg-2", None, {}),
        call(
            "AuthorizeSecurityGroupIngress",
            "ec2",
            permission(ipRanges={}, groups={"items": [{"groupId": "sg-2"}]}),
        ),
        "exact",
    ),
    (
        "a rule that only the answer tells of",
        group(f"IpPermissions/tcp/22/{PROD}/sg-2", {}, None),
        call(
            "RevokeSecurityGroupIngress",
            "ec2",
            {"groupId": GROUP_ID, "securityGroupRuleIds": {"items": ["sgr-1"]}},
            {
                "revokedSecurityGroupRuleSet": {
                    "items": [
                        {
                            "groupId": GROUP_ID,
                            "ipProtocol": "tcp",
                            "fromPort": 22,
                            "toPort": 22,
                            "referencedGroupId": "sg-2",
                        }
                    ]
                }
            },
        ),
        "exact",
    ),
    (
        "an entry without a number",
        acl([], [ENTRY]),
        call("CreateNetworkAclEntry", "ec2", {"networkAclId": "acl-1"}),
        "probable",
    ),
    (
        "an entry of another source",
        acl([], [ENTRY]),
        call("CreateNetworkAclEntry", "ec2", {**EDIT, "cidrBlock": "10.0.0.0/8"}),
        "none",
    ),
    (
        "a list without entries",
        prefixes(["10.0.0.0/8"], ["10.1.0.0/16"]),
        call("ModifyManagedPrefixList", "ec2", {"prefixListId": "pl-1"}),
        "probable",
    ),
    (
        "a list of other entries",
        prefixes(["10.0.0.0/8"], ["10.1.0.0/16"]),
        call(
            "ModifyManagedPrefixList",
            "ec2",
            {"prefixListId": "pl-1", "addEntries": {"items": [{"cidr": "10.9.0.0/16"}]}},
        ),
        "none",
    ),
    (
        "a prefix list as peer",
        group("IpPermissions/tcp/22/pl-1", None, {}),
        call(
            "AuthorizeSecurityGroupIngress",
            "ec2",
            permission(ipRanges={}, prefixListIds={"items": [{"prefixListId": "pl-1"}]}),
        ),
        "exact",
    ),
    (
        "rule removed by its id alone",
        group(SSH, {}, None),
        call(
            "RevokeSecurityGroupIngress",
            "ec2",
            {"groupId": GROUP_ID, "securityGroupRuleIds": {"items": ["sgr-1"]}},
        ),
        "probable",
    ),
    (
        "edited in place",
        group(SSH, None, {}),
        call("ModifySecurityGroupRules", "ec2", MODIFIED),
        "exact",
    ),
    (
        "described",
        group(f"{SSH}/Description", "a", "b"),
        call("UpdateSecurityGroupRuleDescriptionsIngress", "ec2", permission()),
        "exact",
    ),
    (
        "a rule's own row",
        change("resource.created", "ec2.security_group_rule", RULE, "", None, {}, IRELAND),
        call("AuthorizeSecurityGroupIngress", "ec2", permission()),
        "exact",
    ),
    (
        "a rule that goes with its group",
        change("resource.deleted", "ec2.security_group_rule", RULE, "", {}, None, IRELAND),
        call("DeleteSecurityGroup", "ec2", {"groupId": GROUP_ID}),
        "probable",
    ),
    (
        "a rule that comes with its group",
        change("resource.created", "ec2.security_group_rule", RULE, "", None, {}, IRELAND),
        call("CreateSecurityGroup", "ec2", {"groupName": "x"}, {"groupId": GROUP_ID}),
        "probable",
    ),
    (
        "group created",
        group("", None, {}),
        call("CreateSecurityGroup", "ec2", {"groupName": "x"}, {"groupId": GROUP_ID}),
        "exact",
    ),
    ("entry", acl([], [ENTRY]), call("CreateNetworkAclEntry", "ec2", EDIT), "exact"),
    (
        "entry of another number",
        acl([], [ENTRY]),
        call("CreateNetworkAclEntry", "ec2", {**EDIT, "ruleNumber": 91}),
        "none",
    ),
    (
        "one of two entries",
        acl([], [ENTRY, {**ENTRY, "RuleNumber": 91}]),
        call("CreateNetworkAclEntry", "ec2", EDIT),
        "probable",
    ),
    (
        "entry deleted",
        acl([ENTRY], []),
        call(
            "DeleteNetworkAclEntry",
            "ec2",
            {"networkAclId": "acl-1", "ruleNumber": 90, "egress": False},
        ),
        "exact",
    ),
    (
        "list",
        prefixes(["10.0.0.0/8"], ["10.1.0.0/16"]),
        call(
            "ModifyManagedPrefixList",
            "ec2",
            {
                "ModifyManagedPrefixListRequest": {
                    "PrefixListId": "pl-1",
                    "AddEntry": {"Cidr": "10.1.0.0/16"},
                    "RemoveEntry": {"Cidr": "10.0.0.0/8"},
                }
            },
        ),
        "exact",
    ),
    (
        "half of a list",
        prefixes(["10.0.0.0/8"], ["10.1.0.0/16"]),
        call(
            "ModifyManagedPrefixList",
            "ec2",
            {
                "ModifyManagedPrefixListRequest": {
                    "PrefixListId": "pl-1",
                    "AddEntry": {"Cidr": "10.1.0.0/16"},
                }
            },
        ),
        "probable",
    ),
    (
        "block",
        change(
            "vpc.x",
            "ec2.vpc_block_public_access",
            "urn:x",
            "InternetGatewayBlockMode",
            "off",
            "block-ingress",
            IRELAND,
        ),
        call(
            "ModifyVpcBlockPublicAccessOptions",
            "ec2",
            {
                "ModifyVpcBlockPublicAccessOptionsRequest": {
                    "InternetGatewayBlockMode": "block-ingress"
                }
            },
        ),
        "exact",
    ),
]
