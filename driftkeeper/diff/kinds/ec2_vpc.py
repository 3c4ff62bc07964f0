"""VPCs: whether the internet is kept out of them, what must be encrypted inside, which networks they are."""

from __future__ import annotations

from driftkeeper.diff.spec import ChangeKind, Difference, Lifecycle, appeared, vanished
from driftkeeper.domain.types import Direction, Json, Severity

_VPC = "ec2.vpc"
_BLOCK = "BlockPublicAccessStates.InternetGatewayBlockMode"
_BLOCKS = ("off", "block-ingress", "block-bidirectional")
_MODES = ("off", "monitor", "enforce")
_LEFT_OUT = ("enabled", "enabling")
_NETWORKS = ("CidrBlockAssociationSet.*", "Ipv6CidrBlockAssociationSet.*")


def _rise(d: Difference) -> int:
    """Return by how much the block is stricter; values not known to us do not compare."""
    if d.before not in _BLOCKS or d.after not in _BLOCKS:
        return 0
    return _BLOCKS.index(str(d.after)) - _BLOCKS.index(str(d.before))


def _fields(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _strength(value: Json) -> tuple[int, frozenset[str]]:
    """Return the mode of the encryption control and what is left out of it."""
    control = _fields(value)
    mode, rows = control.get("Mode"), _fields(control.get("ResourceExclusions"))
    return (
        _MODES.index(mode) if mode in _MODES else 0,
        frozenset(name for name, row in rows.items() if _fields(row).get("State") in _LEFT_OUT),
    )


def _is_weaker(d: Difference) -> bool:
    (before, left_out), (after, now_left_out) = _strength(d.before), _strength(d.after)
    return after < before or (after == before > 0 and bool(now_left_out - left_out))


def _is_stronger(d: Difference) -> bool:
    (before, left_out), (after, now_left_out) = _strength(d.before), _strength(d.after)
    return after > before or (after == before > 0 and now_left_out < left_out)


VPCS = (
    ChangeKind(
        name="vpc.internet_block_weakened",
        evidence=_VPC,
        path=_BLOCK,
        when=lambda d: _rise(d) < 0,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="the block of the internet for VPC {resource} is {after} and was {before}",
        trigger="The block of public access keeps less out of a VPC, by its setting or an exclusion",
        means="Traffic of the internet that was stopped before groups and ACLs were asked is so no more.",
        advice="Check that the exclusion or setting was meant, and what groups and ACLs let in there.",
    ),
    ChangeKind(
        name="vpc.internet_block_strengthened",
        evidence=_VPC,
        path=_BLOCK,
        when=lambda d: _rise(d) > 0,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.6",),
        says="the block of the internet for VPC {resource} is {after} and was {before}, which is stricter",
        trigger="The block of public access keeps more out of a VPC than before",
        means="Traffic of the internet is stopped whatever groups and ACLs would let in.",
        advice="Nothing is to be done; keep the change as evidence.",
    ),
    ChangeKind(
        name="vpc.encryption_control_weakened",
        evidence=_VPC,
        path="EncryptionControl",
        whole=True,
        when=_is_weaker,
        direction=Direction.WEAKENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="VPC {resource} asks less for encryption on the way",
        trigger="Encryption control was taken away, fell to monitoring, or leaves out more",
        means="Traffic inside the VPC may go unencrypted where that was noticed or refused before.",
        advice="Set the mode back to enforce, or write down why the exclusion is needed.",
    ),
    ChangeKind(
        name="vpc.encryption_control_strengthened",
        evidence=_VPC,
        path="EncryptionControl",
        whole=True,
        when=_is_stronger,
        direction=Direction.STRENGTHENED,
        severity=Severity.MEDIUM,
        criteria=("CC6.7",),
        says="VPC {resource} asks more for encryption on the way",
        trigger="Encryption control rose to monitoring or enforcing, or leaves out less",
        means="Unencrypted traffic inside the VPC is noticed, or refused.",
        advice="Nothing is to be done; keep the change as evidence.",
    ),
    ChangeKind(
        name="vpc.network_added",
        evidence=_VPC,
        paths=_NETWORKS,
        when=appeared,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="VPC {resource} has the network {leaf} now",
        trigger="A block of addresses was added to a VPC",
        means="Rules that name the old addresses say nothing of machines that get the new ones.",
        advice="Check that groups, ACLs and allow-lists know of the new addresses.",
    ),
    ChangeKind(
        name="vpc.network_removed",
        evidence=_VPC,
        paths=_NETWORKS,
        when=vanished,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6",),
        says="VPC {resource} no longer has the network {leaf}",
        trigger="A block of addresses was taken from a VPC",
        means="Rules that trust these addresses may come to trust somebody else's.",
        advice="Take the addresses out of groups, ACLs and allow-lists.",
    ),
    ChangeKind(
        name="vpc.dhcp_options_changed",
        evidence=_VPC,
        path="DhcpOptionsId",
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6", "CC8.1"),
        says="VPC {resource} uses the DHCP options {after} instead of {before}",
        trigger="A VPC was given other DHCP options",
        means="They name the DNS and time servers, and so decide where names lead in this network.",
        advice="Check that the name servers of the new options are yours or those of AWS.",
    ),
    ChangeKind(
        name="vpc.created",
        evidence=_VPC,
        on=Lifecycle.CREATED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6", "CC8.1"),
        says="VPC {resource} with {CidrBlock} was created",
        trigger="A VPC is new in a complete listing",
        means=(
            "There is one more network to guard; it comes with a default security group and ACL of its"
            " own, and without flow logs."
        ),
        advice="Match it to a change ticket, and check its default group, flow logs and gateways.",
    ),
    ChangeKind(
        name="vpc.deleted",
        evidence=_VPC,
        on=Lifecycle.DELETED,
        direction=Direction.NEUTRAL,
        severity=Severity.LOW,
        criteria=("CC6.6", "CC8.1"),
        says="VPC {resource} with {CidrBlock} was deleted",
        trigger="A VPC is gone from a complete listing",
        means="A network and all that was in it are gone; AWS deletes none that is still in use.",
        advice="Match it to a change ticket, and take its addresses out of peers' rules and allow-lists.",
    ),
)
