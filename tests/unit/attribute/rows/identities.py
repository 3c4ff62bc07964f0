"""Users, groups, roles, policies and providers: calls that make, leave open, or do not make a change."""

from __future__ import annotations

import json

from driftkeeper.domain.types import Change
from tests.unit.attribute.calls import (
    call,
    change,
    iam,
)
from tests.unit.attribute.rows.shared import (
    ADMIN,
    ALLOW_EC2,
    ALLOW_S3,
    ALLOW_S3_AS_WRITTEN,
    GROUP,
    ROLE,
    USER,
    Row,
    user,
)


def attached(path: str) -> Change:
    return user(f"AttachedManagedPolicies/{path}", None, {"PolicyArn": path})


IDENTITIES: list[Row] = [
    (
        "a user",
        user("", None, {"Arn": USER}),
        call("CreateUser", "iam", {"userName": "alice"}),
        "exact",
    ),
    ("of another name", user("", None, {}), call("CreateUser", "iam", {"userName": "bob"}), "none"),
    (
        "of another service",
        user("", None, {}),
        call("CreateUser", "identitystore", {"userName": "alice"}),
        "none",
    ),
    (
        "a user is gone",
        user("", {}, None),
        call("DeleteUser", "iam", {"userName": "alice"}),
        "exact",
    ),
    (
        "nobody deletes what came",
        user("", None, {}),
        call("DeleteUser", "iam", {"userName": "alice"}),
        "none",
    ),
    (
        "recreated",
        user("", "AIDA1", "AIDA2", "iam.user.recreated"),
        call("CreateUser", "iam", {"userName": "alice"}),
        "exact",
    ),
    (
        "renamed",
        user("", iam("user/al"), USER, "iam.user.renamed"),
        call("UpdateUser", "iam", {"userName": "al", "newUserName": "alice"}),
        "exact",
    ),
    (
        "renamed from another",
        user("", iam("user/al"), USER, "iam.user.renamed"),
        call("UpdateUser", "iam", {"userName": "bo", "newUserName": "alice"}),
        "none",
    ),
    (
        "joined a group",
        user("GroupList/ops", None, "ops"),
        call("AddUserToGroup", "iam", {"userName": "alice", "groupName": "ops"}),
        "exact",
    ),
    (
        "joined another group",
        user("GroupList/ops", None, "ops"),
        call("AddUserToGroup", "iam", {"userName": "alice", "groupName": "dev"}),
        "none",
    ),
    (
        "left a group",
        user("GroupList/ops", "ops", None),
        call("RemoveUserFromGroup", "iam", {"userName": "alice", "groupName": "ops"}),
        "exact",
    ),
    (
        "attached",
        attached(ADMIN),
        call("AttachUserPolicy", "iam", {"userName": "alice", "policyArn": ADMIN}),
        "exact",
    ),
    (
        "attached another",
        attached(ADMIN),
        call("AttachUserPolicy", "iam", {"userName": "alice", "policyArn": f"{ADMIN}2"}),
        "none",
    ),
    (
        "inline, written otherwise",
        user("UserPolicyList/p", None, {"PolicyName": "p", "PolicyDocument": ALLOW_S3}),
        call(
            "PutUserPolicy",
            "iam",
            {
                "userName": "alice",
                "policyName": "p",
                "policyDocument": json.dumps(ALLOW_S3_AS_WRITTEN),
            },
        ),
        "exact",
    ),
    (
        "inline, of another content",
        user("UserPolicyList/p/PolicyDocument", ALLOW_EC2, ALLOW_S3),
        call(
            "PutUserPolicy",
            "iam",
            {"userName": "alice", "policyName": "p", "policyDocument": json.dumps(ALLOW_EC2)},
        ),
        "none",
    ),
    (
        "inline, nobody knows what",
        user("UserPolicyList/p/PolicyDocument", ALLOW_EC2, ALLOW_S3),
        call(
            "PutUserPolicy",
            "iam",
            {"userName": "alice", "policyName": "p", "policyDocument": "{broken"},
        ),
        "probable",
    ),
    (
        "boundary",
        user("PermissionsBoundary", None, {"PermissionsBoundaryArn": ADMIN}),
        call(
            "PutUserPermissionsBoundary", "iam", {"userName": "alice", "permissionsBoundary": ADMIN}
        ),
        "exact",
    ),
    (
        "boundary removed",
        user("PermissionsBoundary", {}, None),
        call("DeleteUserPermissionsBoundary", "iam", {"userName": "alice"}),
        "exact",
    ),
    (
        "role",
        change("iam.role.created", "iam.role", ROLE, "", None, {}),
        call("CreateRole", "iam", {"roleName": "application"}),
        "exact",
    ),
    (
        "service-linked role",
        change("iam.role.created", "iam.role", ROLE, "", None, {}),
        call(
            "CreateServiceLinkedRole",
            "iam",
            {"aWSServiceName": "x.amazonaws.com"},
            {"role": {"arn": ROLE, "roleName": "application"}},
        ),
        "exact",
    ),
    (
        "trust",
        change("iam.x", "iam.role", ROLE, "AssumeRolePolicyDocument", ALLOW_EC2, ALLOW_S3),
        call(
            "UpdateAssumeRolePolicy",
            "iam",
            {"roleName": "application", "policyDocument": json.dumps(ALLOW_S3)},
        ),
        "exact",
    ),
    (
        "session",
        change("iam.x", "iam.role", ROLE, "Settings/MaxSessionDuration", 3600, 43200),
        call("UpdateRole", "iam", {"roleName": "application", "maxSessionDuration": 43200}),
        "exact",
    ),
    (
        "group policy",
        change("iam.x", "iam.group", GROUP, f"AttachedManagedPolicies/{ADMIN}", {}, None),
        call("DetachGroupPolicy", "iam", {"groupName": "developers", "policyArn": ADMIN}),
        "exact",
    ),
    (
        "policy version",
        change("iam.x", "iam.policy", iam("policy/p"), "Document", {}, ALLOW_S3),
        call(
            "CreatePolicyVersion",
            "iam",
            {
                "policyArn": iam("policy/p"),
                "setAsDefault": True,
                "policyDocument": json.dumps(ALLOW_S3),
            },
        ),
        "exact",
    ),
    (
        "version not in force",
        change("iam.x", "iam.policy", iam("policy/p"), "Document", {}, ALLOW_S3),
        call(
            "CreatePolicyVersion",
            "iam",
            {
                "policyArn": iam("policy/p"),
                "setAsDefault": False,
                "policyDocument": json.dumps(ALLOW_S3),
            },
        ),
        "none",
    ),
    (
        "version put in force",
        change("iam.x", "iam.policy", iam("policy/p"), "Document", {}, ALLOW_S3),
        call("SetDefaultPolicyVersion", "iam", {"policyArn": iam("policy/p"), "versionId": "v2"}),
        "probable",
    ),
    (
        "password policy",
        change(
            "iam.x",
            "iam.password_policy",
            "urn:x",
            "",
            {"MinimumPasswordLength": 14},
            {"MinimumPasswordLength": 8},
        ),
        call("UpdateAccountPasswordPolicy", "iam", {"minimumPasswordLength": 8}),
        "exact",
    ),
    (
        "password policy of another length",
        change(
            "iam.x",
            "iam.password_policy",
            "urn:x",
            "",
            {"MinimumPasswordLength": 14},
            {"MinimumPasswordLength": 8},
        ),
        call("UpdateAccountPasswordPolicy", "iam", {"minimumPasswordLength": 12}),
        "none",
    ),
    (
        "password policy removed",
        change(
            "iam.x", "iam.password_policy", "urn:x", "", {"Configured": True}, {"Configured": False}
        ),
        call("DeleteAccountPasswordPolicy", "iam"),
        "exact",
    ),
    (
        "provider",
        change("iam.idp.added", "iam.saml_provider", iam("saml-provider/okta"), "", None, {}),
        call("CreateSAMLProvider", "iam", {"name": "okta"}),
        "exact",
    ),
    (
        "client id",
        change(
            "iam.x",
            "iam.oidc_provider",
            iam("oidc-provider/idp.example.com"),
            "Provider/ClientIDList/app",
            None,
            "app",
        ),
        call(
            "AddClientIDToOpenIDConnectProvider",
            "iam",
            {"openIDConnectProviderArn": iam("oidc-provider/idp.example.com"), "clientID": "app"},
        ),
        "exact",
    ),
]
