"""Whether each bucket is public in effect: what its policy and its ACL let in, less what is blocked.

S3 weighs, flag by flag, the stronger of the account's public access block and the bucket's own. Two of the
flags cut off access that is there, two only keep new access from being given ("Blocking public access to
your Amazon S3 storage" in the S3 user guide). ACLs count for nothing where the bucket's owner owns all.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.derive.spec import Fact, Row, View
from driftkeeper.domain.types import Change, Json, Moved

_BUCKET, _ACCOUNT = "s3.bucket", "s3.account_pab"
FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_GROUPS = ("/AllUsers", "/AuthenticatedUsers")


def effective(config: Mapping[str, Json], view: View) -> dict[str, Json]:
    """Return the block in effect, what would let everyone in, and what of it does."""
    if not config:
        block = dict.fromkeys(FLAGS, True)
        return {"exists": False, "public": False, "by": [], "latent": [], "block": block}
    account = _account_block(view)
    own = config.get("PublicAccessBlock") or {}
    block = {flag: bool(account.get(flag)) or bool(own.get(flag)) for flag in FLAGS}
    open_ = {
        "policy": bool(config["PolicyStatus"]["IsPublic"]),
        "acl": _is_open(config) and config["ObjectOwnership"] != "BucketOwnerEnforced",
    }
    shut = {"policy": block["RestrictPublicBuckets"], "acl": block["IgnorePublicAcls"]}
    by = [name for name in sorted(open_) if open_[name] and not shut[name]]
    return {
        "exists": True,
        "public": bool(by),
        "by": by,
        "latent": [name for name in sorted(open_) if open_[name] and shut[name]],
        "block": block,
    }


def _account_block(view: View) -> Mapping[str, Json]:
    return next(iter(view.all(_ACCOUNT).values()), {})


def _is_open(config: Mapping[str, Json]) -> bool:
    grants = (config.get("Acl") or {}).get("Grants") or ()
    return any(str(grant.get("Grantee", {}).get("URI", "")).endswith(_GROUPS) for grant in grants)


def compared(old: Row, new: Row) -> list[Moved]:
    """Return that the bucket became public or ceased to be, with what lets everyone in."""
    if old["public"] == new["public"]:
        return []
    return [Moved(("public",), old["public"], new["public"], frozenset([*old["by"], *new["by"]]))]


def blame(moved: Moved, change: Change) -> int:
    """Return 3 for the policy or ACL that lets in, 2 for a block, 1 for the ownership, or 0."""
    field = change.path.partition("/")[0]
    if change.scope.evidence == _ACCOUNT:
        return 2
    weights = {
        "Policy": 3 * ("policy" in moved.traits),
        "PolicyStatus": 3 * ("policy" in moved.traits),
        "Acl": 3 * ("acl" in moved.traits),
        "PublicAccessBlock": 2,
        "ObjectOwnership": int("acl" in moved.traits),
    }
    return weights.get(field, 0)


PUBLIC_ACCESS = Fact(
    name="s3.public_access",
    title="Which buckets are public in effect",
    says=(
        "Whether everyone can get at each bucket by its policy or ACL, once the public access blocks of"
        " the bucket and of the account are weighed."
    ),
    of=(_BUCKET,),
    needs=(_ACCOUNT,),
    version=1,
    derive=effective,
    compare=compared,
    blame=blame,
)
