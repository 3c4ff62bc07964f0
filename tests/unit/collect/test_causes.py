"""Every error code means what AWS means by it; what nobody knows is a failure, never an answer."""

from __future__ import annotations

import pytest
from botocore import exceptions
from botocore.retries.standard import ThrottledRetryableChecker

from driftkeeper.collect.causes import GONE, unseen_for_code, unseen_for_transport
from driftkeeper.domain.types import Cause

_SCP = (
    "User: arn:aws:sts::111122223333:assumed-role/audit/x is not authorized to perform:"
    " kms:ListKeys with an explicit deny in a service control policy"
)
_WRITES_ONLY = {"ProvisionedThroughputExceededException", "TransactionInProgressException"}
_S3_TRANSFER_ONLY = {"PriorRequestNotComplete"}


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("AccessDenied", Cause.DENIED),
        ("AccessDeniedException", Cause.DENIED),
        ("UnauthorizedOperation", Cause.DENIED),
        ("AuthorizationError", Cause.DENIED),
        ("AllAccessDisabled", Cause.DENIED),
        ("InvalidClientTokenId", Cause.REGION_OFF),
        ("UnrecognizedClientException", Cause.REGION_OFF),
        ("AuthFailure", Cause.REGION_OFF),
        ("OptInRequired", Cause.REGION_OFF),
        ("SubscriptionRequiredException", Cause.REGION_OFF),
        ("UnsupportedOperationException", Cause.UNSUPPORTED),
        ("Throttling", Cause.THROTTLED),
        ("SlowDown", Cause.THROTTLED),
        ("LimitExceeded", Cause.THROTTLED),
        ("MethodNotAllowed", Cause.NOT_OWNER),
        ("CloudTrailARNInvalidException", Cause.NOT_OWNER),
        ("InternalFailure", Cause.FAILED),
        ("ExpiredToken", Cause.FAILED),
        ("NeverHeardOf", Cause.FAILED),
        ("", Cause.FAILED),
    ],
)
def test_a_code_has_its_cause_and_is_kept_with_its_message(code: str, cause: Cause):
    miss = unseen_for_code(code, "why")
    assert (miss.cause, miss.code, miss.message) == (cause, code, "why")


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])
def test_a_denial_by_a_service_control_policy_is_told_apart(code: str):
    assert unseen_for_code(code, _SCP).cause is Cause.SCP_DENIED


def test_only_a_denial_can_come_from_a_service_control_policy():
    assert unseen_for_code("Throttling", _SCP).cause is Cause.THROTTLED


def test_all_that_botocore_retries_as_throttling_is_throttling():
    codes = {*ThrottledRetryableChecker._THROTTLED_ERROR_CODES} - _WRITES_ONLY - _S3_TRANSFER_ONLY
    assert {unseen_for_code(code, "").cause for code in codes} == {Cause.THROTTLED}


def test_no_code_means_both_gone_and_unseen():
    assert {unseen_for_code(code, "").cause for code in GONE} == {Cause.FAILED}


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (exceptions.ConnectTimeoutError(endpoint_url="u"), Cause.UNREACHABLE),
        (exceptions.ReadTimeoutError(endpoint_url="u"), Cause.UNREACHABLE),
        (exceptions.EndpointConnectionError(endpoint_url="u"), Cause.UNREACHABLE),
        (exceptions.ConnectionClosedError(endpoint_url="u"), Cause.UNREACHABLE),
        (exceptions.SSLError(endpoint_url="u", error="e"), Cause.UNREACHABLE),
        (exceptions.ProxyConnectionError(proxy_url="u"), Cause.UNREACHABLE),
        (exceptions.HTTPClientError(error="e"), Cause.UNREACHABLE),
        (exceptions.UnknownEndpointError(service_name="s", region_name="r"), Cause.UNSUPPORTED),
        (
            exceptions.UnknownServiceError(service_name="s", known_service_names="k"),
            Cause.UNSUPPORTED,
        ),
        (exceptions.PaginationError(message="m"), Cause.FAILED),
        (exceptions.ParamValidationError(report="r"), Cause.FAILED),
        (exceptions.CredentialRetrievalError(provider="p", error_msg="m"), Cause.FAILED),
        (exceptions.TokenRetrievalError(provider="p", error_msg="m"), Cause.FAILED),
        (exceptions.UnauthorizedSSOTokenError(), Cause.FAILED),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_a_failure_before_any_answer_has_its_cause(error: exceptions.BotoCoreError, cause: Cause):
    miss = unseen_for_transport(error)
    assert (miss.cause, miss.code, miss.message) == (cause, type(error).__name__, str(error))
