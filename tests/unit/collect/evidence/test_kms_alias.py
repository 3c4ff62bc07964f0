"""KMS aliases: each is a row, also those without a key, and where they point is told by the keys."""

from __future__ import annotations

from typing import Any

from driftkeeper.collect.engine import look
from driftkeeper.collect.evidence.kms_alias import ALIAS
from driftkeeper.collect.evidence.kms_key import KEY
from driftkeeper.collect.ties import Counter
from driftkeeper.domain.types import Cause, Outcome, Sight, Tied
from tests.aws import ACCOUNT, NOW, REGION, Error, Script, reader


def _alias(name: str, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/{name}"
    return {"AliasName": f"alias/{name}", "AliasArn": arn, **more}


def _look(*aliases: dict[str, Any]) -> Sight:
    script = Script({(REGION, "kms.ListAliases"): {"Aliases": list(aliases)}})
    return look(ALIAS, reader(script, ALIAS))


def test_an_alias_is_known_by_its_arn_with_or_without_a_key():
    sight = _look(_alias("orders", TargetKeyId="a"), _alias("aws/ebs"))
    assert sight.coverage.outcome is Outcome.COMPLETE
    assert [body.key.rpartition(":")[2] for body in sight.bodies] == [
        "alias/aws/ebs",
        "alias/orders",
    ]
    assert sight.bodies[0].observed == {}


def test_where_it_points_and_since_when_is_observed():
    before = _look(_alias("orders", TargetKeyId="a", CreationDate=NOW)).bodies[0]
    after = _look(_alias("orders", TargetKeyId="b", LastUpdatedDate=NOW)).bodies[0]
    assert before.digest == after.digest
    assert after.observed == {"TargetKeyId": "b", "LastUpdatedDate": "2026-07-01T03:00:00Z"}


def test_all_pages_are_read():
    assert len(_look(*(_alias(f"a{n}") for n in range(5))).bodies) == 5


def test_an_alias_without_an_arn_makes_the_scope_missed():
    sight = _look({"AliasName": "alias/orders"})
    assert (sight.coverage.outcome, sight.coverage.code) == (Outcome.MISSED, "MalformedAnswer")


def test_aliases_that_one_may_not_list_are_missed():
    script = Script({(REGION, "kms.ListAliases"): Error("AccessDeniedException")})
    sight = look(ALIAS, reader(script, ALIAS))
    assert (sight.coverage.outcome, sight.coverage.cause) == (Outcome.MISSED, Cause.DENIED)


def _tied(aliases: Any, *keys: str) -> tuple[Tied, ...]:
    names = [{"KeyId": key, "KeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key}"} for key in keys]
    script = Script(
        {
            (REGION, "kms.ListKeys"): {"Keys": names},
            (REGION, "kms.ListAliases"): aliases,
            (REGION, "kms.DescribeKey"): Error("AccessDeniedException"),
        }
    )
    counter = Counter({spec.name: spec for spec in (ALIAS, KEY)})
    sight = _look(_alias("x", TargetKeyId="a"), _alias("y", TargetKeyId="b"), _alias("aws/ebs"))
    counter.see(sight)
    counter.see(look(KEY, reader(script, KEY)))
    return counter.ties(sight.scope)


ALIASES = {"Aliases": [_alias("x", TargetKeyId="a"), _alias("y", TargetKeyId="b")]}


def test_aliases_that_point_to_a_key_are_those_of_the_listed_keys():
    (tied,) = _tied(ALIASES, "a", "b")
    assert (tied.agrees, tied.mine) == (True, 2)


def test_an_alias_whose_key_is_not_listed_is_named():
    (tied,) = _tied(ALIASES, "a")
    assert tied.odd == ("alias/y -> b",)


def test_where_the_aliases_of_keys_are_unseen_nothing_is_counted():
    assert _tied(Error("AccessDeniedException"), "a", "b") == ()
