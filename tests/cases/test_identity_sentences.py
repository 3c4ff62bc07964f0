"""What is said of roles, policies and the like has the values in it that people ask for first."""

from __future__ import annotations

import pytest

from tests.cases.case import told
from tests.cases.listed import CASES as LISTED
from tests.cases.policies import CASES as POLICIES
from tests.cases.roles import CASES as ROLES

CASES = {**ROLES, **POLICIES, **LISTED}
SAID = {
    "a role trusts another account": [
        (
            "the trust policy of role deploy allows more than before:"
            " now also allow sts:AssumeRole to account 999988887777"
        ),
        "the trust policy of role deploy lets in another account: 999988887777",
    ],
    "a role trusts everyone": [
        (
            "the trust policy of role deploy allows more than before:"
            " now also allow sts:AssumeRole to everyone"
        ),
        "the trust policy of role deploy lets in everyone: allow sts:AssumeRole to everyone",
    ],
    "another account need not send an external id any more": [
        (
            "the trust policy of role deploy allows more than before: allow sts:AssumeRole"
            " to account 999988887777, no longer only if sts:ExternalId is 4711"
        ),
        "role deploy can be assumed by another account without an external id: 999988887777",
    ],
    "another account must send an external id": [
        (
            "the trust policy of role deploy allows less than before: allow sts:AssumeRole"
            " to account 999988887777, now only if sts:ExternalId is 4711"
        ),
        "role deploy asks another account for an external id: 999988887777",
    ],
    "a role that is trusted was deleted": [
        (
            "a user or role that the trust policy of role deploy names was deleted:"
            " AROAEXAMPLE stands in its place"
        )
    ],
    "a session may last longer": [
        "a session of role deploy may last 43200 seconds instead of 3600"
    ],
    "a boundary of a role is removed": ["the permissions boundary of role deploy was removed"],
    "the administrator's policy is detached from a group": [
        "the policy arn:aws:iam::aws:policy/AdministratorAccess was detached from group developers",
        "group developers is no administrator any more",
    ],
    "an inline policy of a role is widened": [
        (
            "the inline policy inline of role deploy was changed:"
            " allow s3:GetObject, s3:ListBucket on *, now also s3:PutObject"
        )
    ],
    "a policy allows all of a service": [
        (
            "the policy deploy allows more than before:"
            " allow s3:* on *, in place of s3:GetObject, s3:ListBucket"
        ),
        "the policy deploy allows all that a service can do, on everything: s3:*",
    ],
    "a policy that allowed everything allows all of a service": [
        "the policy deploy allows less than before: allow s3:* on *, in place of *",
        "the policy deploy no longer allows all that a service can do, on everything: *",
    ],
    "passwords may be shorter, and need a digit": [
        (
            "the password policy is weaker: MinimumPasswordLength from 14 to 8,"
            " MinimumCharacterClasses from 1 to 2, RequireNumbers from off to on"
        )
    ],
    "passwords never expire": ["the password policy is weaker: MaxPasswordAge from 90 to 0"],
    "root's virtual MFA takes the place of hardware": [
        "the MFA of the root user is virtual now, and was hardware_or_fido",
    ],
    "root has an active access key, which the report tells": [
        "what is counted of the root user moved: access keys 0 to 1",
        "what is counted of the root user moved: active access keys 0 to 1",
    ],
    "root has another virtual device": [
        (
            "the MFA devices of the root user are others than before:"
            " arn:aws:iam::111122223333:mfa/phone is new"
        ),
        (
            "the MFA devices of the root user are others than before:"
            " arn:aws:iam::111122223333:mfa/root is gone"
        ),
    ],
    "an MFA device is nobody's": [
        (
            "MFA device alice has another owner:"
            " nobody, and before arn:aws:iam::111122223333:user/alice"
        )
    ],
    "an access key is listed": ["access key AKIAALICE of user alice exists now, Active"],
    "an OIDC provider has another thumbprint": [
        (
            "the OpenID Connect provider token.actions.githubusercontent.com was changed:"
            " Provider/ThumbprintList/990f from nothing to 990f"
        )
    ],
}


@pytest.mark.parametrize(("case", "sentences"), SAID.items(), ids=list(SAID))
def test_it_is_said_so(case: str, sentences: list[str]) -> None:
    said = [change.says for change in told(CASES[case]) if not change.kind.startswith("resource.")]

    assert said == sentences
