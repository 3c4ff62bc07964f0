"""A RESOURCE is named by its key, any unambiguous end of it, or what its owner calls it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from driftkeeper.collect.catalog import evidence_types
from driftkeeper.domain.canonical import digest, encode
from driftkeeper.domain.errors import ResourceNameError, UsageError
from driftkeeper.domain.types import Body, Coverage, Json, Outcome, Scope, Sight
from driftkeeper.store.database import Engine, reading
from driftkeeper.workflow.names import NamedResource, require_seen, resolve
from tests.unit.workflow.small import KEYS, OTHERS, REPORT, USERS, empty, saw, take

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
USER = "arn:aws:iam::111122223333:user/"
OTHER = "arn:aws:iam::444455556666:user/"
EC2 = "arn:aws:ec2:eu-west-1:111122223333:"
KMS = "arn:aws:kms:eu-west-1:111122223333:"
GROUPS = Scope("111122223333", "eu-west-1", "ec2.security_group")
ALIASES = Scope("111122223333", "eu-west-1", "kms.alias")
DEVICES = Scope("111122223333", "aws-global", "iam.mfa_device")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = empty(tmp_path)
    sights = [
        saw(USERS, AT, *(f"{USER}{name}" for name in ("alice", "malice", "ops/bob"))),
        saw(REPORT, AT, f"{USER}alice", f"{USER}ops/bob"),
        saw(KEYS, AT, "arn:aws:kms:eu-west-1:111122223333:key/alice"),
        saw(OTHERS, AT, f"{OTHER}carol", f"{OTHER}malice"),
    ]
    take(made, AT, sights)
    return made


def found(engine: Engine, name: str, **places: tuple[str, ...]) -> NamedResource:
    with reading(engine) as connection:
        return resolve(connection, name, **places)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (f"{USER}alice", f"{USER}alice"),
        ("user/alice", f"{USER}alice"),
        ("key/alice", "arn:aws:kms:eu-west-1:111122223333:key/alice"),
        ("bob", f"{USER}ops/bob"),
        ("ops/bob", f"{USER}ops/bob"),
        ("carol", f"{OTHER}carol"),
        ("arol", f"{OTHER}carol"),
        ("111122223333:user/malice", f"{USER}malice"),
    ],
)
def test_any_unambiguous_end_names_the_resource(engine: Engine, name: str, key: str) -> None:
    assert found(engine, name).key == key


def test_an_end_at_a_joint_wins_over_any_end(engine: Engine) -> None:
    """`user/alice` does not mean `…user/malice`, though that too ends so from `alice` on."""
    with pytest.raises(ResourceNameError, match="'alice' names 2 resources"):
        found(engine, "alice")
    assert found(engine, "alice", evidence=("iam.user",)).key == f"{USER}alice"


def test_the_thing_itself_comes_before_what_views_it(engine: Engine) -> None:
    assert found(engine, "bob").scopes == (USERS, REPORT)


def test_places_narrow_what_a_name_can_mean(engine: Engine) -> None:
    with pytest.raises(ResourceNameError, match="names 2 resources"):
        found(engine, "malice")
    assert found(engine, "malice", accounts=("444455556666",)).key == f"{OTHER}malice"
    assert found(engine, "alice", regions=("eu-west-1",)).scopes == (KEYS,)


@pytest.mark.parametrize("name", ["", "nobody", "alice ", "%", "ALICE", "arn:aws:iam::"])
def test_what_names_nothing_is_refused(engine: Engine, name: str) -> None:
    with pytest.raises(ResourceNameError, match="no resource is named"):
        found(engine, name)


def test_many_candidates_are_cut(tmp_path: Path) -> None:
    engine = empty(tmp_path)
    take(engine, AT, [saw(USERS, AT, *(f"{USER}{n}/x" for n in range(20)))])
    with pytest.raises(ResourceNameError) as caught:
        found(engine, "x")
    assert str(caught.value).count("arn:") == 8
    assert "and 12 more; give more of the name" in str(caught.value)


def test_places_that_were_never_looked_at_are_refused(engine: Engine) -> None:
    with reading(engine) as connection:
        require_seen(connection, (), ())
        require_seen(connection, ("444455556666",), ("eu-west-1", "aws-global"))
        with pytest.raises(UsageError, match="account '9'; there are: 111122223333, 444455556666"):
            require_seen(connection, ("9",), ())
        with pytest.raises(UsageError, match="region 'x'; there are: aws-global, eu-west-1"):
            require_seen(connection, (), ("x",))


def test_a_thing_wins_over_the_part_of_another_that_ends_with_its_name(tmp_path: Path) -> None:
    """A rule that lets one group into another has both their names, and is neither."""
    group = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-"
    rule = f"{group}a/rule/ingress/all/111122223333/sg-b"
    engine = empty(tmp_path)
    take(engine, AT, [saw(KEYS, AT, f"{group}a", f"{group}b", rule)])
    assert found(engine, "sg-b").key == f"{group}b"
    assert found(engine, "111122223333/sg-b").key == rule
    assert found(engine, rule).key == rule


def said(scope: Scope, **bodies: dict[str, Json]) -> Sight:
    """A complete sight of bodies, by the key's end: `security_group_sg_1` is `security-group/sg-1`."""
    found = []
    for name, config in bodies.items():
        sort, _, rest = name.rpartition("__")
        head = KMS if scope.evidence.startswith("kms") else EC2
        encoded = encode(config)
        key = f"{head}{sort.replace('_', '-')}/{rest.replace('_', '-')}"
        found.append(Body(key, None, config, encoded, digest(encoded)))
    return Sight(Coverage(scope, Outcome.COMPLETE, AT, resources=len(found)), tuple(found))


@pytest.fixture
def given(tmp_path: Path) -> Engine:
    """A store in which things have ids, and owners who call them something."""
    made = empty(tmp_path)
    aliases: Json = [{"AliasName": "alias/customer-data"}, {"AliasName": "alias/data"}]
    sights = [
        said(
            GROUPS,
            security_group__sg_1={"GroupName": "bastion"},
            security_group__sg_2={"GroupName": "shared"},
            security_group__sg_3={"GroupName": "shared"},
            security_group__sg_4={"GroupName": "sg-1"},
        ),
        said(KEYS, key__k1={"Aliases": aliases}, key__k2={"Aliases": []}),
        said(
            ALIASES,
            alias__customer_data={"AliasName": "alias/customer-data"},
            alias__nothing={"AliasName": "alias/nothing"},
        ),
        saw(USERS, AT, f"{USER}elena", f"{USER}bastion-admin"),
        saw(DEVICES, AT, *(f"arn:aws:iam::111122223333:mfa/{name}" for name in ("elena", "spare"))),
    ]
    take(made, AT, sights)
    return made


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("bastion", f"{EC2}security-group/sg-1"),
        ("alias/customer-data", f"{KMS}key/k1"),
        ("customer-data", f"{KMS}key/k1"),
        ("alias/data", f"{KMS}key/k1"),
        (f"{KMS}alias/customer-data", f"{KMS}alias/customer-data"),
        ("alias/nothing", f"{KMS}alias/nothing"),
    ],
)
def test_what_its_owner_calls_it_names_the_resource(given: Engine, name: str, key: str) -> None:
    """And a key wins over its alias, unless the whole of the alias is given."""
    assert found(given, name).key == key


def test_two_things_that_are_called_the_same_are_both_told(given: Engine) -> None:
    with pytest.raises(
        ResourceNameError, match=r"'shared' names 2 .*sg-2 .*sg-3 .*more of the name"
    ):
        found(given, "shared")


def test_an_id_that_is_the_name_of_another_is_ambiguous(given: Engine) -> None:
    with pytest.raises(ResourceNameError, match="'sg-1' names 2 resources"):
        found(given, "sg-1")
    assert found(given, f"{EC2}security-group/sg-1").key.endswith("sg-1")


def test_an_alias_says_of_which_key_it_is_a_name(given: Engine) -> None:
    alias = found(given, "customer-data", evidence=("kms.alias",))
    assert (alias.scopes, alias.points_to) == ((ALIASES,), f"{KMS}key/k1")
    assert found(given, "alias/nothing").points_to is None
    assert found(given, "customer-data").points_to is None


def test_a_user_wins_over_the_device_of_the_same_name(given: Engine) -> None:
    assert found(given, "elena").key == f"{USER}elena"
    assert found(given, "mfa/elena").scopes == (DEVICES,)
    assert found(given, "spare").scopes == (DEVICES,)


def test_a_device_of_another_account_is_no_mere_view_of_the_user(given: Engine) -> None:
    there = Scope("444455556666", "aws-global", "iam.mfa_device")
    take(given, AT, [saw(there, AT, "arn:aws:iam::444455556666:mfa/elena")])
    with pytest.raises(ResourceNameError, match="give --account, --evidence or more of the name"):
        found(given, "elena")
    assert found(given, "elena", accounts=("111122223333",)).key == f"{USER}elena"


def test_what_is_gone_is_still_found_by_its_name_until_another_has_it(given: Engine) -> None:
    take(given, AT, [said(GROUPS, security_group__sg_2={"GroupName": "shared"})])
    assert found(given, "bastion").key == f"{EC2}security-group/sg-1"
    take(given, AT, [said(GROUPS, security_group__sg_5={"GroupName": "bastion"})])
    assert found(given, "bastion").key == f"{EC2}security-group/sg-5"
    assert found(given, f"{EC2}security-group/sg-1").key.endswith("sg-1")


def test_what_is_about_another_thing_names_a_type_that_there_is() -> None:
    about = {name: spec.about for name, spec in evidence_types().items() if spec.about}
    assert about == {"iam.mfa_device": ("iam.user", "iam.root"), "kms.alias": ("kms.key",)}


def test_of_several_the_options_that_tell_them_apart_are_named(engine: Engine) -> None:
    with pytest.raises(ResourceNameError, match="give --account or more of the name"):
        found(engine, "malice")
    with pytest.raises(ResourceNameError, match="give --region, --evidence or more of the name"):
        found(engine, "alice")
