"""What policies allow, and to whom (item 2 of the request list)."""

from __future__ import annotations

from driftkeeper.assess.spec import Control
from driftkeeper.domain.types import Severity

_PRINCIPAL = (
    "iam.user.created",
    "iam.user.deleted",
    "iam.user.recreated",
    "iam.group.created",
    "iam.group.deleted",
    "iam.role.created",
    "iam.role.deleted",
    "iam.role.recreated",
)
_GRANTS = ("iam.policy_attached", "iam.policy_detached", "iam.boundary_*", "iam.group.membership_*")
_POLICY = (
    "iam.policy.created",
    "iam.policy.deleted",
    "iam.policy.default_version_changed",
    "iam.policy.permissions_*",
    "iam.policy.wildcard_*",
    "iam.inline_policy_*",
)

LEAST_PRIVILEGE = (
    Control(
        name="iam-no-unjustified-admin",
        title="Every administrator is justified",
        criteria=("CC6.3",),
        severity=Severity.HIGH,
        item=2,
        fails_when=(
            "A user, group or role that is not linked to a service is effectively an "
            "administrator, and nobody justified it."
        ),
        remediate="Grant only what the work needs, or record who needs it, why and until when.",
        limits=(
            "This does not evidence what service control policies, session policies or resources "
            "deny."
        ),
        changes=(*_PRINCIPAL, *_GRANTS, *_POLICY, "iam.policy.aws_managed_updated", "iam.admin_*"),
    ),
    Control(
        name="iam-no-wildcard-policy",
        title="No policy of yours allows everything on everything",
        criteria=("CC6.3",),
        severity=Severity.HIGH,
        item=2,
        fails_when=(
            "A customer policy that is attached somewhere, or an inline policy, allows every "
            "action on every resource."
        ),
        remediate="Write out the actions and resources that are needed.",
        limits=(
            "This does not evidence AWS's own policies, such as AdministratorAccess, nor what "
            "many narrow policies allow together."
        ),
        refs=("CIS 2.14", "FSBP IAM.1"),
        changes=(*_POLICY, "iam.policy_attached", "iam.policy_detached"),
    ),
    Control(
        name="iam-no-service-wildcard",
        title="No policy of yours allows all of a sensitive service",
        criteria=("CC6.3",),
        severity=Severity.MEDIUM,
        item=2,
        fails_when=(
            "A customer or inline policy allows every action of a sensitive service on every "
            "resource."
        ),
        remediate="Write out the actions and resources that are needed.",
        limits="This does not evidence services that are not on the list of sensitive ones.",
        parameters={
            "sensitive_services": [
                "cloudtrail",
                "ec2",
                "guardduty",
                "iam",
                "kms",
                "lambda",
                "organizations",
                "s3",
                "secretsmanager",
                "sts",
            ]
        },
        refs=("FSBP IAM.21",),
        changes=_POLICY,
    ),
    Control(
        name="iam-no-privilege-escalation",
        title="Nobody can become an administrator by a detour",
        criteria=("CC6.3",),
        severity=Severity.MEDIUM,
        item=2,
        extended=True,
        fails_when=(
            "A user, group or role that is no administrator may do, on everything, what makes an "
            "administrator."
        ),
        remediate="Restrict the actions to named resources, or take them away.",
        limits=(
            "This does not evidence detours that lead through resources, such as code that a role "
            "runs."
        ),
        changes=(
            *_PRINCIPAL,
            *_GRANTS,
            *_POLICY,
            "iam.policy.aws_managed_updated",
            "iam.privilege_escalation_*",
        ),
    ),
    Control(
        name="iam-role-unused-90",
        title="Roles were used within 90 days",
        criteria=("CC6.3",),
        severity=Severity.LOW,
        item=2,
        extended=True,
        fails_when=(
            "A role that is not linked to a service is at least 90 days old and was not used in "
            "the last 90 days."
        ),
        remediate="Delete the role, or record why it must stay.",
        limits="This does not evidence that a used role needs all that it may do.",
        parameters={"days": 90},
        changes=("iam.role.created", "iam.role.deleted", "iam.role.recreated"),
    ),
    Control(
        name="iam-kms-decrypt-all",
        title="No policy of yours allows decryption with every key",
        criteria=("CC6.7",),
        severity=Severity.MEDIUM,
        item=2,
        extended=True,
        fails_when=(
            "A customer or inline policy allows kms:Decrypt or kms:ReEncryptFrom on every key."
        ),
        remediate="Name the keys in the policy.",
        limits="This does not evidence what key policies and grants allow.",
        refs=("FSBP KMS.1", "FSBP KMS.2"),
        changes=_POLICY,
    ),
)
