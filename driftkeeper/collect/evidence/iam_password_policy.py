"""The account's password policy for IAM users (evidence item 5).

None set means that AWS's default holds, which is an answer and not a failure. The default is stronger
than a policy of one's own that asks for nothing. Fields that AWS leaves out have the value they stand
for, so that the same policy always reads the same.
"""

from __future__ import annotations

from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.spec import Call, EvidenceType, Item, Reach

_CLASSES = (
    "RequireUppercaseCharacters",
    "RequireLowercaseCharacters",
    "RequireNumbers",
    "RequireSymbols",
)
_LEFT_OUT: Item = {
    "MinimumPasswordLength": 6,
    **dict.fromkeys(_CLASSES, False),
    "AllowUsersToChangePassword": False,
    "HardExpiry": False,
}
_DEFAULT: Item = {
    **_LEFT_OUT,
    "Configured": False,
    "MinimumPasswordLength": 8,
    # Any three of upper case, lower case, digits and symbols.
    "MinimumCharacterClasses": 3,
    "ExpirePasswords": False,
    "MaxPasswordAge": 0,
    "PasswordReusePrevention": 0,
}


def _effective(item: Item) -> Item:
    if item.get("Configured") is False:
        return item
    policy = {**_LEFT_OUT, **item}
    age = policy.get("MaxPasswordAge") or 0
    return {
        **policy,
        "Configured": True,
        "MinimumCharacterClasses": sum(policy[name] is True for name in _CLASSES),
        "ExpirePasswords": age > 0,
        "MaxPasswordAge": age,
        "PasswordReusePrevention": policy.get("PasswordReusePrevention") or 0,
    }


PASSWORD_POLICY = EvidenceType(
    name="iam.password_policy",
    title="IAM password policy",
    says="How long, complex and old passwords of IAM users may be; AWS's default where none is set.",
    item=5,
    reach=Reach.ACCOUNT,
    listing=Call(
        "iam",
        "get_account_password_policy",
        items="PasswordPolicy",
        absent_on={"NoSuchEntity": _DEFAULT},
        always=("MinimumPasswordLength",),
    ),
    key="urn:driftkeeper:{account}:iam:password-policy",
    tidy=_effective,
    criteria=("CC6.1", "CC6.2"),
    limits=(
        "It holds for passwords of IAM users only, set or changed while it is in force: not for root, and"
        " not for people who sign in through a federation or IAM Identity Center. Where none is set, the"
        " default is written down as AWS documents it, and not asked for."
    ),
    made=Made(fields=plain("Configured", "MinimumCharacterClasses")),
)
