"""Cases of network ACLs, prefix lists, the block on public access, regions, members, grants, aliases."""

from __future__ import annotations

from tests.cases.answers import ALIAS
from tests.cases.border_answers import (
    GRANT,
    acl,
    entry,
    exclusion,
    member,
    prefix_list,
    region,
    vpc_block,
)
from tests.cases.case import Case, Row

EXCLUSION = "ec2.vpc_block_exclusion"
ACL, LIST, BLOCK = "ec2.network_acl", "ec2.prefix_list", "ec2.vpc_block_public_access"
REGION, MEMBER = "account.region", "organizations.account"
_W, _S, _N = "weakened", "strengthened", "neutral"
_SSH, _WEB = (22, 22), (443, 443)
_OFFICE, _HALVES = "203.0.113.0/25", ("0.0.0.0/1", "128.0.0.0/1")
_MOVED = "Associations/subnet-2"


def _edited(kind: str, direction: str, severity: str) -> tuple[Row, ...]:
    return ((kind, "Entries", direction, severity),)


_OPENED = _edited("nacl.public_ingress_opened", _W, "high")
_CLOSED = _edited("nacl.public_ingress_closed", _S, "high")
_RULES = _edited("nacl.rules_changed", _N, "low")

_ACLS = {
    "an entry lets everyone try SSH": Case(
        ACL,
        acl(),
        acl(entry(90, ports=_SSH)),
        expect=_OPENED,
        near=("nacl.public_ingress_closed", "nacl.rules_changed"),
    ),
    "an entry that let everyone try SSH is gone": Case(
        ACL,
        acl(entry(90, ports=_SSH)),
        acl(),
        expect=_CLOSED,
        near=("nacl.public_ingress_opened", "nacl.rules_changed"),
    ),
    "two entries let in half of the internet each": Case(
        ACL,
        acl(),
        acl(*(entry(n, source=half, ports=_SSH) for n, half in enumerate(_HALVES, 90))),
        expect=_OPENED,
    ),
    "an entry lets everyone of IPv6 try a port of high risk": Case(
        ACL,
        acl(),
        acl(entry(90, source="::/0", ports=(25, 25))),
        expect=_edited("nacl.public_ingress_opened", _W, "medium"),
    ),
    "everything is let in but SSH, and now SSH too": Case(
        ACL,
        acl(entry(90, "deny", ports=_SSH), entry(100)),
        acl(entry(100)),
        expect=_OPENED,
    ),
    "SSH is denied before everything is let in": Case(
        ACL,
        acl(entry(100)),
        acl(entry(90, "deny", ports=_SSH), entry(100)),
        expect=_CLOSED,
    ),
    "SSH is denied after everything is let in, which denies nothing": Case(
        ACL,
        acl(entry(100)),
        acl(entry(100), entry(110, "deny", ports=_SSH)),
        expect=_RULES,
        near=("nacl.public_ingress_closed",),
    ),
    "one port is opened as another is closed": Case(
        ACL,
        acl(entry(90, ports=_SSH)),
        acl(entry(90, ports=(25, 25))),
        expect=(
            ("nacl.public_ingress_opened", "Entries", _W, "medium"),
            ("nacl.public_ingress_closed", "Entries", _S, "high"),
        ),
        near=("nacl.rules_changed",),
    ),
    "an office is let in to SSH, and everyone to the web": Case(
        ACL,
        acl(),
        acl(entry(90, source=_OFFICE, ports=_SSH), entry(100, ports=_WEB)),
        expect=_RULES,
        near=("nacl.public_ingress_opened",),
    ),
    "everyone may be reached from inside": Case(
        ACL,
        acl(),
        acl(entry(100, Egress=True)),
        expect=_RULES,
        near=("nacl.public_ingress_opened",),
    ),
    "a network ACL is created": Case(
        ACL,
        None,
        acl(entry(100)),
        expect=(("nacl.created", "", _N, "low"),),
        near=("nacl.deleted", "nacl.subnet_reassociated"),
    ),
    "a network ACL is deleted": Case(
        ACL,
        acl(),
        None,
        expect=(("nacl.deleted", "", _N, "low"),),
        near=("nacl.created",),
    ),
    "a subnet moves to an ACL that lets in everyone": Case(
        ACL,
        [acl(subnets=("subnet-1", "subnet-2")), acl(entry(100), name="acl-2", subnets=())],
        [acl(), acl(entry(100), name="acl-2", subnets=("subnet-2",))],
        expect=(
            ("nacl.subnet_reassociated", _MOVED, _N, "medium"),
            ("nacl.subnet_reassociated", _MOVED, _W, "medium"),
        ),
    ),
    "a subnet moves to an ACL that lets in nobody": Case(
        ACL,
        [acl(entry(100), subnets=("subnet-1", "subnet-2")), acl(name="acl-2", subnets=())],
        [acl(entry(100)), acl(name="acl-2", subnets=("subnet-2",))],
        expect=(
            ("nacl.subnet_reassociated", _MOVED, _N, "medium"),
            ("nacl.subnet_reassociated", _MOVED, _S, "medium"),
        ),
    ),
    "a subnet moves to an ACL that was made for it": Case(
        ACL,
        acl(entry(100), subnets=("subnet-1", "subnet-2")),
        [acl(entry(100)), acl(name="acl-2", subnets=("subnet-2",))],
        expect=(
            ("nacl.subnet_reassociated", _MOVED, _S, "medium"),
            ("nacl.created", "", _N, "low"),
        ),
    ),
    "a subnet moves from an ACL that is gone": Case(
        ACL,
        [acl(), acl(name="acl-2", subnets=("subnet-2",))],
        acl(subnets=("subnet-1", "subnet-2")),
        expect=(
            ("nacl.subnet_reassociated", _MOVED, _N, "medium"),
            ("nacl.deleted", "", _N, "low"),
        ),
    ),
    "a subnet is made": Case(
        ACL,
        acl(),
        acl(subnets=("subnet-1", "subnet-2")),
        expect=(("resource.attribute_changed", _MOVED, _N, "info"),),
        near=("nacl.subnet_reassociated",),
    ),
}

_LISTS = {
    "a prefix list gains an office": Case(
        LIST,
        prefix_list("10.1.0.0/16"),
        prefix_list("10.1.0.0/16", _OFFICE),
        expect=_edited("prefix_list.changed", _N, "low"),
        near=("prefix_list.public_cidr_added",),
    ),
    "an entry of a prefix list is described otherwise": Case(
        LIST,
        prefix_list("10.1.0.0/16"),
        prefix_list(Entries=[{"Cidr": "10.1.0.0/16", "Description": "headquarters"}]),
        expect=_edited("prefix_list.changed", _N, "low"),
    ),
    "a prefix list gains the other half of the internet": Case(
        LIST,
        prefix_list("8.8.8.8/32"),
        prefix_list(*_HALVES),
        expect=_edited("prefix_list.public_cidr_added", _W, "high"),
        near=("prefix_list.public_cidr_removed", "prefix_list.changed"),
    ),
    "a prefix list no longer holds the internet": Case(
        LIST,
        prefix_list("10.1.0.0/16", "0.0.0.0/0"),
        prefix_list("10.1.0.0/16"),
        expect=_edited("prefix_list.public_cidr_removed", _S, "high"),
        near=("prefix_list.public_cidr_added", "prefix_list.changed"),
    ),
    "a prefix list holds the internet of one family instead of the other": Case(
        LIST,
        prefix_list("0.0.0.0/0"),
        prefix_list("::/0"),
        expect=(
            ("prefix_list.public_cidr_added", "Entries", _W, "high"),
            ("prefix_list.public_cidr_removed", "Entries", _S, "high"),
        ),
    ),
    "a rule begins to refer to a prefix list that holds the internet": Case(
        LIST,
        prefix_list("0.0.0.0/0"),
        prefix_list("0.0.0.0/0"),
        expect=(
            ("resource.first_observed", "Entries", _N, "info"),
            ("prefix_list.public_cidr_added", "Entries", _W, "high"),
        ),
        unseen=("Entries",),
    ),
    "a prefix list is created": Case(
        LIST,
        None,
        prefix_list("10.1.0.0/16"),
        expect=(("prefix_list.created", "", _N, "low"),),
        near=("prefix_list.deleted", "prefix_list.public_cidr_added"),
    ),
    "AWS has a new prefix list of its own": Case(
        LIST,
        None,
        prefix_list(OwnerId="AWS"),
        expect=(("prefix_list.created", "", _N, "info"),),
    ),
    "a prefix list is deleted": Case(
        LIST,
        prefix_list("10.1.0.0/16"),
        None,
        expect=(("prefix_list.deleted", "", _N, "low"),),
        near=("prefix_list.created", "prefix_list.public_cidr_removed"),
    ),
}

_MODE = "InternetGatewayBlockMode"

_ACCOUNTS = {
    "a network is excluded from the block": Case(
        EXCLUSION,
        None,
        exclusion(),
        expect=(("vpc.block_public_access_weakened", "", _W, "high"),),
        near=("vpc.block_public_access_strengthened", "vpc.block_public_access_exclusion_widened"),
    ),
    "an exclusion goes": Case(
        EXCLUSION,
        exclusion(),
        None,
        expect=(("vpc.block_public_access_strengthened", "", _S, "high"),),
        near=("vpc.block_public_access_weakened", "vpc.block_public_access_exclusion_narrowed"),
    ),
    "an exclusion lets in, too": Case(
        EXCLUSION,
        exclusion(),
        exclusion("allow-bidirectional"),
        expect=(
            (
                "vpc.block_public_access_exclusion_widened",
                "InternetGatewayExclusionMode",
                _W,
                "high",
            ),
        ),
        near=("vpc.block_public_access_exclusion_narrowed", "vpc.block_public_access_weakened"),
    ),
    "an exclusion lets out only": Case(
        EXCLUSION,
        exclusion("allow-bidirectional"),
        exclusion(),
        expect=(
            (
                "vpc.block_public_access_exclusion_narrowed",
                "InternetGatewayExclusionMode",
                _S,
                "high",
            ),
        ),
        near=("vpc.block_public_access_exclusion_widened", "vpc.block_public_access_strengthened"),
    ),
    "networks are no longer kept from the internet": Case(
        BLOCK,
        vpc_block(),
        vpc_block("off"),
        expect=(("vpc.block_public_access_weakened", _MODE, _W, "high"),),
        near=("vpc.block_public_access_strengthened", "vpc.block_public_access_manager_changed"),
    ),
    "networks are kept from the internet in both directions": Case(
        BLOCK,
        vpc_block(),
        vpc_block("block-bidirectional"),
        expect=(("vpc.block_public_access_strengthened", _MODE, _S, "high"),),
        near=("vpc.block_public_access_weakened",),
    ),
    "networks may be excluded from the block": Case(
        BLOCK,
        vpc_block(),
        vpc_block(ExclusionsAllowed="allowed"),
        expect=(("vpc.block_public_access_weakened", "ExclusionsAllowed", _W, "high"),),
    ),
    "the block is managed by somebody else": Case(
        BLOCK,
        vpc_block(),
        vpc_block(ManagedBy="declarative-policy"),
        expect=(("vpc.block_public_access_manager_changed", "ManagedBy", _N, "medium"),),
        near=("vpc.block_public_access_weakened", "vpc.block_public_access_strengthened"),
    ),
    "a region is switched on": Case(
        REGION,
        region(),
        region("opted-in"),
        expect=(("account.region_enabled", "OptInStatus", _W, "medium"),),
        near=("account.region_disabled",),
    ),
    "a region is switched off": Case(
        REGION,
        region("opted-in"),
        region(),
        expect=(("account.region_disabled", "OptInStatus", _N, "low"),),
        near=("account.region_enabled",),
    ),
    "AWS has a new region, which is off": Case(
        REGION,
        None,
        region(),
        expect=(("account.region_listed", "", _N, "info"),),
        near=("account.region_enabled",),
    ),
    "AWS has a new region, which is on": Case(
        REGION,
        None,
        region("opt-in-not-required"),
        expect=(
            ("account.region_listed", "", _N, "info"),
            ("account.region_enabled", "OptInStatus", _W, "medium"),
        ),
    ),
    "a region that is on need not be switched on any more": Case(
        REGION,
        region("opted-in"),
        region("opt-in-not-required"),
        expect=(("resource.attribute_changed", "OptInStatus", _N, "info"),),
        near=("account.region_enabled", "account.region_disabled", "account.region_listed"),
    ),
    "an account joins the organisation": Case(
        MEMBER,
        None,
        member(),
        expect=(("account.joined", "", _N, "medium"),),
        near=("account.left", "account.renamed"),
    ),
    "an account leaves the organisation": Case(
        MEMBER,
        member(),
        None,
        expect=(("account.left", "", _N, "medium"),),
        near=("account.joined", "account.state_changed"),
    ),
    "an account is suspended": Case(
        MEMBER,
        member(),
        member(State="SUSPENDED"),
        expect=(("account.state_changed", "State", _N, "medium"),),
        near=("account.left", "account.moved"),
    ),
    "an account moves to another unit": Case(
        MEMBER,
        member(),
        member(Paths=["o-1/r-1/ou-2/"]),
        expect=(("account.moved", "Paths", _N, "medium"),),
        near=("account.state_changed",),
    ),
    "root of an account has another address, and the account another name": Case(
        MEMBER,
        member(),
        member(Email="data@example.com", Name="data"),
        expect=(
            ("account.email_changed", "Email", _N, "medium"),
            ("account.renamed", "Name", _N, "info"),
        ),
        near=("account.moved",),
    ),
    "AWS begins to say where an account lies": Case(
        MEMBER,
        {name: value for name, value in member().items() if name != "Paths"},
        member(),
        expect=(("resource.attribute_changed", "Paths", _N, "info"),),
        near=("account.moved", "account.email_changed"),
    ),
}

_KEYS = {
    "a grant lets in another account": Case(
        "kms.grant",
        None,
        GRANT,
        expect=(("kms.external_principal_added", "", _W, "high"),),
        near=("kms.external_principal_removed",),
    ),
    "a grant to another account is gone": Case(
        "kms.grant",
        GRANT,
        None,
        expect=(("kms.external_principal_removed", "", _S, "high"),),
        near=("kms.external_principal_added",),
    ),
    "an alias is made, of whatever key": Case(
        "kms.alias",
        None,
        ALIAS,
        expect=(("kms.alias_created", "", _N, "info"),),
        near=("kms.alias_deleted", "kms.alias_retargeted"),
    ),
    "an alias is removed, of whatever key": Case(
        "kms.alias",
        ALIAS,
        None,
        expect=(("kms.alias_deleted", "", _N, "info"),),
        near=("kms.alias_created",),
    ),
}

CASES = {**_ACLS, **_LISTS, **_ACCOUNTS, **_KEYS}
