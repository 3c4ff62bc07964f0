"""Keys, passwords and MFA devices of users, and of the root user."""

from __future__ import annotations

from tests.unit.attribute.calls import (
    PROD,
    ROOT,
    call,
    change,
    iam,
    later,
)
from tests.unit.attribute.rows.shared import (
    KEY_ID,
    SERIAL,
    Row,
    credential,
    user,
)

ACCESS_KEY = f"urn:driftkeeper:{PROD}:iam:user/alice/accesskey/{KEY_ID}"

MADE = "access_keys/2026-03-03T12:00:00Z"

CREDENTIALS: list[Row] = [
    (
        "the id of a new key is in the answer",
        change("iam.access_key.listed", "iam.access_key", ACCESS_KEY, "", None, {}),
        call("CreateAccessKey", "iam", None, {"accessKey": {"accessKeyId": KEY_ID}}),
        "exact",
    ),
    (
        "another key",
        change("iam.access_key.listed", "iam.access_key", ACCESS_KEY, "", None, {}),
        call("CreateAccessKey", "iam", None, {"accessKey": {"accessKeyId": "AKIAOTHER"}}),
        "none",
    ),
    (
        "a call without an answer",
        change("iam.x", "iam.access_key", ACCESS_KEY, "", None, {}),
        call("CreateAccessKey", "iam", {"userName": "alice"}),
        "none",
    ),
    (
        "status",
        change("iam.x", "iam.access_key", ACCESS_KEY, "Status", "Active", "Inactive"),
        call("UpdateAccessKey", "iam", {"accessKeyId": KEY_ID, "status": "Inactive"}),
        "exact",
    ),
    (
        "the other status",
        change("iam.x", "iam.access_key", ACCESS_KEY, "Status", "Active", "Inactive"),
        call("UpdateAccessKey", "iam", {"accessKeyId": KEY_ID, "status": "Active"}),
        "none",
    ),
    (
        "key deleted",
        change("iam.x", "iam.access_key", ACCESS_KEY, "", {}, None),
        call("DeleteAccessKey", "iam", {"accessKeyId": KEY_ID}),
        "exact",
    ),
    (
        "a key in the report is known by its time",
        credential(MADE, None, {"active": True}),
        call("CreateAccessKey", "iam", None, {"accessKey": {"userName": "alice"}}),
        "exact",
    ),
    (
        "made at another time",
        credential(MADE, None, {"active": True}),
        call("CreateAccessKey", "iam", None, {"accessKey": {"userName": "alice"}}, at=later(5)),
        "none",
    ),
    ("one's own key", credential(MADE, None, {"active": True}), call("CreateAccessKey"), "exact"),
    (
        "which of two keys nobody knows",
        credential(MADE, {"active": True}, None),
        call("DeleteAccessKey", "iam", {"userName": "alice", "accessKeyId": KEY_ID}),
        "probable",
    ),
    (
        "console access",
        credential("password_enabled", False, True),
        call("CreateLoginProfile", "iam", {"userName": "alice"}),
        "exact",
    ),
    (
        "console access ends",
        credential("password_enabled", True, False),
        call("DeleteLoginProfile", "iam", {"userName": "alice"}),
        "exact",
    ),
    (
        "password changed by its owner",
        credential("password_last_changed", "x", "2026-03-03T12:00:20Z"),
        call("ChangePassword"),
        "exact",
    ),
    (
        "changed at another time",
        credential("password_last_changed", "x", "2026-03-03T15:00:00Z"),
        call("ChangePassword"),
        "none",
    ),
    (
        "MFA off",
        credential("mfa_active", True, False),
        call("DeactivateMFADevice", "iam", {"userName": "alice", "serialNumber": SERIAL}),
        "exact",
    ),
    (
        "MFA on",
        user(f"MFADevices/{SERIAL}", None, {}),
        call("EnableMFADevice", "iam", {"userName": "alice", "serialNumber": SERIAL}),
        "exact",
    ),
    (
        "another device",
        user(f"MFADevices/{SERIAL}", None, {}),
        call("EnableMFADevice", "iam", {"userName": "alice", "serialNumber": f"{SERIAL}2"}),
        "none",
    ),
    (
        "a device that is not virtual",
        change("iam.x", "iam.mfa_device", SERIAL, "", None, {"SerialNumber": "GAHT1"}),
        call("EnableMFADevice", "iam", {"userName": "alice", "serialNumber": "GAHT1"}),
        "probable",
    ),
    (
        "a service credential",
        change(
            "iam.x",
            "iam.service_specific_credential",
            f"urn:driftkeeper:{PROD}:iam:user/alice/service-specific-credential/ACCA1",
            "",
            None,
            {},
        ),
        call(
            "CreateServiceSpecificCredential",
            "iam",
            {"userName": "alice"},
            {"serviceSpecificCredential": {"serviceSpecificCredentialId": "ACCA1"}},
        ),
        "exact",
    ),
    (
        "status of a key in the report",
        credential(f"{MADE}/active", True, False),
        call("UpdateAccessKey", "iam", {"userName": "alice", "status": "Inactive"}),
        "probable",
    ),
    (
        "the other status of a key in the report",
        credential(f"{MADE}/active", True, False),
        call("UpdateAccessKey", "iam", {"userName": "alice", "status": "Active"}),
        "none",
    ),
    (
        "virtual device",
        change("iam.x", "iam.mfa_device", SERIAL, "", None, {"SerialNumber": SERIAL}),
        call(
            "CreateVirtualMFADevice",
            "iam",
            {"virtualMFADeviceName": "alice"},
            {"virtualMFADevice": {"serialNumber": SERIAL}},
        ),
        "exact",
    ),
]

ROOT_ARN = iam("root")

ROOT_USER: list[Row] = [
    (
        "root signs in",
        credential("password_last_used", "x", "2026-03-03T12:00:00Z", ROOT_ARN),
        call("ConsoleLogin", "signin", None, {"ConsoleLogin": "Success"}, by=ROOT),
        "exact",
    ),
    (
        "alice signs in",
        credential("password_last_used", "x", "2026-03-03T12:00:00Z", ROOT_ARN),
        call("ConsoleLogin", "signin", None, {"ConsoleLogin": "Success"}),
        "none",
    ),
    (
        "root's key",
        credential(f"{MADE}", None, {"active": True}, ROOT_ARN),
        call("CreateAccessKey", "iam", None, {"accessKey": {"accessKeyId": KEY_ID}}, by=ROOT),
        "probable",
    ),
    (
        "root makes a key for alice",
        credential(f"{MADE}", None, {"active": True}, ROOT_ARN),
        call("CreateAccessKey", "iam", {"userName": "alice"}, {}, by=ROOT),
        "none",
    ),
    (
        "root's MFA",
        credential("mfa_active", True, False, ROOT_ARN),
        call("DeactivateMFADevice", "iam", {"serialNumber": "x"}, by=ROOT),
        "probable",
    ),
    (
        "root signs in, nobody knows when",
        credential("password_last_used", None, "some day", ROOT_ARN),
        call("ConsoleLogin", "signin", None, {"ConsoleLogin": "Success"}, by=ROOT),
        "probable",
    ),
    (
        "alice's MFA",
        credential("mfa_active", True, False, ROOT_ARN),
        call("DeactivateMFADevice", "iam", {"userName": "alice", "serialNumber": "x"}),
        "none",
    ),
]
