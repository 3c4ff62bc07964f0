"""How people and programs come into an account: the alias in its sign-in links, and the tokens of STS."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, replaced
from driftkeeper.domain.types import Direction, Severity

SIGN_IN = (
    ChangeKind(
        name="account.alias_changed",
        evidence="account.alias",
        path="AccountAliases",
        whole=True,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.1",),
        says="the alias in the sign-in links of the account is {after} now, and was {before}",
        trigger="The account got an alias, gave it up, or has another one than before",
        means=(
            "Old sign-in links lead nowhere, or to another account: an alias that is given up can be"
            " taken by anybody, who may then ask your people for their passwords."
        ),
        advice="Ask who changed it, correct bookmarks and documents, and warn whoever used the old link.",
    ),
    ChangeKind(
        name="iam.sts_token_version_changed",
        evidence="iam.account_summary",
        path="GlobalEndpointTokenVersion",
        when=replaced,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.1",),
        says="tokens of the global endpoint of STS have version {after} now, and had {before}",
        trigger="GlobalEndpointTokenVersion went between 1 and 2",
        means=(
            "Tokens of version 1 are refused in regions that had to be switched on, those of version 2"
            " are good in all."
        ),
        advice=(
            "Ask which program needed it, for the regional endpoints of STS do without; check that no"
            " region is open that nobody watches."
        ),
    ),
)
