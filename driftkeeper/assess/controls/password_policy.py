"""The account's password policy (item 5 of the request list)."""

from __future__ import annotations

from driftkeeper.assess.spec import Control
from driftkeeper.domain.types import Severity

_POLICY = ("iam.password_policy.*",)

PASSWORD_POLICY = (
    Control(
        name="password-policy-configured",
        title="The account has a password policy of its own",
        criteria=("CC6.1", "CC6.2"),
        severity=Severity.MEDIUM,
        item=5,
        fails_when="The account has no password policy, so AWS's default holds.",
        remediate="Set a password policy for the account.",
        limits=(
            "This does not evidence passwords set before the policy: they stay until they are "
            "changed."
        ),
        refs=("FSBP IAM.7",),
        changes=_POLICY,
    ),
    Control(
        name="password-policy-matches-document",
        title="The password policy is at least as strict as the written one",
        criteria=("CC6.1", "CC6.2"),
        severity=Severity.HIGH,
        item=5,
        fails_when=(
            "A field of the account's password policy is weaker than the documented policy in "
            "force at that time."
        ),
        remediate=(
            "Bring the configured policy up to the document, or have the document changed and "
            "approved."
        ),
        limits=(
            "This does not evidence passwords at an identity provider, which has a policy of its "
            "own."
        ),
        changes=_POLICY,
    ),
    Control(
        name="password-policy-min-length-14",
        title="Passwords have at least 14 characters",
        criteria=("CC6.1",),
        severity=Severity.MEDIUM,
        item=5,
        extended=True,
        fails_when=(
            "The password policy allows passwords shorter than 14 characters, or there is none."
        ),
        remediate="Set the minimum length to 14 or more.",
        limits=(
            "This does not evidence passwords set before the policy: they stay until they are "
            "changed."
        ),
        parameters={"length": 14},
        refs=("CIS 2.8", "FSBP IAM.15"),
        changes=_POLICY,
    ),
    Control(
        name="password-policy-reuse-24",
        title="The last 24 passwords cannot be used again",
        criteria=("CC6.1",),
        severity=Severity.LOW,
        item=5,
        extended=True,
        fails_when="The password policy remembers fewer than 24 passwords, or there is none.",
        remediate="Set the number of remembered passwords to 24.",
        limits="This does not evidence that the same password is not used elsewhere.",
        parameters={"passwords": 24},
        refs=("CIS 2.9", "FSBP IAM.16"),
        changes=_POLICY,
    ),
    Control(
        name="password-policy-complexity",
        title="Passwords mix four sorts of characters",
        criteria=("CC6.1",),
        severity=Severity.LOW,
        item=5,
        extended=True,
        fails_when=(
            "The password policy does not ask for all of upper case, lower case, digits and "
            "symbols, or there is none."
        ),
        remediate="Ask for all four sorts of characters.",
        limits="This does not evidence that passwords are hard to guess.",
        refs=("FSBP IAM.7",),
        changes=_POLICY,
    ),
)
