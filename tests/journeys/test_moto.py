"""A journey over HTTP: the installed program against moto's AWS, from an empty database on.

Everything is real but AWS: processes, requests, signatures, XML and JSON on the wire, assumed roles.
What moto has nothing of is left out; `test_moto_account.py` reads it all.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.collect.spec import Reach
from tests.journeys.program import Program, Ran

pytestmark = pytest.mark.slow

AMBIENT, PRODUCTION, STAGING = "123456789012", "111122223333", "444455556666"
HOME, OTHER = "us-east-1", "eu-west-1"
REGIONS = ("--region", HOME, "--region", OTHER)
_LACKING = ("accessanalyzer.", "iam.root")
READ = {
    name: spec
    for name, spec in evidence_types().items()
    if not (name.startswith(_LACKING) or spec.optional or spec.reach is Reach.ORGANIZATION)
}
"""What moto can answer for an account."""
EVIDENCE = [word for name in READ for word in ("--evidence", name)]
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
}
SSH = {
    "IpProtocol": "tcp",
    "FromPort": 22,
    "ToPort": 22,
    "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "for now"}],
}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of an AWS for this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        yield "http://{}:{}".format(*server.get_host_and_port())
        server.stop()
        assert server._server is not None
        server._server.server_close()


@pytest.fixture
def aws(endpoint: str) -> str:
    """The same address, with nothing in any account yet."""
    urllib.request.urlopen(f"{endpoint}/moto-api/reset", data=b"", timeout=10).close()
    return endpoint


@pytest.fixture
def program(aws: str, tmp_path: Path) -> Program:
    """The program with an empty database, and with credentials of the ambient account."""
    started = _program(aws, tmp_path / "store.db")
    assert started.process("db", "upgrade").code == 0
    return started


def _program(endpoint: str, database: Path) -> Program:
    return Program(
        f"sqlite:///{database}",
        env={
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": HOME,
        },
    )


def _client(endpoint: str, service: str, account: str = AMBIENT, region: str = HOME) -> Any:
    """Return a client that acts in an account, to change it."""
    options: dict[str, Any] = {
        "region_name": region,
        "endpoint_url": endpoint,
        "aws_access_key_id": "testing",
        "aws_secret_access_key": "testing",
    }
    if service == "s3control":
        # s3control asks at <account>.<host>, which no local address has.
        session = boto3.Session()
        client = session.client(service, **options)
        client.meta.events.register(
            "before-sign.s3-control.*",
            lambda request, **_: setattr(
                request, "url", request.url.replace(f"//{account}.", "//", 1)
            ),
        )
        return client
    if account != AMBIENT:
        role = f"arn:aws:iam::{account}:role/driftkeeper"
        keys = boto3.client("sts", **options).assume_role(RoleArn=role, RoleSessionName="test")
        options |= {
            "aws_access_key_id": keys["Credentials"]["AccessKeyId"],
            "aws_secret_access_key": keys["Credentials"]["SecretAccessKey"],
            "aws_session_token": keys["Credentials"]["SessionToken"],
        }
    return boto3.client(service, **options)


class World:
    """What is set up in the ambient account, and what happens to it."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self.iam, self.kms, self.trails = (self._of(n) for n in ("iam", "kms", "cloudtrail"))
        self.ec2, self.s3control = self._of("ec2"), self._of("s3control")
        self.iam.create_user(UserName="alice")
        self.iam.create_login_profile(UserName="alice", Password="Not-a-secret-1!")
        self.iam.create_access_key(UserName="alice")
        self.iam.put_user_policy(
            UserName="alice",
            PolicyName="inline",
            PolicyDocument=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
                }
            ),
        )
        device = self.iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")
        self.serial = device["VirtualMFADevice"]["SerialNumber"]
        self.seed = device["VirtualMFADevice"]["Base32StringSeed"].decode()
        self.iam.enable_mfa_device(
            UserName="alice",
            SerialNumber=self.serial,
            AuthenticationCode1="123456",
            AuthenticationCode2="654321",
        )
        self.key = self.kms.create_key()["KeyMetadata"]["KeyId"]
        self.kms.enable_key_rotation(KeyId=self.key)
        self.kms.create_alias(AliasName="alias/main", TargetKeyId=self.key)
        self._of("s3").create_bucket(Bucket="trail-bucket")
        self.trails.create_trail(Name="main", S3BucketName="trail-bucket", IsMultiRegionTrail=True)
        self.trails.start_logging(Name="main")
        self.group = self.ec2.create_security_group(GroupName="web", Description="d")["GroupId"]
        self.block(True)

    def _of(self, service: str) -> Any:
        return _client(self._endpoint, service)

    def block(self, on: bool) -> None:
        """Set all four switches of the account's public access block."""
        names = (
            "BlockPublicAcls",
            "BlockPublicPolicy",
            "IgnorePublicAcls",
            "RestrictPublicBuckets",
        )
        self.s3control.put_public_access_block(
            AccountId=AMBIENT, PublicAccessBlockConfiguration=dict.fromkeys(names, on)
        )

    def weaken(self) -> None:
        """Undo what keeps the account safe, one thing of each kind."""
        self.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=[SSH])
        self.iam.deactivate_mfa_device(UserName="alice", SerialNumber=self.serial)
        self.kms.disable_key_rotation(KeyId=self.key)
        self.trails.stop_logging(Name="main")
        self.block(False)


def _scopes(regions: int) -> int:
    """How many scopes there are of one account."""
    return sum(regions if spec.reach is Reach.REGION else 1 for spec in READ.values())


def _collected(program: Program, *arguments: str, code: int = 0) -> Any:
    ran = program.process("collect", *EVIDENCE, *arguments, "--json")
    assert ran.code == code, ran.err + ran.out
    return ran.document


def test_a_weakened_account_is_told_thing_by_thing(aws: str, program: Program):
    world = World(aws)
    first = _collected(program, *REGIONS)
    assert (first["misses"], first["coverage"]["complete"]) == ([], _scopes(2))
    assert first["changes"]["by_kind"] == {"collection.baseline_established": _scopes(2)}

    quiet = _collected(program, *REGIONS)
    assert quiet["changes"]["total"] == 0
    assert quiet["resources"] == first["resources"]

    world.weaken()
    third = _collected(program, *REGIONS)
    kinds = third["changes"]["by_kind"]
    assert {
        "sg.public_ingress_added",
        "iam.user.mfa_removed",
        "iam.user.mfa_device_removed",
        "kms.rotation_disabled",
        "cloudtrail.logging_stopped",
        "s3.account_public_access_block_weakened",
    } <= kinds.keys()
    told = program.process("changes", "--direction", "weakened", "--json").document["changes"]
    public = [row for row in told if row["kind"] == "sg.public_ingress_added"]
    assert [(row["snapshot"], row["region"]) for row in public] == [(3, HOME)]
    assert world.group in public[0]["resource"]

    assert program.process("check").code == 0


def test_a_recording_replays_to_the_same_resources_and_holds_no_secret(
    aws: str, program: Program, tmp_path: Path
):
    world = World(aws)
    folder = tmp_path / "recording"
    live = _collected(program, *REGIONS, "--record", str(folder))
    assert [path.name for path in folder.iterdir()] == [AMBIENT]

    text = "".join(path.read_text() for path in folder.rglob("*.json"))
    assert world.serial in text
    for secret in (world.seed, "Base32StringSeed", "QRCodePNG", "SecretAccessKey", "SessionToken"):
        assert secret not in text

    again = _program("http://127.0.0.1:9", tmp_path / "again.db")
    assert again.process("db", "upgrade").code == 0
    replayed = _collected(again, "--replay", str(folder))
    assert replayed["resources"] == live["resources"]
    assert replayed["coverage"] == live["coverage"]
    assert _resources(again) == _resources(program)


def _resources(program: Program) -> Any:
    """Return every resource with its configuration and what was observed of it."""
    rows = program.process("resources", "--json").document["resources"]
    assert rows
    keys = ("account", "region", "evidence", "resource", "body", "observed")
    return [{key: row[key] for key in keys} for row in rows]


def _configured(tmp_path: Path, *entries: str) -> str:
    path = tmp_path / "driftkeeper.toml"
    path.write_text("\n".join(["[collect]", f'regions = ["{HOME}"]', *entries]))
    return str(path)


def _entry(account: str, *lines: str) -> str:
    return "\n".join(["[[accounts]]", f'id = "{account}"', *lines])


def _role(account: str) -> str:
    return f'role_arn = "arn:aws:iam::{account}:role/driftkeeper"'


def test_two_accounts_are_read_through_roles_in_one_snapshot(
    aws: str, program: Program, tmp_path: Path
):
    for account in (PRODUCTION, STAGING):
        iam = _client(aws, "iam", account)
        iam.create_user(UserName=f"user-of-{account}")
    config = _configured(
        tmp_path,
        _entry(
            PRODUCTION, 'name = "production"', _role(PRODUCTION), 'external_id = "not-a-secret"'
        ),
        _entry(STAGING, _role(STAGING)),
    )
    folder = tmp_path / "recording"
    taken = _collected(program, "--config", config, "--record", str(folder))
    assert (taken["misses"], taken["coverage"]["complete"]) == ([], 2 * _scopes(1))
    users = {
        (row["account"], row["resource"])
        for row in program.process("resources", "--json").document["resources"]
        if row["evidence"] == "iam.user"
    }
    assert users == {
        (account, f"arn:aws:iam::{account}:user/user-of-{account}")
        for account in (PRODUCTION, STAGING)
    }
    assert sorted(path.name for path in folder.iterdir()) == [PRODUCTION, STAGING]
    names = {path.name.split("~")[0].removesuffix(".json") for path in folder.rglob("*.json")}
    assert "sts.GetCallerIdentity" in names
    assert "sts.AssumeRole" not in names


def test_an_account_that_cannot_be_reached_is_missed_and_stops_no_other(
    aws: str, program: Program, tmp_path: Path
):
    _client(aws, "iam", PRODUCTION).create_user(UserName="alice")
    config = _configured(
        tmp_path,
        _entry(PRODUCTION, _role(PRODUCTION)),
        _entry(STAGING, 'profile = "nosuch"'),
    )
    taken = _collected(program, "--config", config, code=3)
    seen = {name: taken["coverage"][name] for name in ("complete", "partial", "missed")}
    assert seen == {"complete": _scopes(1), "partial": 0, "missed": _scopes(1)}
    assert {miss["account"] for miss in taken["misses"]} == {STAGING}
    assert {(miss["cause"], miss["code"]) for miss in taken["misses"]} == {
        ("denied", "NoCredentials")
    }
    assert taken["resources"] > 0


def test_credentials_of_another_account_are_not_taken_for_those_wanted(
    aws: str, program: Program, tmp_path: Path
):
    # moto's credential report has no root: without a user it would have no rows, and be malformed.
    _client(aws, "iam", STAGING).create_user(UserName="alice")
    config = _configured(
        tmp_path, _entry(PRODUCTION, _role(STAGING)), _entry(STAGING, _role(STAGING))
    )
    taken = _collected(program, "--config", config, code=3)
    assert {miss["account"] for miss in taken["misses"]} == {PRODUCTION}
    assert STAGING in taken["misses"][0]["message"]


def test_when_no_account_can_be_reached_nothing_is_stored(program: Program, tmp_path: Path):
    config = _configured(tmp_path, _entry(PRODUCTION, 'profile = "nosuch"'))
    ran: Ran = program.process("collect", "--config", config)
    assert ran.code == 2
    assert "no account can be reached" in ran.complaint
    assert program.process("snapshots", "--json").document["snapshots"] == []


def test_without_credentials_the_user_is_told_what_to_do(aws: str, tmp_path: Path):
    without = Program(f"sqlite:///{tmp_path / 'x.db'}", env={"AWS_ENDPOINT_URL": aws})
    assert without.process("db", "upgrade").code == 0
    ran = without.process("collect", "--region", HOME)
    assert ran.code == 2
    assert "no AWS credentials found" in ran.complaint
    assert "aws sso login" in ran.complaint
