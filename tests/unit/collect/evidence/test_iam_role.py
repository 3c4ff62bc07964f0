"""IAM roles and groups: one sweep, and for roles what it lacks."""

from __future__ import annotations

import pytest

from driftkeeper.collect.evidence.iam_group import GROUP
from driftkeeper.collect.evidence.iam_role import ROLE
from driftkeeper.domain.types import Cause, Outcome
from tests.aws import NOW, Error
from tests.unit.collect.evidence.iam_account import (
    BORN,
    IAM,
    READ,
    RESPELLED,
    account,
    attached,
    by_name,
    document,
    listed,
    role,
    see,
    without,
)

PROFILE = {
    "Path": "/",
    "InstanceProfileName": "web",
    "InstanceProfileId": "AIPA0000000000000000",
    "Arn": f"{IAM}:instance-profile/web",
    "CreateDate": BORN,
    "Roles": [],
}


def _group(**more: object) -> dict[str, object]:
    return {
        "GroupName": "ops",
        "GroupId": "AGPAOPS0000000000000",
        "Arn": f"{IAM}:group/ops",
        "Path": "/",
        "CreateDate": BORN,
        "GroupPolicyList": [{"PolicyName": "inline", "PolicyDocument": document(READ)}],
        "AttachedManagedPolicies": attached("arn:aws:iam::aws:policy/A", f"{IAM}:policy/b"),
        **more,
    }


class TestRoles:
    def test_a_role_has_its_trust_its_settings_and_its_profiles(self):
        web = role("web", InstanceProfileList=[PROFILE], Tags=[{"Key": "team", "Value": "a"}])
        (body,) = see(
            ROLE,
            account(roles=[web], ListRoles={"Roles": [listed(web, Description="servers")]}),
        ).bodies
        assert (body.key, body.uid) == (f"{IAM}:role/web", "AROAWEB0000000000000")
        assert body.config["Settings"] == {"Description": "servers", "MaxSessionDuration": 3600}
        assert body.config["InstanceProfileList"] == [f"{IAM}:instance-profile/web"]
        assert body.config["AssumeRolePolicyDocument"]["Statement"][0]["Action"] == ["s3:get*"]
        assert body.observed["AssumeRolePolicyDocument"] == READ

    def test_the_longest_session_is_configuration(self):
        web = role("web")
        short, long = (
            see(ROLE, account(roles=[web], ListRoles={"Roles": [listed(web, **more)]}))
            for more in ({}, {"MaxSessionDuration": 43200})
        )
        assert short.bodies[0].digest != long.bodies[0].digest

    def test_last_use_and_another_spelling_of_the_trust_are_none(self):
        used = {"LastUsedDate": NOW, "Region": "eu-west-1"}
        ours = see(ROLE, account(roles=[role("web")])).bodies[0]
        again = role("web", RoleLastUsed=used, AssumeRolePolicyDocument=document(RESPELLED))
        theirs = see(ROLE, account(roles=[again])).bodies[0]
        assert ours.digest == theirs.digest
        assert theirs.observed["RoleLastUsed"]["Region"] == "eu-west-1"

    def test_roles_of_all_pages_have_the_settings_of_all_pages(self):
        roles = [role(f"role{n}") for n in range(5)]
        found = by_name(see(ROLE, account(roles=roles)))
        assert [*found] == [f"role{n}" for n in range(5)]
        assert all(body.config["Settings"] for body in found.values())

    def test_a_role_deleted_between_both_listings_is_gone_and_has_not_lost_its_settings(self):
        web, gone = role("web"), role("gone")
        sight = see(ROLE, account(roles=[web, gone], ListRoles={"Roles": [listed(web)]}))
        assert [*by_name(sight)] == ["web"]
        assert sight.coverage.outcome is Outcome.COMPLETE

    def test_a_second_listing_of_no_role_at_all_is_none_and_no_role_is_gone_by_it(self):
        sight = see(ROLE, account(roles=[role("web")], ListRoles={"Roles": []}))
        assert (sight.coverage.outcome, sight.coverage.code) == (
            Outcome.PARTIAL,
            "MalformedAnswer",
        )
        assert [body.unseen for body in sight.bodies] == [("Settings",)]
        assert see(ROLE, account()).coverage.outcome is Outcome.COMPLETE

    def test_without_the_second_listing_only_the_settings_are_unseen(self):
        denied = Error("AccessDenied", status=403)
        sight = see(ROLE, account(roles=[role("web")], ListRoles=denied))
        assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.PARTIAL, Cause.DENIED)
        assert sight.bodies[0].unseen == ("Settings",)
        assert "Settings" not in sight.bodies[0].config

    def test_a_list_that_is_left_out_is_an_empty_one(self):
        (left_out,) = see(ROLE, account(roles=[role("web")])).bodies
        empty = role("web", RolePolicyList=[], Tags=[], InstanceProfileList=[])
        (said,) = see(ROLE, account(roles=[empty])).bodies
        assert left_out.config["RolePolicyList"] == left_out.config["Tags"] == []
        assert left_out.config["PermissionsBoundary"] is None
        assert left_out.digest == said.digest

    def test_both_listings_are_asked_once(self):
        script = account(roles=[role("web")])
        see(ROLE, script)
        names = [name for _, name, _ in script.asked]
        assert names == ["iam.GetAccountAuthorizationDetails", "iam.ListRoles"]
        assert script.asked_for("iam.ListRoles") == [{"MaxItems": 1000}]

    @pytest.mark.parametrize("lost", ["RoleId", "AssumeRolePolicyDocument"])
    def test_a_role_without_what_aws_always_gives_is_malformed(self, lost: str):
        script = without(account(roles=[role("web")]), "RoleDetailList", lost)
        coverage = see(ROLE, script).coverage
        assert (coverage.outcome, coverage.code) == (Outcome.MISSED, "MalformedAnswer")


class TestGroups:
    def test_a_group_has_its_policies(self):
        (body,) = see(GROUP, account(groups=[_group()])).bodies
        assert (body.key, body.uid) == (f"{IAM}:group/ops", "AGPAOPS0000000000000")
        assert {p["PolicyName"] for p in body.config["AttachedManagedPolicies"]} == {"A", "b"}
        assert body.observed["GroupPolicyList"] == {"inline": {"PolicyDocument": READ}}

    def test_the_order_of_policies_means_nothing(self):
        turned = attached(f"{IAM}:policy/b", "arn:aws:iam::aws:policy/A")
        ours = see(GROUP, account(groups=[_group()])).bodies[0]
        theirs = see(GROUP, account(groups=[_group(AttachedManagedPolicies=turned)])).bodies[0]
        assert ours.digest == theirs.digest

    def test_no_list_of_inline_policies_is_an_empty_one(self):
        ops = _group()
        del ops["GroupPolicyList"]
        assert see(GROUP, account(groups=[ops])).bodies[0].config["GroupPolicyList"] == []

    def test_no_groups_are_seen_as_none(self):
        sight = see(GROUP, account())
        assert (sight.bodies, sight.coverage.outcome) == ((), Outcome.COMPLETE)

    def test_an_answer_without_the_list_of_groups_is_malformed(self):
        sight = see(GROUP, account(GetAccountAuthorizationDetails={"UserDetailList": []}))
        assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")
