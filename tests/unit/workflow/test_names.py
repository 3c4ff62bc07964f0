"""A RESOURCE is named by its key or any unambiguous end of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from driftkeeper.domain.errors import ResourceNameError, UsageError
from driftkeeper.store.database import Engine, reading
from driftkeeper.workflow.names import NamedResource, require_seen, resolve
from tests.unit.workflow.small import KEYS, OTHERS, REPORT, USERS, empty, saw, take

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
USER = "arn:aws:iam::111122223333:user/"
OTHER = "arn:aws:iam::444455556666:user/"


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
