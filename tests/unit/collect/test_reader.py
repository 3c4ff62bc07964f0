"""A reader gives every page or nothing, and says of every failure what it means."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    UnknownEndpointError,
)

from driftkeeper.collect.reader import Reader
from driftkeeper.collect.session import ATTEMPTS
from driftkeeper.collect.spec import Account, Call, EvidenceType, From, Gone, Reach, Unseen
from driftkeeper.domain.errors import CredentialsError
from driftkeeper.domain.types import GLOBAL_REGION, Cause, Scope
from tests.aws import ACCOUNT, REGION, Error, Script, Ticking, http, name_of, reader, wired

KEYS = Call("kms", "list_keys", items="Keys")
PAGED = Call("kms", "list_keys", items="Keys", page_size=1000)
DESCRIBE = Call("kms", "describe_key", items="KeyMetadata", params={"KeyId": From("KeyId")})
GROUPS = Call("ec2", "describe_security_groups", items="SecurityGroups")
USERS = Call("iam", "list_users", items="Users")
PAB = Call(
    "s3control",
    "get_public_access_block",
    items="PublicAccessBlockConfiguration",
    params={"AccountId": Account()},
    absent_on={"NoSuchPublicAccessBlockConfiguration": {"none": True}},
)


def _keys(*names: str) -> dict[str, Any]:
    return {"Keys": [{"KeyId": n, "KeyArn": f"arn:{n}" + "-" * 20} for n in names]}


def _reader(
    call: Call, answer: Any = None, clock: Ticking | None = None, seconds: float = 60.0
) -> tuple[Reader, Script]:
    region = GLOBAL_REGION if call.service == "iam" else REGION
    script = Script({(region, name_of(call)): answer})
    spec = EvidenceType("x.y", "X", 1, Reach.REGION, call, "{KeyId}", "Says.")
    return reader(script, spec, clock=clock, seconds=seconds), script


def _unseen(call: Call, answer: Any, item: dict[str, Any] | None = None) -> Unseen:
    asker, _ = _reader(call, answer)
    with pytest.raises(Unseen) as caught:
        asker.value(call, item)
    return caught.value


class TestAnswers:
    def test_all_pages_are_joined_in_order(self):
        asker, script = _reader(KEYS, _keys("a", "b", "c", "d", "e"))
        assert [row["KeyId"] for row in asker.rows(KEYS)] == ["a", "b", "c", "d", "e"]
        assert [params.get("Marker") for params in script.asked_for("kms.ListKeys")] == [
            None,
            "2",
            "4",
        ]

    def test_calls_pages_and_request_ids_are_counted(self):
        asker, _ = _reader(KEYS, _keys("a", "b", "c"))
        asker.rows(KEYS)
        tally = asker.tally
        assert (tally.calls, tally.pages) == (2, 2)
        assert (tally.first_request_id, tally.last_request_id) == ("request-1", "request-2")

    def test_an_empty_listing_is_an_answer(self):
        asker, _ = _reader(KEYS, _keys())
        assert asker.rows(KEYS) == []
        assert asker.tally.pages == 1

    def test_the_largest_page_is_asked_for(self):
        asker, script = _reader(PAGED, _keys("a"))
        asker.rows(PAGED)
        assert script.asked_for("kms.ListKeys") == [{"Limit": 1000}]

    def test_an_operation_without_pages_is_asked_once(self):
        metadata = {"KeyId": "a", "CreationDate": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)}
        asker, script = _reader(DESCRIBE, {"KeyMetadata": metadata})
        answer = asker.value(DESCRIBE, {"KeyId": "a"})
        assert answer == {"KeyId": "a", "CreationDate": "2026-01-02T03:04:05Z"}
        assert script.asked_for("kms.DescribeKey") == [{"KeyId": "a"}]

    def test_one_object_is_one_row(self):
        switches = {"BlockPublicAcls": True, "IgnorePublicAcls": True}
        asker, script = _reader(PAB, {"PublicAccessBlockConfiguration": switches})
        assert asker.rows(PAB) == [switches]
        assert script.asked_for("s3control.GetPublicAccessBlock") == [{"AccountId": ACCOUNT}]

    def test_without_items_the_whole_answer_counts_and_metadata_is_left_out(self):
        call = Call("kms", "get_key_rotation_status", params={"KeyId": "a"})
        asker, _ = _reader(call, {"KeyRotationEnabled": True})
        assert asker.value(call) == {"KeyRotationEnabled": True}

    def test_a_parameter_comes_from_a_dotted_path_of_the_item(self):
        call = Call("kms", "describe_key", params={"KeyId": From("Outer.Inner")})
        asker, script = _reader(call, {"KeyMetadata": {"KeyId": "deep"}})
        asker.value(call, {"Outer": {"Inner": "deep"}})
        assert script.asked_for("kms.DescribeKey") == [{"KeyId": "deep"}]

    def test_only_allowed_fields_of_a_row_are_kept(self):
        call = Call(
            "iam", "list_virtual_mfa_devices", items="VirtualMFADevices", fields=("SerialNumber",)
        )
        device = {"SerialNumber": "arn:mfa/x", "Base32StringSeed": b"s", "QRCodePNG": b"q"}
        asker, _ = _reader(call, {"VirtualMFADevices": [device, device, device]})
        assert asker.rows(call) == [{"SerialNumber": "arn:mfa/x"}] * 3

    def test_an_absence_code_is_an_answer_and_counts_as_one(self):
        asker, _ = _reader(PAB, Error("NoSuchPublicAccessBlockConfiguration", status=404))
        assert asker.rows(PAB) == [{"none": True}]
        assert (asker.tally.calls, asker.tally.pages) == (1, 1)
        assert asker.tally.last_request_id == "request-1"


class TestFailures:
    def test_a_later_page_that_fails_takes_the_first_with_it(self):
        page = _keys("a", "b")
        miss = _unseen(KEYS, [page, page, Error("AccessDeniedException")])
        assert (miss.cause, miss.code) == (Cause.DENIED, "AccessDeniedException")

    def test_a_later_page_without_the_list_is_malformed(self):
        miss = _unseen(KEYS, [_keys("a"), {}])
        assert (miss.cause, miss.code) == (Cause.FAILED, "MalformedAnswer")
        assert miss.message == "kms:list_keys: Keys is not in the answer"

    @pytest.mark.parametrize("lost", ["NextMarker", "Truncated"])
    def test_a_page_that_says_but_by_half_that_there_are_more_is_not_the_last(self, lost: str):
        """botocore goes no further; what it has is not the whole list."""
        asker, _ = _reader(KEYS, _keys("a", "b", "c"))
        asker.clients.session.events.register(
            "after-call.kms.ListKeys", lambda parsed, **_: parsed.pop(lost, None)
        )
        with pytest.raises(Unseen, match="the last page says that there are more") as caught:
            asker.rows(KEYS)
        assert caught.value.code == "MalformedAnswer"

    def test_a_page_that_points_at_itself_is_a_failure(self):
        asker, _ = _reader(KEYS, _keys("a"))
        asker.clients.client("kms", REGION).meta.events.register_last(
            "after-call.kms.ListKeys",
            lambda parsed, **_: parsed.update(NextMarker="0", Truncated=True),
        )
        with pytest.raises(Unseen) as caught:
            asker.value(KEYS)
        assert (caught.value.cause, caught.value.code) == (Cause.FAILED, "PaginationError")

    def test_what_should_be_a_list_of_objects_and_is_not_is_malformed(self):
        call = Call("kms", "get_key_policy", items="Policy", params={"KeyId": "a"})
        asker, _ = _reader(call, {"Policy": "{}"})
        with pytest.raises(Unseen, match="Policy is not a list of objects"):
            asker.rows(call)
        call = Call("kms", "list_key_policies", items="PolicyNames", params={"KeyId": "a"})
        asker, _ = _reader(call, {"PolicyNames": ["default"]})
        with pytest.raises(Unseen, match="PolicyNames is not a list of objects"):
            asker.rows(call)

    def test_several_pages_of_something_else_than_a_list_are_malformed(self):
        call = Call("kms", "list_keys", items="Truncated")
        asker, _ = _reader(call, _keys("a", "b", "c"))
        with pytest.raises(Unseen, match="several pages of something that is not a list"):
            asker.value(call)

    def test_an_item_without_the_field_a_call_needs_is_malformed(self):
        asker, script = _reader(DESCRIBE)
        with pytest.raises(Unseen, match="KeyId is not in the answer"):
            asker.value(DESCRIBE, {"Other": 1})
        assert script.asked == []

    def test_an_answer_without_what_it_always_has_is_malformed(self):
        call = Call("kms", "get_key_rotation_status", params={"KeyId": "a"}, always=("KeyId",))
        miss = _unseen(call, {"KeyRotationEnabled": True})
        assert (miss.code, miss.cause) == ("MalformedAnswer", Cause.FAILED)
        rows = Call("kms", "list_keys", items="Keys", always=("KeyArn",))
        assert _unseen(rows, {"Keys": [{"KeyId": "a"}]}).code == "MalformedAnswer"

    def test_a_time_without_an_offset_is_malformed(self):
        naive = {"KeyId": "a", "CreationDate": datetime(2026, 1, 2)}  # noqa: DTZ001 -- the point
        miss = _unseen(DESCRIBE, {"KeyMetadata": naive}, {"KeyId": "a"})
        assert miss.code == "MalformedAnswer"
        assert "time without offset" in miss.message

    def test_what_is_gone_is_gone_and_not_unseen(self):
        asker, _ = _reader(DESCRIBE, Error("NotFoundException"))
        with pytest.raises(Gone):
            asker.value(DESCRIBE, {"KeyId": "a"})

    def test_a_code_may_say_that_another_account_owns_it(self):
        call = Call(
            "kms", "describe_key", params={"KeyId": "a"}, not_owner_on=("NotFoundException",)
        )
        assert _unseen(call, Error("NotFoundException")).cause is Cause.NOT_OWNER

    @pytest.mark.parametrize(
        ("error", "cause"),
        [
            (ConnectTimeoutError(endpoint_url="https://kms"), Cause.UNREACHABLE),
            (EndpointConnectionError(endpoint_url="https://kms"), Cause.UNREACHABLE),
            (UnknownEndpointError(service_name="kms", region_name="x"), Cause.UNSUPPORTED),
        ],
    )
    def test_what_never_reached_aws_is_unseen(self, error: Exception, cause: Cause):
        miss = _unseen(KEYS, error)
        assert (miss.cause, miss.code) == (cause, type(error).__name__)

    def test_missing_credentials_are_told_to_the_user(self):
        asker, _ = _reader(KEYS, NoCredentialsError())
        with pytest.raises(CredentialsError, match="aws sso login"):
            asker.value(KEYS)

    def test_parameters_that_do_not_fit_the_operation_are_a_failure(self):
        call = Call("kms", "describe_key", params={"KeyId": 7})
        assert _unseen(call, {}).code == "ParamValidationError"


class TestDeadline:
    def test_nothing_is_sent_after_the_deadline(self):
        clock = Ticking(tick=25.0)
        asker, script = _reader(KEYS, _keys("a", "b", "c", "d", "e", "f", "g"), clock)
        with pytest.raises(Unseen) as caught:
            asker.rows(KEYS)
        assert (caught.value.cause, caught.value.code) == (Cause.FAILED, "DeadlineExceeded")
        assert len(script.asked) == 2

    def test_within_the_deadline_all_is_read(self):
        asker, script = _reader(KEYS, _keys("a", "b", "c", "d", "e", "f", "g"), Ticking(tick=10.0))
        assert len(asker.rows(KEYS)) == 7
        assert len(script.asked) == 4


GARBAGE = {
    "an error page": b"<html><body><h1>Sign in, SECRET</h1></body></html>",
    "a page that is no XML": b"<!doctype html><p>SECRET<br>",
    "half an answer": b'{"Keys": [{"KeyId": "SECRET',
    "half an XML answer": b"<ListUsersResponse><ListUsersResult><Users><member>SECRET",
    "nothing": b"",
    "a JSON list": b'["SECRET"]',
    "JSON of the wrong types": b'{"Keys": "SECRET", "KeyMetadata": ["SECRET"]}',
    "a number": b"17",
    "no text": b"\xff\xfe\x00SECRET",
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("call", [KEYS, DESCRIBE, GROUPS, USERS], ids=lambda call: call.service)
def test_bytes_that_are_no_answer_are_unseen_and_not_kept(call: Call, body: bytes):
    """Through botocore's own parsers of every protocol; the bytes may hold secrets."""
    asker, _ = _over_the_wire(call, http(body))
    with pytest.raises(Unseen) as caught:
        asker.value(call, {"KeyId": "a"})
    assert (caught.value.cause, caught.value.code) == (Cause.FAILED, "MalformedAnswer")
    assert "SECRET" not in caught.value.message


def test_an_error_page_is_not_a_public_access_block_without_switches():
    call = Call(PAB.service, PAB.operation, PAB.items, PAB.params, always=("BlockPublicAcls",))
    asker, _ = _over_the_wire(call, http(GARBAGE["an error page"]))
    with pytest.raises(Unseen, match="BlockPublicAcls is not in the answer"):
        asker.value(call)


def test_throttling_is_retried_and_then_told(pauses: list[float]):
    body = b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'
    asker, sent = _over_the_wire(KEYS, http(body, 400, "application/x-amz-json-1.1"))
    with pytest.raises(Unseen) as caught:
        asker.value(KEYS)
    assert (caught.value.cause, caught.value.code) == (Cause.THROTTLED, "ThrottlingException")
    assert len(sent) == ATTEMPTS
    assert len(pauses) == ATTEMPTS - 1


def test_a_server_error_is_retried_and_then_told(pauses: list[float]):
    asker, sent = _over_the_wire(KEYS, http(b"<html>oops</html>", 503))
    with pytest.raises(Unseen) as caught:
        asker.value(KEYS)
    assert (caught.value.cause, caught.value.code) == (Cause.FAILED, "503")
    assert len(sent) == ATTEMPTS
    assert len(pauses) == ATTEMPTS - 1


def test_a_connection_that_fails_is_retried_and_then_told(pauses: list[float]):
    def fail(request: Any, **_: Any) -> None:
        raise ConnectTimeoutError(endpoint_url=request.url)

    asker, sent = _over_the_wire(KEYS, fail)
    with pytest.raises(Unseen) as caught:
        asker.value(KEYS)
    assert (caught.value.cause, caught.value.code) == (Cause.UNREACHABLE, "ConnectTimeoutError")
    assert len(sent) == ATTEMPTS
    assert len(pauses) == ATTEMPTS - 1


def _over_the_wire(call: Call, answer: Any) -> tuple[Reader, list[Any]]:
    """Return a reader whose requests are built, signed and then answered; and what was sent."""
    made, sent = wired((call,), answer)
    clock = Ticking()
    return Reader(Scope(ACCOUNT, REGION, "x.y"), REGION, "aws", made, clock, 60.0), sent


def test_no_more_calls_than_the_budget_are_in_flight():
    flying, most, lock = 0, 0, threading.Lock()
    full = threading.Event()

    def answer(_params: dict[str, Any]) -> dict[str, Any]:
        nonlocal flying, most
        with lock:
            flying += 1
            most = max(most, flying)
            if flying == 4:
                full.set()
        full.wait(5)
        with lock:
            flying -= 1
        return {"Users": []}

    asker, _ = _reader(USERS, answer)
    threads = [threading.Thread(target=asker.rows, args=(USERS,)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == 4
    assert asker.tally.calls == 12
