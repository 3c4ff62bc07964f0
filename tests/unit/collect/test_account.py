"""An account is entered by asking who we are there, and its regions are those AWS says are on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from driftkeeper.collect.account import Account, enter, enter_recorded, unreachable
from driftkeeper.collect.recording import open_recording
from driftkeeper.collect.session import Login
from driftkeeper.collect.spec import Call, Unseen
from driftkeeper.domain.errors import CredentialsError
from driftkeeper.domain.types import GLOBAL_REGION, Cause, Scope
from tests.aws import ACCOUNT, HOME, NOW, Error, Script, Ticking

ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/audit/driftkeeper"
IDENTITY = {"UserId": "AROA:driftkeeper", "Account": ACCOUNT, "Arn": ROLE}


def _enter(identity: Any, regions: Any = None, account: str | None = ACCOUNT) -> Account:
    script = Script(
        {(HOME, "sts.GetCallerIdentity"): identity, (HOME, "ec2.DescribeRegions"): regions}
    )
    return enter(Login(account), Ticking(), "driftkeeper/test", [script.hook])


class TestEntering:
    def test_the_account_is_the_one_aws_names(self):
        account = _enter(IDENTITY, account=None)
        assert (account.id, account.partition, account.caller) == (ACCOUNT, "aws", ROLE)

    def test_the_account_must_be_the_one_that_is_wanted(self):
        with pytest.raises(CredentialsError, match=f"account 444455556666 belong to .* {ACCOUNT}"):
            _enter(IDENTITY, account="444455556666")

    @pytest.mark.parametrize(
        ("arn", "partition", "home"),
        [
            (f"arn:aws:iam::{ACCOUNT}:root", "aws", "us-east-1"),
            (f"arn:aws-us-gov:iam::{ACCOUNT}:user/x", "aws-us-gov", "us-gov-west-1"),
            (f"arn:aws-cn:iam::{ACCOUNT}:user/x", "aws-cn", "cn-north-1"),
            (f"arn:aws-new:iam::{ACCOUNT}:user/x", "aws-new", "us-east-1"),
        ],
    )
    def test_the_caller_says_which_partition_it_is_in(self, arn: str, partition: str, home: str):
        account = _enter({**IDENTITY, "Arn": arn})
        assert (account.partition, account.home) == (partition, home)

    @pytest.mark.parametrize(
        ("answer", "cause", "code"),
        [
            (Error("ExpiredToken", status=403), Cause.FAILED, "ExpiredToken"),
            (Error("InvalidClientTokenId", status=403), Cause.REGION_OFF, "InvalidClientTokenId"),
            (
                EndpointConnectionError(endpoint_url="u"),
                Cause.UNREACHABLE,
                "EndpointConnectionError",
            ),
            ({}, Cause.FAILED, "MalformedAnswer"),
            ({"Account": ACCOUNT}, Cause.FAILED, "MalformedAnswer"),
        ],
    )
    def test_an_account_that_does_not_answer_is_unseen(self, answer: Any, cause: Cause, code: str):
        with pytest.raises(Unseen) as caught:
            _enter(answer)
        assert (caught.value.cause, caught.value.code) == (cause, code)

    def test_no_credentials_are_told_to_the_user(self):
        with pytest.raises(CredentialsError, match="no AWS credentials found"):
            _enter(NoCredentialsError())

    def test_without_any_credentials_nothing_is_sent_and_the_user_is_told(self):
        with pytest.raises(CredentialsError, match="no AWS credentials found"):
            enter(Login(), Ticking(), "driftkeeper/test")

    def test_why_an_account_cannot_be_reached_is_a_cause_of_a_miss(self):
        miss = Unseen(Cause.DENIED, "AccessDenied", "no")
        assert unreachable(miss) is miss
        found = unreachable(CredentialsError("no keys"))
        assert (found.cause, found.code, found.message) == (
            Cause.DENIED,
            "NoCredentials",
            "no keys",
        )


class TestRegions:
    def test_those_that_are_on_are_enabled(self):
        regions = [
            {"RegionName": "us-east-1", "OptInStatus": "opt-in-not-required"},
            {"RegionName": "af-south-1", "OptInStatus": "not-opted-in"},
            {"RegionName": "eu-south-1", "OptInStatus": "opted-in"},
            {"RegionName": "eu-west-1"},
        ]
        account = _enter(IDENTITY, {"Regions": regions})
        assert account.enabled_regions(Ticking()) == ["eu-south-1", "eu-west-1", "us-east-1"]

    @pytest.mark.parametrize(
        ("answer", "cause"),
        [
            (Error("UnauthorizedOperation", status=403), Cause.DENIED),
            ({}, Cause.FAILED),
            ({"Regions": [{"OptInStatus": "opted-in"}]}, Cause.FAILED),
        ],
    )
    def test_regions_that_aws_does_not_tell_are_unseen_and_not_none(
        self, answer: Any, cause: Cause
    ):
        with pytest.raises(Unseen) as caught:
            _enter(IDENTITY, answer).enabled_regions(Ticking())
        assert caught.value.cause is cause


class TestReaders:
    def test_what_is_account_wide_is_asked_through_the_home_region(self):
        account = _enter({**IDENTITY, "Arn": f"arn:aws-cn:iam::{ACCOUNT}:user/x"})
        reader = account.reader(Scope(ACCOUNT, GLOBAL_REGION, "iam.user"), Ticking(), 60)
        assert (reader.region, reader.partition) == ("cn-north-1", "aws-cn")

    def test_what_is_regional_is_asked_there_until_the_time_is_up(self):
        account = _enter(IDENTITY)
        clock = Ticking(elapsed=100)
        reader = account.reader(Scope(ACCOUNT, "eu-west-1", "kms.key"), clock, 60)
        assert (reader.region, reader.deadline) == ("eu-west-1", 160)

    def test_readers_of_one_account_share_its_clients(self):
        account = _enter(IDENTITY)
        one, two = (
            account.reader(Scope(ACCOUNT, region, "kms.key"), Ticking(), 60)
            for region in ("eu-west-1", "us-east-1")
        )
        assert one.clients is two.clients


class TestRecorded:
    def _recording(self, tmp_path: Path, meta: dict[str, Any]) -> Any:
        folder = tmp_path / ACCOUNT / "eu-west-1"
        folder.mkdir(parents=True)
        (folder / "kms.ListKeys.json").write_text(json.dumps({"Keys": []}))
        (tmp_path / ACCOUNT / "meta.json").write_text(json.dumps(meta))
        return open_recording(tmp_path, NOW)

    def test_a_recording_needs_neither_credentials_nor_a_network(self, tmp_path: Path):
        account = enter_recorded(self._recording(tmp_path, {}), ACCOUNT, "driftkeeper/test")
        reader = account.reader(Scope(ACCOUNT, "eu-west-1", "kms.key"), Ticking(), 60)
        assert reader.rows(Call("kms", "list_keys", items="Keys")) == []

    def test_the_caller_is_the_one_recorded(self, tmp_path: Path):
        caller = f"arn:aws-cn:iam::{ACCOUNT}:role/x"
        recording = self._recording(tmp_path, {"caller": caller})
        account = enter_recorded(recording, ACCOUNT, "driftkeeper/test")
        assert (account.caller, account.partition) == (caller, "aws-cn")

    def test_without_a_recorded_caller_there_is_a_plain_one(self, tmp_path: Path):
        account = enter_recorded(self._recording(tmp_path, {}), ACCOUNT, "driftkeeper/test")
        assert account.caller == f"arn:aws:sts::{ACCOUNT}:assumed-role/recorded/driftkeeper"
        assert account.partition == "aws"

    def test_where_a_bucket_lies_is_taken_as_recorded(self, tmp_path: Path):
        self._recording(tmp_path, {})
        home = tmp_path / ACCOUNT / HOME
        home.mkdir()
        answer = json.dumps({"LocationConstraint": "EU"})
        (home / "s3.GetBucketLocation.json").write_text(answer)
        account = enter_recorded(open_recording(tmp_path, NOW), ACCOUNT, "driftkeeper/test")
        reader = account.reader(Scope(ACCOUNT, GLOBAL_REGION, "s3.bucket"), Ticking(), 60)
        call = Call("s3", "get_bucket_location", params={"Bucket": "b"})
        assert reader.value(call) == {"LocationConstraint": "EU"}
