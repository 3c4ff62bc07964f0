"""The password policy: none means AWS's default, and what is left out has the value it stands for."""

from __future__ import annotations

from typing import Any

import pytest

from driftkeeper.collect.evidence.iam_password_policy import PASSWORD_POLICY
from driftkeeper.domain.types import Body, Cause, Outcome
from tests.aws import ACCOUNT, Error
from tests.unit.collect.evidence.iam_account import account, see

REQUIRED = {
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "RequireNumbers": True,
    "RequireSymbols": True,
}
BARE = {
    "MinimumPasswordLength": 14,
    **REQUIRED,
    "AllowUsersToChangePassword": True,
    "ExpirePasswords": False,
}


def _body(answer: Any) -> Body:
    sight = see(PASSWORD_POLICY, account(GetAccountPasswordPolicy=answer))
    assert sight.coverage.outcome is Outcome.COMPLETE, sight.coverage
    (body,) = sight.bodies
    return body


def _policy(**fields: Any) -> Body:
    return _body({"PasswordPolicy": {**BARE, **fields}})


def test_fields_left_out_have_the_value_they_stand_for():
    body = _policy()
    assert body.key == f"urn:driftkeeper:{ACCOUNT}:iam:password-policy"
    assert body.config == {
        **BARE,
        "Configured": True,
        "HardExpiry": False,
        "MaxPasswordAge": 0,
        "PasswordReusePrevention": 0,
        "MinimumCharacterClasses": 2,
    }
    assert _policy(HardExpiry=False).digest == body.digest


def test_passwords_expire_when_they_have_an_age():
    assert _policy(MaxPasswordAge=90, ExpirePasswords=True).config["ExpirePasswords"] is True
    assert (
        _policy(MaxPasswordAge=90).digest == _policy(MaxPasswordAge=90, ExpirePasswords=True).digest
    )


@pytest.mark.parametrize(
    "field",
    [
        {"MinimumPasswordLength": 8},
        {"RequireSymbols": False},
        {"MaxPasswordAge": 90},
        {"PasswordReusePrevention": 24},
        {"HardExpiry": True},
        {"AllowUsersToChangePassword": False},
    ],
    ids=lambda field: next(iter(field)),
)
def test_every_field_is_configuration(field: dict[str, Any]):
    assert _policy(**field).digest != _policy().digest


def test_no_policy_is_aws_default_which_is_stronger_than_a_policy_that_asks_for_nothing():
    none = _body(Error("NoSuchEntity", status=404))
    assert none.config["Configured"] is False
    assert none.config["MinimumPasswordLength"] == 8
    assert none.config["MinimumCharacterClasses"] == 3
    weakest = _body({"PasswordPolicy": {"MinimumPasswordLength": 6}})
    assert weakest.config["Configured"] is True
    assert weakest.config["MinimumCharacterClasses"] == 0
    assert weakest.config.keys() == none.config.keys()


def test_an_empty_policy_is_malformed_and_neither_the_default_nor_the_weakest():
    sight = see(PASSWORD_POLICY, account(GetAccountPasswordPolicy={"PasswordPolicy": {}}))
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


def test_a_denial_is_no_default():
    denied = Error("AccessDenied", status=403)
    sight = see(PASSWORD_POLICY, account(GetAccountPasswordPolicy=denied))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)
