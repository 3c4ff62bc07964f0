"""MFA devices with whom they belong to, also the virtual ones of nobody and of root (evidence item 2)."""

from __future__ import annotations

from collections.abc import Iterable

from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.mfa_devices import DEVICES, mfa_devices
from driftkeeper.collect.no_setting import FIXED
from driftkeeper.collect.spec import Asker, EvidenceType, Function, Item, Reach


def all_devices(asker: Asker) -> Iterable[Item]:
    """Return every device, with the key it is known by: a serial that is no ARN is one per account."""
    return [{**device, "_key": _key(asker, device)} for device in mfa_devices(asker)]


def _key(asker: Asker, device: Item) -> str:
    serial: str = device["SerialNumber"]
    if serial.startswith("arn:"):
        return serial
    return f"urn:driftkeeper:{asker.scope.account}:iam:mfa/{serial}"


MFA_DEVICE = EvidenceType(
    name="iam.mfa_device",
    title="MFA devices",
    says="Each MFA device: virtual or not, whose it is, and when it was enabled.",
    item=2,
    reach=Reach.ACCOUNT,
    listing=Function(DEVICES, all_devices),
    key="{_key}",
    about=("iam.user", "iam.root"),
    acts=("EnableDate",),
    criteria=("CC6.1", "CC6.2"),
    limits=(
        "Hardware tokens and FIDO keys are not told apart, and those of root are listed nowhere:"
        " `iam.root` says whether there are any. Other kinds beside a virtual device are asked for when"
        " the account's summary counts more devices than were found. A first device of another kind that"
        " a user got since the credential report was made is seen with the next report. Seeds are never"
        " kept."
    ),
    made=Made(fields=plain("SerialNumber", "UserArn", "Kind", "EnableDate")),
    no_setting={"Kind": FIXED, "SerialNumber": FIXED},
)
