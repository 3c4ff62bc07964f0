"""A body has its identity, its configuration in one spelling, and loses nothing AWS answered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from driftkeeper.collect.body import key_of, make_body, understood
from driftkeeper.collect.spec import Call, EvidenceType, Reach, Unseen
from driftkeeper.domain.canonical import digest, encode
from driftkeeper.domain.types import Cause, Scope

SCOPE = Scope("111122223333", "eu-west-1", "kms.thing")
SPEC = EvidenceType(
    "kms.thing",
    "T",
    1,
    Reach.REGION,
    Call("kms", "list_keys"),
    "arn:{partition}:kms:{region}:{account}:thing/{Id}",
    "Says.",
    uid="Uid",
)
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "One", "Effect": "Allow", "Action": "s3:GetObject", "Resource": ["*"]},
        {"Effect": "Deny", "Action": ["S3:PutObject", "s3:DeleteObject"], "Resource": "*"},
    ],
}
RESPELLED = {
    "Statement": [
        {"Resource": "*", "Action": ["s3:DeleteObject", "s3:putobject"], "Effect": "Deny"},
        {"Effect": "Allow", "Resource": "*", "Action": ["s3:getObject"], "Sid": "Renamed"},
    ],
    "Version": "2012-10-17",
}
OTHER = {**POLICY, "Statement": POLICY["Statement"][:1]}


def _body(item: dict[str, Any], **more: Any) -> Any:
    return make_body(replace(SPEC, **more), SCOPE, "aws-cn", {"Id": "i", "Uid": "u", **item})


class TestIdentity:
    @pytest.mark.parametrize("odd", [[], {}, 7, True])
    def test_an_id_that_is_no_text_is_no_id(self, odd: Any):
        """What only AWS's documentation says to be text must not end a whole snapshot."""
        with pytest.raises(Unseen, match=r"Uid of .* is no text"):
            _body({"Uid": odd})

    def test_the_key_is_made_of_the_item_and_the_scope(self):
        assert _body({}).key == "arn:aws-cn:kms:eu-west-1:111122223333:thing/i"

    def test_the_scope_wins_over_a_field_of_the_same_name(self):
        assert key_of(SPEC, SCOPE, "aws", {"Id": "i", "region": "mars", "account": "7"}) == (
            "arn:aws:kms:eu-west-1:111122223333:thing/i"
        )

    def test_an_item_without_its_identity_is_unseen(self):
        with pytest.raises(Unseen, match="an item has no Id") as caught:
            make_body(SPEC, SCOPE, "aws", {"Uid": "u"})
        assert (caught.value.cause, caught.value.code) == (Cause.FAILED, "MalformedAnswer")

    def test_the_uid_is_the_declared_field_and_may_be_absent(self):
        assert _body({}).uid == "u"
        assert _body({"Uid": None}).uid is None
        assert _body({}, uid=None).uid is None
        assert _body({}, uid="Other").uid is None


class TestConfiguration:
    def test_the_digest_is_that_of_the_canonical_bytes(self):
        body = _body({"b": 1, "a": [2, 1]})
        assert body.encoded == encode(body.config)
        assert body.encoded == b'{"Id":"i","Uid":"u","a":[2,1],"b":1}'
        assert body.digest == digest(body.encoded)

    def test_volatile_parts_are_observed_and_do_not_move_the_digest(self):
        first = _body({"Used": "1", "Done": "x"}, observed=("Used",), acts=("Done",))
        second = _body({"Used": "2", "Done": "y"}, observed=("Used",), acts=("Done",))
        assert first.digest == second.digest
        assert (first.observed, second.observed) == (
            {"Used": "1", "Done": "x"},
            {"Used": "2", "Done": "y"},
        )

    def test_the_order_of_a_set_does_not_move_the_digest_and_that_of_a_list_does(self):
        one, two = {"Tags": ["a", "b"]}, {"Tags": ["b", "a"]}
        assert _body(one, sets={"Tags": None}).digest == _body(two, sets={"Tags": None}).digest
        assert _body(one).digest != _body(two).digest

    def test_tidying_comes_before_the_parts_are_told_apart(self):
        body = _body({"used": "1"}, tidy=lambda item: {"Used": item["used"]}, observed=("Used",))
        assert (body.config, body.observed) == ({}, {"Used": "1"})

    def test_unseen_details_are_named_and_absent(self):
        body = make_body(SPEC, SCOPE, "aws", {"Id": "i"}, ("Tags", "Policy"))
        assert body.unseen == ("Tags", "Policy")
        assert body.config == {"Id": "i"}


class TestPolicies:
    @pytest.mark.parametrize(
        "spelling",
        [
            POLICY,
            RESPELLED,
            json.dumps(POLICY),
            json.dumps(RESPELLED, indent=2),
            quote(json.dumps(POLICY)),
        ],
        ids=["object", "respelled", "text", "indented", "URL-encoded"],
    )
    def test_another_spelling_is_the_same_configuration_and_its_text_is_kept(self, spelling: Any):
        body = _body({"Policy": spelling}, policies=("Policy",))
        assert body.digest == _body({"Policy": POLICY}, policies=("Policy",)).digest
        assert body.observed == {"Policy": spelling}

    def test_another_meaning_is_another_configuration(self):
        one, two = (_body({"Policy": p}, policies=("Policy",)) for p in (POLICY, OTHER))
        assert one.digest != two.digest

    def test_text_that_is_no_policy_is_configuration_as_it_stands(self):
        body = _body({"Policy": "{broken"}, policies=("Policy",))
        assert body.config["Policy"] == "{broken"
        assert body.observed == {"Policy": "{broken"}
        assert body.digest != _body({"Policy": "{broke"}, policies=("Policy",)).digest

    @pytest.mark.parametrize("item", [{}, {"Policy": None}])
    def test_no_policy_stays_none(self, item: dict[str, Any]):
        body = _body(item, policies=("Policy",))
        assert body.config == {"Id": "i", "Uid": "u", **item}
        assert body.observed == {}

    def test_the_texts_of_policies_in_a_list_are_kept_under_their_names(self):
        rows = [
            {"PolicyName": "b", "Document": RESPELLED},
            {"PolicyName": "a", "Document": OTHER},
        ]
        options: dict[str, Any] = {
            "policies": ("Policies.Document",),
            "sets": {"Policies": "PolicyName"},
        }
        body = _body({"Policies": rows}, **options)
        assert body.observed == {
            "Policies": {"b": {"Document": RESPELLED}, "a": {"Document": OTHER}}
        }
        other = _body({"Policies": [rows[1], {**rows[0], "Document": POLICY}]}, **options)
        assert body.digest == other.digest

    def test_what_was_answered_is_not_changed(self):
        item = {"Id": "i", "Policies": [{"PolicyName": "a", "Document": dict(RESPELLED)}]}
        before = json.dumps(item)
        make_body(replace(SPEC, policies=("Policies.Document",)), SCOPE, "aws", item)
        assert json.dumps(item) == before

    def test_an_account_id_as_principal_is_its_root_in_the_partition(self):
        def policy(principal: str) -> dict[str, Any]:
            statement = {
                "Effect": "Allow",
                "Principal": {"AWS": principal},
                "Action": "kms:*",
                "Resource": "*",
            }
            return {"Policy": {"Version": "2012-10-17", "Statement": statement}}

        ours = _body(policy("444455556666"), policies=("Policy",))
        root = _body(policy("arn:aws-cn:iam::444455556666:root"), policies=("Policy",))
        elsewhere = _body(policy("arn:aws:iam::444455556666:root"), policies=("Policy",))
        assert ours.digest == root.digest != elsewhere.digest


def test_what_is_not_understood_is_unseen_and_what_is_seen_to_be_unseen_stays_so():
    assert understood(int, "7") == 7
    with pytest.raises(Unseen, match=r"makes no sense \(ValueError") as caught:
        understood(int, "seven")
    assert (caught.value.cause, caught.value.code) == (Cause.FAILED, "MalformedAnswer")

    def denied() -> None:
        raise Unseen(Cause.DENIED, "AccessDenied", "no")

    with pytest.raises(Unseen) as caught:
        understood(denied)
    assert caught.value.code == "AccessDenied"
