"""Cases of `s3.account_pab`, of what no kind claims, and of scopes."""

from __future__ import annotations

from tests.cases.answers import ACCOUNT, NO_PAB, credential, pab, trail, user
from tests.cases.case import Case

PAB = "s3.account_pab"
TRAIL = "cloudtrail.trail"
_W, _S, _N = "weakened", "strengthened", "neutral"
_WEAKENED = ("s3.account_public_access_block_weakened", "", _W, "critical")
_STRENGTHENED = ("s3.account_public_access_block_strengthened", "", _S, "info")
_BOB = {"user": "bob", "arn": f"arn:aws:iam::{ACCOUNT}:user/bob"}

CASES = {
    "one switch of the account is turned off": Case(
        PAB,
        pab(),
        pab(BlockPublicPolicy=False),
        expect=(_WEAKENED,),
        near=("s3.account_public_access_block_strengthened",),
    ),
    "one switch of the account is turned on": Case(
        PAB,
        pab(BlockPublicPolicy=False),
        pab(),
        expect=(_STRENGTHENED,),
        near=("s3.account_public_access_block_weakened",),
    ),
    "one switch is turned on and another off": Case(
        PAB,
        pab(BlockPublicPolicy=False),
        pab(BlockPublicAcls=False),
        expect=(_WEAKENED,),
        near=("s3.account_public_access_block_strengthened",),
    ),
    "the block is taken away": Case(PAB, pab(), NO_PAB, expect=(_WEAKENED,)),
    "a block is set": Case(PAB, NO_PAB, pab(), expect=(_STRENGTHENED,)),
    "a block without effect is taken away": Case(
        PAB,
        pab(**dict.fromkeys(pab(), False)),
        NO_PAB,
        expect=(("resource.attribute_changed", "Configured", _N, "info"),),
        near=("s3.account_public_access_block_weakened", "resource.first_observed"),
    ),
    # ---- what no kind claims
    "a user appears in the report": Case(
        "iam.credential",
        None,
        credential(),
        expect=(("resource.created", "", _N, "info"),),
        near=("resource.deleted",),
    ),
    "a user is gone from the report": Case(
        "iam.credential",
        credential(),
        None,
        expect=(("resource.deleted", "", _N, "info"),),
        near=("resource.created",),
    ),
    "a user is renamed, and so in the report": Case(
        "iam.credential",
        credential(),
        credential(**_BOB),
        expect=(("resource.renamed", "", _N, "low"),),
        near=("resource.created", "resource.deleted", "resource.attribute_changed"),
    ),
    "two users of one second come and go: which is which is not known": Case(
        "iam.credential",
        [credential(), credential(user="carol", arn=f"arn:aws:iam::{ACCOUNT}:user/carol")],
        credential(**_BOB),
        expect=(
            ("resource.deleted", "", _N, "info"),
            ("resource.created", "", _N, "info"),
            ("resource.deleted", "", _N, "info"),
        ),
        near=("resource.renamed",),
    ),
    "a row of the report is of another user by the same name": Case(
        "iam.credential",
        credential(),
        credential(user_creation_time="2026-03-01T10:00:00Z"),
        expect=(("resource.recreated", "", _N, "medium"),),
        near=("resource.renamed", "resource.attribute_changed"),
    ),
    "a user with an unchanging id has another tag": Case(
        "iam.user",
        user(),
        user({"Tags": []}),
        expect=(
            ("resource.attribute_changed", "Tags/cost", _N, "info"),
            ("resource.attribute_changed", "Tags/team", _N, "info"),
        ),
        near=("resource.recreated",),
    ),
    "insights are seen for the first time": Case(
        TRAIL,
        trail(),
        trail(),
        expect=(("resource.first_observed", "Insights", _N, "info"),),
        unseen=("Insights",),
    ),
    # ---- scopes
    "a scope is listed for the first time": Case(
        TRAIL,
        None,
        trail(),
        expect=(("collection.baseline_established", "", _N, "info"),),
        near=("cloudtrail.trail_created",),
        baseline=True,
    ),
    "nobody looked for three days": Case(
        TRAIL,
        trail(),
        trail(),
        expect=(("collection.gap", "", _W, "medium"),),
        near=("collection.scope_lost",),
        late=True,
    ),
    "a scope is listed as before": Case(
        TRAIL,
        trail(),
        trail(),
        near=(
            "collection.baseline_established",
            "collection.gap",
            "collection.scope_lost",
            "collection.scope_restored",
        ),
    ),
    "a scope is lost": Case(
        TRAIL,
        trail(),
        trail(),
        expect=(("collection.scope_lost", "", _W, "high"),),
        near=("cloudtrail.trail_deleted",),
        lost=True,
    ),
    "a scope is restored, and a trail is gone from it": Case(
        TRAIL,
        trail(),
        None,
        expect=(
            ("collection.scope_restored", "", _S, "info"),
            ("cloudtrail.trail_deleted", "", _W, "critical"),
        ),
        restored=True,
    ),
}
