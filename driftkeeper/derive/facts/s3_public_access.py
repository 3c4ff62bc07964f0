"""Whether each bucket is public in effect: what its policy and its ACL let in, less what is blocked.

S3 weighs, flag by flag, the stronger of the account's public access block and the bucket's own. Two of the
flags cut off access that is there, two only keep new access from being given ("Blocking public access to
your Amazon S3 storage" in the S3 user guide). ACLs count for nothing where the bucket's owner owns all.
What was not seen makes the fact unknown only where it hangs on it; else what it says of that is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from driftkeeper.derive.spec import Fact, NotSeenError, Row, View
from driftkeeper.domain.types import Change, Json, Moved
from driftkeeper.semantics.policy import PolicyError, canonical
from driftkeeper.semantics.policy_public import external_accounts

_BUCKET, _ACCOUNT = "s3.bucket", "s3.account_pab"
FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_GROUPS = ("/AllUsers", "/AuthenticatedUsers")
_OWNER_OWNS = "BucketOwnerEnforced"


def effective(config: Mapping[str, Json], view: View) -> dict[str, Json]:
    """Return the block in effect, what would let everyone in, and what of it does.

    `by` lets everyone in, `latent` would if it were not blocked. `accounts` are the other accounts that
    the bucket's policy names. A flag, `latent` and `accounts` are None where they are not known.
    """
    if not config:
        block = dict.fromkeys(FLAGS, True)
        nothing: dict[str, Json] = {"by": [], "latent": [], "accounts": []}
        return {"exists": False, "public": False, **nothing, "block": block}
    blocked = {flag: _blocked(flag, config, view) for flag in FLAGS}
    ways = {
        "acl": _weighed(blocked["IgnorePublicAcls"], lambda: _is_open(config)),
        "policy": _weighed(
            blocked["RestrictPublicBuckets"], lambda: config["PolicyStatus"]["IsPublic"] is True
        ),
    }
    by = [name for name, (lets_in, _) in ways.items() if lets_in]
    held = {name: latent for name, (_, latent) in ways.items()}
    return {
        "exists": True,
        "public": bool(by),
        "by": by,
        "latent": None if None in held.values() else [name for name in held if held[name]],
        "accounts": _accounts(config, view),
        "block": {flag: None if _is_unseen(found) else found for flag, found in blocked.items()},
    }


_Block = bool | NotSeenError
"""Whether a flag is on; or, where that is not known, what was not seen."""


def _is_unseen(found: _Block) -> bool:
    return isinstance(found, NotSeenError)


def _blocked(flag: str, config: Mapping[str, Json], view: View) -> _Block:
    """Return whether the bucket's own block has a flag on, or the account's: either is enough."""
    unseen: NotSeenError | None = None
    for block in (lambda: config.get("PublicAccessBlock") or {}, lambda: _account_block(view)):
        try:
            if block().get(flag) is True:
                return True
        except NotSeenError as error:
            unseen = unseen or error
    return unseen or False


def _weighed(shut: _Block, is_open: Callable[[], bool]) -> tuple[bool, bool | None]:
    """Return whether a way lets everyone in, and whether it would but for the block, None if unknown.

    Raises `NotSeenError` when whether it lets everyone in hangs on what was not seen.
    """
    try:
        found = is_open()
    except NotSeenError:
        if shut is True:
            return False, None
        raise
    if found and isinstance(shut, NotSeenError):
        raise shut
    return found and not shut, found and bool(shut)


def _account_block(view: View) -> Mapping[str, Json]:
    return next(iter(view.all(_ACCOUNT).values()), {})


def _is_open(config: Mapping[str, Json]) -> bool:
    """Say whether the ACL lets in everyone, and counts; to know either not is enough."""
    unseen: NotSeenError | None = None
    for holds in (_grants_everyone, lambda found: found["ObjectOwnership"] != _OWNER_OWNS):
        try:
            if not holds(config):
                return False
        except NotSeenError as error:
            unseen = unseen or error
    if unseen is not None:
        raise unseen
    return True


def _grants_everyone(config: Mapping[str, Json]) -> bool:
    grants = (config.get("Acl") or {}).get("Grants") or ()
    return any(str(grant.get("Grantee", {}).get("URI", "")).endswith(_GROUPS) for grant in grants)


def _accounts(config: Mapping[str, Json], view: View) -> list[str] | None:
    try:
        policy = config.get("Policy")
        form = {"Statement": []} if policy is None else canonical(policy)
    except NotSeenError:
        return None
    except PolicyError:
        return []
    return sorted(external_accounts(form, view.account))


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
