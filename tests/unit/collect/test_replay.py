"""What is recorded replays as it was, page by page, and holds no secret and no half answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.model import StructureShape

from driftkeeper.collect.account import enter_recorded
from driftkeeper.collect.catalog import declared_calls
from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.cloudtrail_public_key import PUBLIC_KEY
from driftkeeper.collect.evidence.iam_credential import CREDENTIAL
from driftkeeper.collect.evidence.iam_service_specific_credential import (
    SERVICE_SPECIFIC_CREDENTIAL,
)
from driftkeeper.collect.evidence.iam_user import USER
from driftkeeper.collect.evidence.kms_key import KEY
from driftkeeper.collect.evidence.s3_account_pab import ACCOUNT_PAB
from driftkeeper.collect.evidence.s3_bucket import BUCKET
from driftkeeper.collect.iam import USERS, VIRTUAL_DEVICES
from driftkeeper.collect.reader import Reader
from driftkeeper.collect.recording import file_name, open_recording
from driftkeeper.collect.replay import PAGE, Recorder, _is_secret, replaying
from driftkeeper.collect.session import Login, open_clients
from driftkeeper.collect.spec import Call, EvidenceType, From, Reach, Unseen
from driftkeeper.domain.types import GLOBAL_REGION, Cause, Outcome, Scope, Sight
from tests.aws import ACCOUNT, HOME, NOW, REGION, Error, Script, Ticking, http, operation, wired

KEYS = Call("kms", "list_keys", items="Keys")
SPEC = EvidenceType("kms.thing", "T", 1, Reach.REGION, KEYS, "{KeyId}", "Says.")


def _keys(number: int) -> dict[str, Any]:
    return {
        "Keys": [{"KeyId": f"k{n:02}", "KeyArn": "arn:aws:kms:" + "x" * 20} for n in range(number)]
    }


def _write(folder: Path, region: str, **answers: Any) -> None:
    place = folder / ACCOUNT / region
    place.mkdir(parents=True, exist_ok=True)
    for name, answer in answers.items():
        (place / f"{name}.json").write_text(json.dumps(answer))


def _replayed(folder: Path, spec: EvidenceType = SPEC) -> Reader:
    account = enter_recorded(open_recording(folder, NOW), ACCOUNT, "driftkeeper/test")
    region = GLOBAL_REGION if spec.reach is Reach.ACCOUNT else REGION
    return account.reader(Scope(ACCOUNT, region, spec.name), Ticking(), 900)


def _signed(session: boto3.Session) -> None:
    session._session.set_credentials("recorded", "recorded")


def _same(one: Sight, other: Sight) -> bool:
    """Say whether two sights saw the same, whatever the request ids."""
    unnumbered = [
        replace(
            s.coverage, first_request_id="", last_request_id="", pages=0, calls=0, duration_ms=0
        )
        for s in (one, other)
    ]
    return unnumbered[0] == unnumbered[1] and one.bodies == other.bodies


def _structures(shape: Any, around: tuple[str, ...] = ()) -> Iterator[StructureShape]:
    """Yield all structures that a shape is made of, each once on its way down."""
    if shape is None or shape.name in around:
        return
    around = (*around, shape.name)
    match shape.type_name:
        case "structure":
            yield shape
            for member in shape.members.values():
                yield from _structures(member, around)
        case "list":
            yield from _structures(shape.member, around)
        case "map":
            yield from _structures(shape.value, around)
        case _:
            return


class TestReplay:
    @pytest.mark.parametrize("number", [0, 1, PAGE, PAGE + 1, 3 * PAGE])
    def test_a_list_is_served_in_pages(self, tmp_path: Path, number: int):
        _write(tmp_path, REGION, **{"kms.ListKeys": _keys(number)})
        reader = _replayed(tmp_path)
        assert reader.rows(KEYS) == _keys(number)["Keys"]
        assert reader.tally.pages == max(1, -(-number // PAGE))

    @pytest.mark.parametrize("asked", [1, 3, 7, 1000])
    def test_a_page_is_as_large_as_the_call_asks_for(self, tmp_path: Path, asked: int):
        _write(tmp_path, REGION, **{"kms.ListKeys": _keys(7)})
        reader = _replayed(tmp_path)
        assert reader.rows(replace(KEYS, page_size=asked)) == _keys(7)["Keys"]
        assert reader.tally.pages == -(-7 // asked)

    @pytest.mark.parametrize("asked", [None, 5])
    def test_a_replay_may_be_told_to_serve_smaller_pages(self, tmp_path: Path, asked: int | None):
        _write(tmp_path, REGION, **{"kms.ListKeys": _keys(7)})
        hook = replaying(open_recording(tmp_path, NOW), ACCOUNT, page=2)
        made = open_clients(Login(ACCOUNT), (KEYS,), "driftkeeper/test", [_signed, hook])
        scope = Scope(ACCOUNT, REGION, SPEC.name)
        reader = Reader(scope, REGION, "aws", made, Ticking(), 60)
        assert reader.rows(replace(KEYS, page_size=asked)) == _keys(7)["Keys"]
        assert reader.tally.pages == 4

    def test_times_bytes_and_policies_come_as_botocore_parses_them(self, tmp_path: Path):
        policy = {"Version": "2012-10-17", "Statement": []}
        user = {
            "UserName": "u",
            "CreateDate": "2026-01-02T03:04:05+02:00",
            "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": policy}],
        }
        _write(
            tmp_path,
            "aws-global",
            **{
                "iam.GetAccountAuthorizationDetails": {"UserDetailList": [user]},
                "iam.GetCredentialReport": {
                    "Content": {"$bytes": "aGk="},
                    "GeneratedTime": "2026-07-01T00:00:00Z",
                },
            },
        )
        iam = _replayed(tmp_path, USER).clients.client("iam", HOME)
        found = iam.get_account_authorization_details()["UserDetailList"][0]
        assert found["CreateDate"] == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)
        assert found["UserPolicyList"][0]["PolicyDocument"] == policy
        report = iam.get_credential_report()
        assert (report["Content"], report["GeneratedTime"].tzinfo is not None) == (b"hi", True)

    def test_a_recorded_error_is_an_error_again(self, tmp_path: Path):
        error = {"Code": "AccessDeniedException", "Message": "no"}
        _write(tmp_path, REGION, **{"kms.ListKeys": {"Error": error, "HTTPStatusCode": 403}})
        with pytest.raises(Unseen) as caught:
            _replayed(tmp_path).rows(KEYS)
        assert (caught.value.cause, caught.value.message) == (Cause.DENIED, "no")

    def test_what_was_not_recorded_is_missed_and_says_where_it_should_lie(self, tmp_path: Path):
        _write(tmp_path, REGION, **{"kms.ListAliases": {"Aliases": []}})
        told = look(SPEC, _replayed(tmp_path)).coverage
        assert (told.outcome, told.cause, told.code) == (
            Outcome.MISSED,
            Cause.NOT_RUN,
            "NotRecorded",
        )
        assert "no recorded answer for kms:ListKeys" in told.message
        assert f"{ACCOUNT}/{REGION}/kms.ListKeys.json" in told.message

    def test_an_undeclared_operation_is_refused_in_a_replay_too(self, tmp_path: Path):
        _write(tmp_path, REGION, **{"kms.ListKeys": _keys(1)})
        client = _replayed(tmp_path).clients.client("kms", REGION)
        with pytest.raises(Exception, match="kms:DisableKey is not declared"):
            client.disable_key(KeyId="a")

    def test_a_recorded_list_of_another_type_is_malformed(self, tmp_path: Path):
        _write(tmp_path, REGION, **{"kms.ListKeys": {"Keys": "none"}})
        with pytest.raises(Unseen, match="Keys is not a list of objects"):
            _replayed(tmp_path).rows(KEYS)


def _record(
    folder: Path, script: Script, spec: EvidenceType, seconds: float = 900, tick: float = 0
) -> Sight:
    """Look at a scripted scope, record it, and return what was seen."""
    recorder = Recorder(folder)
    made = open_clients(
        Login(ACCOUNT), spec.calls(), "driftkeeper/test", [script.hook, recorder.hook(ACCOUNT)]
    )
    by_account = spec.reach is Reach.ACCOUNT
    scope = Scope(ACCOUNT, GLOBAL_REGION if by_account else REGION, spec.name)
    clock = Ticking(tick=tick)
    reader = Reader(scope, HOME if by_account else REGION, "aws", made, clock, seconds)
    sight = look(spec, reader)
    recorder.write(ACCOUNT, {"regions": [REGION]})
    return sight


class TestRecording:
    def test_pages_are_joined_into_one_answer(self, tmp_path: Path):
        sight = _record(tmp_path, Script({(REGION, "kms.ListKeys"): _keys(7)}), SPEC)
        written = json.loads((tmp_path / ACCOUNT / REGION / "kms.ListKeys.json").read_text())
        assert written == _keys(7)
        assert _same(look(SPEC, _replayed(tmp_path)), sight)

    def test_a_listing_read_twice_is_not_joined_with_itself(self, tmp_path: Path):
        twice = replace(SPEC, details={"Again": replace(KEYS, items="Keys")})
        sight = _record(tmp_path, Script({(REGION, "kms.ListKeys"): _keys(3)}), twice)
        assert len(sight.bodies[0].config["Again"]) == 3
        assert _same(look(twice, _replayed(tmp_path)), sight)

    def test_calls_with_parameters_have_a_file_each(self, tmp_path: Path):
        spec = replace(
            SPEC,
            details={"M": Call("kms", "describe_key", "KeyMetadata", {"KeyId": From("KeyId")})},
        )
        script = Script(
            {
                (REGION, "kms.ListKeys"): _keys(3),
                (REGION, "kms.DescribeKey"): lambda p: {
                    "KeyMetadata": {"KeyId": p["KeyId"], "CreationDate": NOW}
                },
            }
        )
        sight = _record(tmp_path, script, spec)
        names = sorted(path.name for path in (tmp_path / ACCOUNT / REGION).iterdir())
        assert names[0] == "kms.DescribeKey~KeyId=k00.json"
        assert len(names) == 4
        assert _same(look(spec, _replayed(tmp_path)), sight)

    def test_a_call_made_after_midnight_is_found_in_the_recording_of_the_day_before(
        self, tmp_path: Path
    ):
        """A replay's clock stands at the beginning of the run, which may have lasted past midnight."""
        script = Script({(REGION, "cloudtrail.ListPublicKeys"): {"PublicKeyList": []}})
        sight = _record(tmp_path, script, PUBLIC_KEY)
        begun = replace(_replayed(tmp_path, PUBLIC_KEY), clock=Ticking(NOW - timedelta(hours=4)))
        replayed = look(PUBLIC_KEY, begun)
        assert script.asked_for("cloudtrail.ListPublicKeys")
        assert replayed.coverage.outcome is sight.coverage.outcome is Outcome.COMPLETE

    def test_an_error_is_recorded_as_one(self, tmp_path: Path):
        answer = Error("AccessDeniedException", "no", 403)
        sight = _record(tmp_path, Script({(REGION, "kms.ListKeys"): answer}), SPEC)
        assert _same(look(SPEC, _replayed(tmp_path)), sight)
        assert sight.coverage.outcome is Outcome.MISSED

    def test_an_absence_is_recorded_as_one(self, tmp_path: Path):
        absent = Error("NoSuchPublicAccessBlockConfiguration", status=404)
        sight = _record(
            tmp_path, Script({(HOME, "s3control.GetPublicAccessBlock"): absent}), ACCOUNT_PAB
        )
        assert _same(look(ACCOUNT_PAB, _replayed(tmp_path, ACCOUNT_PAB)), sight)
        assert sight.coverage.outcome is Outcome.COMPLETE

    def test_the_last_answer_of_a_call_made_several_times_counts(self, tmp_path: Path):
        columns = b"user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active"
        report = {
            "Content": columns + b"\na,arn:a,2025-02-03T04:05:06Z,true,true,false",
            "GeneratedTime": NOW,
            "ReportFormat": "text/csv",
        }
        script = Script(
            {
                ("aws-global", "iam.GenerateCredentialReport"): [
                    {"State": "STARTED"},
                    {"State": "COMPLETE"},
                ],
                ("aws-global", "iam.GetCredentialReport"): [report],
            }
        )
        sight = _record(tmp_path, script, CREDENTIAL)
        assert _same(look(CREDENTIAL, _replayed(tmp_path, CREDENTIAL)), sight)

    @pytest.mark.parametrize("broken", [None, "m1", "m2"])
    def test_pages_that_botocore_does_not_turn_are_recorded_one_by_one(
        self, tmp_path: Path, broken: str | None
    ):
        row = {
            "UserName": "alice",
            "Status": "Active",
            "CreateDate": NOW,
            "ServiceName": "codecommit.amazonaws.com",
        }
        markers = {None: "m1", "m1": "m2", "m2": None}

        def page(params: dict[str, Any]) -> Any:
            asked = params.get("Marker")
            if asked is not None and asked == broken:
                return Error("Throttling")
            number, marker = [*markers].index(asked), markers[asked]
            found = {**row, "ServiceSpecificCredentialId": f"ACCA{number:016}"}
            more = {"IsTruncated": True, "Marker": marker} if marker else {}
            return {"ServiceSpecificCredentials": [found], **more}

        alice = {
            "UserName": "alice",
            "UserId": "AIDAALICE00000000000",
            "Arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
            "GroupList": [],
            "AttachedManagedPolicies": [],
        }
        none: dict[str, Any] = {"GroupDetailList": [], "RoleDetailList": [], "Policies": []}
        script = Script(
            {
                ("aws-global", "iam.GetAccountAuthorizationDetails"): {
                    "UserDetailList": [alice],
                    **none,
                },
                ("aws-global", "iam.ListServiceSpecificCredentials"): page,
            }
        )
        sight = _record(tmp_path, script, SERVICE_SPECIFIC_CREDENTIAL)
        assert len(sight.bodies) == (0 if broken else 3)
        again = look(SERVICE_SPECIFIC_CREDENTIAL, _replayed(tmp_path, SERVICE_SPECIFIC_CREDENTIAL))
        assert _same(again, sight)

    @pytest.mark.parametrize("page", [1, 2])
    def test_a_listing_that_broke_off_is_no_shorter_listing(self, tmp_path: Path, page: int):
        pages: list[Any] = [_keys(2), _keys(3), _keys(4)]
        pages[page] = Error("ThrottlingException")
        sight = _record(tmp_path, Script({(REGION, "kms.ListKeys"): pages}), SPEC)
        again = look(SPEC, _replayed(tmp_path))
        assert sight.coverage.outcome is again.coverage.outcome is Outcome.MISSED
        assert again.coverage.cause is Cause.THROTTLED

    def test_a_listing_that_was_given_up_is_no_shorter_listing(self, tmp_path: Path):
        script = Script({(REGION, "kms.ListKeys"): _keys(9)})
        sight = _record(tmp_path, script, SPEC, seconds=60, tick=25)
        again = look(SPEC, _replayed(tmp_path))
        assert sight.coverage.outcome is again.coverage.outcome is Outcome.MISSED
        assert (sight.coverage.code, again.coverage.code) == (
            "DeadlineExceeded",
            "UnfinishedListing",
        )

    def test_a_call_that_nobody_answered_fails_again(self, tmp_path: Path, pauses: list[float]):
        def fail(request: Any, **_: Any) -> None:
            raise ConnectTimeoutError(endpoint_url=request.url)

        recorder = Recorder(tmp_path)
        made, _ = wired((KEYS,), fail)
        recorder.hook(ACCOUNT)(made.session)
        reader = Reader(Scope(ACCOUNT, REGION, "kms.thing"), REGION, "aws", made, Ticking(), 60)
        assert look(SPEC, reader).coverage.cause is Cause.UNREACHABLE
        assert pauses
        recorder.write(ACCOUNT, {})
        again = look(SPEC, _replayed(tmp_path)).coverage
        assert (again.outcome, again.code) == (Outcome.MISSED, "ConnectTimeoutError")

    def test_bytes_that_are_no_answer_fail_again_and_are_not_kept(self, tmp_path: Path):
        recorder = Recorder(tmp_path)
        made, _ = wired(USER.calls(), http(b"<html>SECRET"))
        recorder.hook(ACCOUNT)(made.session)
        scope = Scope(ACCOUNT, GLOBAL_REGION, USER.name)
        look(USER, Reader(scope, HOME, "aws", made, Ticking(), 60))
        recorder.write(ACCOUNT, {})
        files = [path for path in tmp_path.rglob("*.json") if path.name != "meta.json"]
        assert [path.name for path in files] == [
            file_name("iam", "GetAccountAuthorizationDetails", USERS.params)
        ]
        assert "SECRET" not in files[0].read_text()
        again = look(USER, _replayed(tmp_path, USER)).coverage
        assert (again.outcome, again.code) == (Outcome.MISSED, "ResponseParserError")

    def test_secrets_are_left_out_wherever_they_are(self, tmp_path: Path):
        user = {
            "UserName": "alice",
            "UserId": "A" * 16,
            "Arn": f"arn:aws:iam::{ACCOUNT}:user/alice",
            "Path": "/",
            "CreateDate": NOW,
        }
        device = {"SerialNumber": "arn:mfa/alice", "Base32StringSeed": b"SEED", "QRCodePNG": b"QR"}
        script = Script(
            {
                ("aws-global", "iam.ListVirtualMFADevices"): {
                    "VirtualMFADevices": [{**device, "User": user}] * 3
                },
            }
        )
        devices = replace(USER, listing=VIRTUAL_DEVICES, details={}, key="{SerialNumber}", uid=None)
        sight = _record(tmp_path, script, devices)
        text = "".join(path.read_text() for path in tmp_path.rglob("*.json"))
        assert "arn:mfa/alice" in text
        for secret in ("Base32StringSeed", "QRCodePNG", "U0VFRA", "UVI="):
            assert secret not in text
        assert _same(look(devices, _replayed(tmp_path, devices)), sight)

    def test_what_is_marked_as_sensitive_and_is_evidence_is_recorded_as_it_was_seen(
        self, tmp_path: Path
    ):
        """A bucket replayed without its key would have lost its encryption with it."""
        key = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:aws:kms:eu-west-1:1:key/k"}
        rules = [{"ApplyServerSideEncryptionByDefault": key}]
        answers = {
            (HOME, "s3.ListBuckets"): {"Buckets": [{"Name": "one", "BucketRegion": REGION}]},
            (REGION, "s3.GetBucketEncryption"): {
                "ServerSideEncryptionConfiguration": {"Rules": rules}
            },
        }
        encryption = {"Encryption": BUCKET.details["Encryption"]}
        buckets = replace(BUCKET, details=encryption, tidy=None, sets={}, policies=())
        sight = _record(tmp_path, Script(answers), buckets)
        assert sight.bodies[0].config["Encryption"] == rules
        assert _same(look(buckets, _replayed(tmp_path, buckets)), sight)

    def test_of_all_that_is_marked_as_sensitive_only_what_no_evidence_keeps_is_left_out(self):
        """Whatever AWS marks anew must be looked at: left out, a replay would miss it."""
        left_out = {
            (shape.name, name)
            for call in declared_calls()
            for shape in _structures(operation(call).output_shape)
            for name in shape.members
            if _is_secret(shape, name)
        }
        assert left_out == {
            ("VirtualMFADevice", "Base32StringSeed"),
            ("VirtualMFADevice", "QRCodePNG"),
            ("Organization", "MasterAccountEmail"),
            ("GetObjectOutput", "SSEKMSKeyId"),
        }

    def test_each_account_is_written_apart(self, tmp_path: Path):
        recorder = Recorder(tmp_path)
        for account in (ACCOUNT, "444455556666"):
            script = Script({(REGION, "kms.ListKeys"): _keys(1)})
            hooks = [script.hook, recorder.hook(account)]
            made = open_clients(Login(account), KEY.calls(), "driftkeeper/test", hooks)
            made.client("kms", REGION).list_keys()
        recorder.write(ACCOUNT, {"name": "one"})
        assert open_recording(tmp_path, None).accounts == [ACCOUNT]
        recorder.write("444455556666", {"name": "two"})
        recording = open_recording(tmp_path, None)
        assert recording.accounts == [ACCOUNT, "444455556666"]
        assert recording.meta("444455556666") == {"name": "two"}
