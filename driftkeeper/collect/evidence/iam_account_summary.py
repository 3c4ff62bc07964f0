"""The account's summary: how many things of each kind IAM counts (evidence item 4).

The totals are what the listings of this snapshot are held against. Quotas and totals are observed: what
they count is evidence of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from driftkeeper.collect.iam import SUMMARY
from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.spec import Asker, Count, EvidenceType, Function, Item, Reach, Tie
from driftkeeper.domain.types import Body

_VERSION = "GlobalEndpointTokenVersion"


def account_summary(asker: Asker) -> Iterable[Item]:
    """Return the one summary of the account."""
    summary = asker.value(SUMMARY)
    return [{"SummaryMap": summary, _VERSION: summary.get(_VERSION)}]


def _total(name: str) -> Callable[[Sequence[Body]], Count]:
    def count(bodies: Sequence[Body]) -> Count:
        total = bodies[0].observed["SummaryMap"].get(name)
        return total if isinstance(total, int) else None

    return count


def _devices(bodies: Sequence[Body]) -> Count:
    """Return the devices in use but for one of root's: of these only the virtual ones are listed."""
    summary = bodies[0].observed["SummaryMap"]
    in_use, of_root = summary.get("MFADevicesInUse"), summary.get("AccountMFAEnabled")
    return in_use - of_root if isinstance(in_use, int) and isinstance(of_root, int) else None


def _listed(bodies: Sequence[Body]) -> Count:
    return len(bodies)


def _customers(bodies: Sequence[Body]) -> Count:
    return len([body for body in bodies if body.config["Owner"] == "customer"])


def _owned(bodies: Sequence[Body]) -> Count:
    """Return the devices that belong to somebody, but for one of root's, who may have several."""
    owners = [body.config["UserArn"] for body in bodies if body.config["UserArn"]]
    return len(owners) - any(owner.endswith(":root") for owner in owners)


ACCOUNT_SUMMARY = EvidenceType(
    name="iam.account_summary",
    title="IAM account summary",
    says="How many users, groups, roles, policies and MFA devices IAM counts, and its quotas.",
    item=4,
    reach=Reach.ACCOUNT,
    listing=Function((SUMMARY,), account_summary),
    key="urn:driftkeeper:{account}:iam:account-summary",
    observed=("SummaryMap",),
    criteria=("CC6.1", "CC6.2"),
    limits=(
        "IAM's own totals, which may lag behind its listings for a while. They count the customer's own"
        " policies only, and say of root's access keys that there are some, not that they are active."
        " That the identity providers are as many as counted is not checked."
    ),
    ties=(
        Tie("users", "users counted are users listed", _total("Users"), "iam.user", _listed),
        Tie("groups", "groups counted are groups listed", _total("Groups"), "iam.group", _listed),
        Tie("roles", "roles counted are roles listed", _total("Roles"), "iam.role", _listed),
        Tie(
            "policies",
            "policies counted are the customer's policies listed",
            _total("Policies"),
            "iam.policy",
            _customers,
        ),
        Tie(
            "mfa_devices",
            "MFA devices counted are the devices listed, one of root's aside",
            _devices,
            "iam.mfa_device",
            _owned,
        ),
        Tie(
            "server_certificates",
            "server certificates counted are server certificates listed",
            _total("ServerCertificates"),
            "iam.server_certificate",
            _listed,
        ),
    ),
    made=Made(fields=plain("SummaryMap", "GlobalEndpointTokenVersion")),
)
