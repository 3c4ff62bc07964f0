"""Whom each role lets in: other accounts, of the own organisation or from outside, or everyone.

Which accounts are of the organisation is known where its list was read, in whichever account that was;
nothing is assumed where it was not: that hides neither the accounts nor that everyone is let in.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.derive.spec import Fact, NotSeenError, View
from driftkeeper.domain.types import Json
from driftkeeper.semantics.policy import PolicyError, canonical
from driftkeeper.semantics.policy_public import is_public
from driftkeeper.semantics.policy_trust import trusted_accounts, unguarded_accounts

_ROLE, _ACCOUNT = "iam.role", "organizations.account"


def trusted(config: Mapping[str, Json], view: View) -> dict[str, Json]:
    """Return the accounts that may assume a role, and those of them that need no external id.

    `outside` are those that are not of the organisation, None where its accounts are not known.
    """
    try:
        form = canonical(config["AssumeRolePolicyDocument"]) if config else {"Statement": []}
    except PolicyError:
        form = {"Statement": []}
    accounts = sorted(trusted_accounts(form, view.account))
    own = _organisation(view) if accounts else frozenset()
    return {
        "public": is_public(form),
        "accounts": accounts,
        "unguarded": sorted(unguarded_accounts(form, view.account)),
        "outside": None if own is None else [name for name in accounts if name not in own],
    }


def _organisation(view: View) -> frozenset[str] | None:
    if view.never_read(_ACCOUNT):
        return None
    try:
        return frozenset(item["Id"] for item in view.all(_ACCOUNT).values())
    except NotSeenError:
        return None


TRUST = Fact(
    name="iam.trust",
    title="Whom roles let in",
    says="Which other accounts may assume each role, with which external id, and whether everyone may.",
    of=(_ROLE,),
    across=(_ACCOUNT,),
    version=1,
    derive=trusted,
)
