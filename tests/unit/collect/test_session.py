"""Sessions read only what is declared, patiently, through one client per service and region."""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ParamValidationError
from botocore.parsers import ResponseParserError

from driftkeeper.collect.catalog import declared_calls
from driftkeeper.collect.session import (
    ATTEMPTS,
    IN_FLIGHT,
    WORKERS,
    Login,
    OperationRefusedError,
    check_region,
    open_clients,
)
from driftkeeper.collect.spec import Call
from driftkeeper.domain.errors import CredentialsError, UsageError
from tests.aws import ACCOUNT, REGION, Script, clients, http, name_of, service_model, wired

DECLARED = declared_calls()
SERVICES = sorted({call.service for call in DECLARED})
READS = re.compile(r"(Get|List|Describe|Lookup|BatchGet)[A-Z]")
PAB = Call("s3control", "get_public_access_block")


def _required(service: str, name: str) -> dict[str, Any]:
    """Parameters with which the call would be sent, if it were not refused."""
    shape = service_model(service).operation_model(name).input_shape
    return (
        {} if shape is None else {key: _value(shape.members[key]) for key in shape.required_members}
    )


def _value(shape: Any) -> Any:
    match shape.type_name:
        case "structure":
            return {key: _value(shape.members[key]) for key in shape.required_members}
        case "list":
            return [_value(shape.member)]
        case "map":
            return {"key": _value(shape.value)}
        case "integer" | "long" | "float" | "double":
            return 1
        case "boolean":
            return True
        case "timestamp":
            return 0
        case "blob":
            return b"x"
        case _:
            return shape.enum[0] if getattr(shape, "enum", None) else "x" * 12


class TestReadOnly:
    @pytest.mark.parametrize("service", SERVICES)
    def test_no_operation_but_those_declared_can_leave(self, service: str):
        """All operations that botocore knows of the service are tried."""
        made, _ = wired(DECLARED, http(b""))
        client = made.client(service, REGION)
        refused = set()
        for name in service_model(service).operation_names:
            # A call that is let through fails for want of its parameters, or of an answer.
            with suppress(ParamValidationError, ResponseParserError):
                try:
                    getattr(client, xform_name(name))()
                except OperationRefusedError:
                    refused.add(name)
        declared = {name_of(call).split(".")[1] for call in DECLARED if call.service == service}
        assert declared
        assert refused == {*service_model(service).operation_names} - declared

    def test_what_is_declared_reads_and_makes_a_report_at_most(self):
        """So that no operation which changes anything can leave the process, by the test above."""
        reads = re.compile(r"(get|list|describe|lookup)_[a-z0-9_]+")
        others = {call.operation for call in DECLARED if not reads.fullmatch(call.operation)}
        assert others == {"generate_credential_report"}

    @pytest.mark.parametrize("service", SERVICES)
    def test_no_operation_with_a_name_that_changes_something_is_sent(self, service: str):
        """All operations of the service, with the parameters that its model requires."""
        made, sent = wired(DECLARED, http(b""))
        client, tried = made.client(service, REGION), 0
        for name in service_model(service).operation_names:
            if READS.match(name) or name == "GenerateCredentialReport":
                continue
            tried += 1
            with pytest.raises(OperationRefusedError):
                getattr(client, xform_name(name))(**_required(service, name))
        assert tried
        assert sent == []

    @pytest.mark.parametrize("service", SERVICES)
    def test_nothing_at_all_is_sent_for_what_is_refused(self, service: str):
        made, sent = wired((), http(b""))
        for name in service_model(service).operation_names:
            with pytest.raises(OperationRefusedError, match=f"{service}:{name} is not declared"):
                getattr(made.client(service, REGION), xform_name(name))()
        assert sent == []

    def test_a_refusal_comes_before_parameters_are_even_looked_at(self):
        made = clients(Script({}), DECLARED)
        with pytest.raises(OperationRefusedError):
            made.client("iam", REGION).delete_user()

    def test_a_paginator_is_refused_like_a_call(self):
        made = clients(Script({}), (Call("kms", "list_keys"),))
        pages = made.client("kms", REGION).get_paginator("list_aliases").paginate()
        with pytest.raises(OperationRefusedError, match="kms:ListAliases is not declared"):
            next(iter(pages))

    def test_an_operation_declared_for_one_service_is_not_allowed_for_another(self):
        made = clients(Script({}), (Call("s3control", "get_public_access_block"),))
        with pytest.raises(OperationRefusedError, match="s3:GetPublicAccessBlock"):
            made.client("s3", REGION).get_public_access_block(Bucket="bucket")

    def test_the_role_is_assumed_by_a_session_that_the_guard_does_not_watch(
        self, monkeypatch: pytest.MonkeyPatch
    ):
        """`sts:AssumeRole` is declared by nobody, and is still what an assumed role needs."""
        _ambient_keys(monkeypatch)
        role = f"arn:aws:iam::{ACCOUNT}:role/audit"
        sts = _Sts(monkeypatch)
        made = open_clients(Login(ACCOUNT, role_arn=role, external_id="secret"), DECLARED, "ua")
        credentials = made.session.get_credentials().get_frozen_credentials()
        assert credentials.access_key == "ASSUMED"
        assert sts.bodies == [
            {
                "Action": "AssumeRole",
                "Version": "2011-06-15",
                "RoleArn": role,
                "RoleSessionName": "driftkeeper",
                "ExternalId": "secret",
            }
        ]
        # Not the global endpoint, whose tokens are refused in opt-in regions.
        assert sts.urls == ["https://sts.us-east-1.amazonaws.com/"]
        with pytest.raises(OperationRefusedError):
            made.client("sts", REGION).assume_role(RoleArn=role, RoleSessionName="x")

    @pytest.mark.parametrize(
        ("partition", "region", "url"),
        [
            ("aws", "eu-central-1", "https://sts.eu-central-1.amazonaws.com/"),
            ("aws-us-gov", None, "https://sts.us-gov-west-1.amazonaws.com/"),
            ("aws-cn", None, "https://sts.cn-north-1.amazonaws.com.cn/"),
        ],
    )
    def test_the_role_is_assumed_in_the_own_region_or_in_that_of_its_partition(
        self, partition: str, region: str | None, url: str, monkeypatch: pytest.MonkeyPatch
    ):
        _ambient_keys(monkeypatch)
        if region is not None:
            monkeypatch.setenv("AWS_DEFAULT_REGION", region)
        sts = _Sts(monkeypatch)
        role = f"arn:{partition}:iam::{ACCOUNT}:role/audit"
        made = open_clients(Login(ACCOUNT, role_arn=role), DECLARED, "ua")
        made.session.get_credentials().get_frozen_credentials()
        assert sts.urls == [url]
        assert "ExternalId" not in sts.bodies[0]


class _Sts:
    """Answers the HTTP requests for an assumed role, and keeps what they asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bodies: list[dict[str, str]] = []
        self.urls: list[str] = []
        monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", self.send)

    def send(self, request: Any) -> AWSResponse:
        self.urls.append(request.url)
        self.bodies.append(dict(parse_qsl(request.body)))
        body = b"""<AssumeRoleResponse><AssumeRoleResult><Credentials>
            <AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
            <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
            </Credentials></AssumeRoleResult></AssumeRoleResponse>"""
        raw = SimpleNamespace(stream=lambda: iter([body]))
        return AWSResponse(request.url, 200, {}, raw)


def _ambient_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ambient")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ambient")


class TestPatience:
    @pytest.mark.parametrize("service", SERVICES)
    def test_every_client_retries_in_standard_mode_and_gives_up_in_time(self, service: str):
        config = clients(Script({}), DECLARED).client(service, REGION).meta.config
        assert config.retries == {"mode": "standard", "total_max_attempts": ATTEMPTS}
        assert (config.connect_timeout, config.read_timeout) == (5, 60)
        assert config.max_pool_connections == WORKERS

    def test_the_user_agent_says_who_asks(self):
        made, sent = wired((Call("kms", "list_keys"),), http(b'{"Keys": []}'))
        made.client("kms", REGION).list_keys()
        assert "driftkeeper/test" in str(sent[0].headers["User-Agent"])

    def test_calls_in_flight_are_bounded_per_service_and_account(self):
        made = clients(Script({}), DECLARED)
        assert made.budget("iam") is made.budget("iam")
        assert made.budget("iam") is not clients(Script({}), DECLARED).budget("iam")
        assert made.budget("iam")._value == IN_FLIGHT["iam"] < WORKERS
        assert made.budget("kms")._value == WORKERS


class TestClients:
    def test_there_is_one_client_per_service_and_region(self):
        made = clients(Script({}), DECLARED)
        assert made.client("kms", REGION) is made.client("kms", REGION)
        assert made.client("kms", REGION) is not made.client("kms", "us-east-1")
        assert made.client("kms", REGION) is not made.client("ec2", REGION)

    def test_many_threads_that_want_a_client_get_the_same_one(self):
        made = clients(Script({}), DECLARED)
        start = threading.Barrier(8)
        found: list[Any] = []

        def want() -> None:
            start.wait(5)
            found.append(made.client("kms", REGION))

        threads = [threading.Thread(target=want) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert len(found) == 8
        assert len({id(client) for client in found}) == 1


class TestLogin:
    def test_an_unknown_profile_is_told_to_the_user(self):
        with pytest.raises(CredentialsError, match="nosuch"):
            open_clients(Login(ACCOUNT, profile="nosuch"), DECLARED, "ua")

    def test_a_role_without_credentials_to_assume_it_with_is_told_to_the_user(self):
        login = Login(ACCOUNT, role_arn=f"arn:aws:iam::{ACCOUNT}:role/audit")
        made = open_clients(login, DECLARED, "ua")
        with pytest.raises(CredentialsError, match="no AWS credentials found to assume arn:aws"):
            made.client("kms", REGION)

    def test_a_profile_gives_its_credentials_and_region(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        config = tmp_path / "config"
        config.write_text(
            "[profile audit]\naws_access_key_id=AKIAPROFILE\naws_secret_access_key=s\n"
            "region=eu-central-1\n"
        )
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        session = open_clients(Login(ACCOUNT, profile="audit"), DECLARED, "ua").session
        assert session.get_credentials().access_key == "AKIAPROFILE"
        assert session.region_name == "eu-central-1"

    def test_a_profile_that_assumes_a_role_may_do_so_unwatched(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        """The guard must not refuse it, and no recording may see the credentials in its answer."""
        config = tmp_path / "config"
        role = f"arn:aws:iam::{ACCOUNT}:role/audit"
        config.write_text(
            "[profile base]\naws_access_key_id=AKIABASE\naws_secret_access_key=s\n"
            f"[profile audit]\nrole_arn={role}\nsource_profile=base\nregion=eu-central-1\n"
        )
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        seen: list[str] = []

        def watch(session: Any) -> None:
            session.events.register("after-call.*.*", lambda model, **_: seen.append(model.name))

        sts = _Sts(monkeypatch)
        made = open_clients(Login(ACCOUNT, profile="audit"), DECLARED, "ua", [watch])
        made.client("kms", REGION)
        found = made.session.get_credentials().get_frozen_credentials()
        assert (found.access_key, found.token) == ("ASSUMED", "t")
        assert [body["RoleArn"] for body in sts.bodies] == [role]
        assert seen == []

    def test_no_hook_sees_a_role_being_assumed(self, monkeypatch: pytest.MonkeyPatch):
        _ambient_keys(monkeypatch)
        seen: list[str] = []

        def watch(session: Any) -> None:
            session.events.register("after-call.*.*", lambda model, **_: seen.append(model.name))

        sts = _Sts(monkeypatch)
        login = Login(ACCOUNT, role_arn=f"arn:aws:iam::{ACCOUNT}:role/audit")
        made = open_clients(login, DECLARED, "ua", [watch])
        made.session.get_credentials().get_frozen_credentials()
        assert (len(sts.bodies), seen) == (1, [])


class TestHostPrefix:
    """s3control puts the account id before the host, where no local endpoint has a name for it."""

    ANSWER = (
        b"<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
        b"</PublicAccessBlockConfiguration>"
    )

    def _url(self, endpoint: str | None, monkeypatch: pytest.MonkeyPatch) -> str:
        if endpoint is not None:
            monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        made, sent = wired((PAB,), http(self.ANSWER))
        answer = made.client("s3control", REGION).get_public_access_block(AccountId=ACCOUNT)
        assert answer["PublicAccessBlockConfiguration"] == {"BlockPublicAcls": True}
        assert sent[0].headers["x-amz-account-id"].decode() == ACCOUNT
        return str(sent[0].url)

    @pytest.mark.parametrize(
        ("endpoint", "url"),
        [
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000/v20180820/configuration"),
            ("http://localhost:4566", "http://localhost:4566/v20180820/configuration"),
            ("https://proxy.example.com", "https://proxy.example.com/v20180820/configuration"),
        ],
    )
    def test_it_is_taken_off_for_an_endpoint_of_ones_own(
        self, endpoint: str, url: str, monkeypatch: pytest.MonkeyPatch
    ):
        assert self._url(endpoint, monkeypatch).startswith(url)

    def test_it_stays_for_aws(self, monkeypatch: pytest.MonkeyPatch):
        url = self._url(None, monkeypatch)
        assert url.startswith(f"https://{ACCOUNT}.s3-control.{REGION}.amazonaws.com/")


class TestRegions:
    @pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1", "cn-north-1"])
    def test_a_region_of_any_partition_is_known(self, region: str):
        assert check_region(region) == region

    @pytest.mark.parametrize("region", ["eu-wset-1", "", "EU-WEST-1", "eu-west-1a"])
    def test_an_unknown_region_is_refused_with_the_next_step(self, region: str):
        with pytest.raises(UsageError, match="write it as AWS does"):
            check_region(region)
