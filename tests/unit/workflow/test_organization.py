"""The accounts of an organisation are found, each is accounted for, and none stops another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from driftkeeper.collect.account import Account
from driftkeeper.collect.catalog import CONTEXT_CALLS, organization_calls
from driftkeeper.collect.session import Login
from driftkeeper.collect.spec import Unseen
from driftkeeper.domain.errors import CredentialsError, DriftkeeperError, UsageError
from driftkeeper.domain.types import Cause, Scope
from driftkeeper.workflow import sources
from driftkeeper.workflow.config import Config
from driftkeeper.workflow.places import Place, Source, Wanted
from driftkeeper.workflow.sources import live
from driftkeeper.workflow.take_snapshot import tasks
from tests.aws import (
    HOME,
    Error,
    Script,
    Ticking,
    clients,
    no_aws_environment as no_aws_environment,
)

pytestmark = pytest.mark.usefixtures("no_aws_environment")

HEAD, PROD, TEST, ASLEEP, OUTSIDE = (f"{n}" * 12 for n in range(1, 6))
EU, US, SYDNEY = "eu-west-1", "us-east-1", "ap-southeast-2"
REASON = "holds no customer data"
LISTED = "organizations.account"
UNITS = {"ou-ab12-11111111": ["ou-ab12-22222222"], "ou-ab12-22222222": []}
INSIDE = {"ou-ab12-11111111": [TEST], "ou-ab12-22222222": [PROD]}
DENIED = Error("AccessDeniedException", "you may not", 400)


def _row(account: str, name: str, state: str = "ACTIVE") -> dict[str, Any]:
    arn = f"arn:aws:organizations::{HEAD}:account/o-1/{account}"
    return {"Id": account, "Arn": arn, "Name": name, "State": state}


def _units(params: dict[str, Any]) -> Any:
    if params["ParentId"] not in UNITS:
        return Error("ParentNotFoundException")
    inside = UNITS[params["ParentId"]]
    return {"OrganizationalUnits": [{"Id": name, "Arn": f"arn:{name}"} for name in inside]}


def _tags(params: dict[str, Any]) -> Any:
    account = params["ResourceId"]
    found = {PROD: {"env": "prod", "data": "yes"}, TEST: {"env": "test"}}.get(account, {})
    return {"Tags": [{"Key": key, "Value": value} for key, value in found.items()]}


@dataclass
class World:
    """An organisation of which one account is asked, and who logged in how."""

    closed: tuple[str, ...] = ()
    no_regions: tuple[str, ...] = ()
    logins: list[Login] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    def enter(self, login: Login, *_: object) -> Account:
        self.logins.append(login)
        account = login.account or HEAD
        if account in self.closed:
            raise Unseen(Cause.DENIED, "AccessDenied", "no such role")
        regions = [
            {"RegionName": name, "OptInStatus": "opt-in-not-required"} for name in (EU, SYDNEY, US)
        ]
        usual = {
            "organizations.ListAccounts": {
                "Accounts": [
                    _row(HEAD, "head"),
                    _row(PROD, "prod"),
                    _row(TEST, "test"),
                    _row(ASLEEP, "asleep", "SUSPENDED"),
                ]
            },
            "organizations.ListOrganizationalUnitsForParent": _units,
            "organizations.ListAccountsForParent": lambda params: {
                "Accounts": [_row(name, "n") for name in INSIDE[params["ParentId"]]]
            },
            "organizations.ListTagsForResource": _tags,
        }
        said = {("aws-global", name): answer for name, answer in (usual | self.answers).items()}
        denied = Error("UnauthorizedOperation", status=403)
        told = denied if account in self.no_regions else {"Regions": regions}
        script = Script({**said, (HOME, "ec2.DescribeRegions"): told})
        made = clients(script, (*CONTEXT_CALLS, *organization_calls()), account)
        return Account(account, "aws", f"arn:aws:iam::{account}:user/audit", made)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(sources, "enter", made.enter)
    return made


def _config(exclude: dict[str, str] | None = None, **more: Any) -> Config:
    """Return a configuration with an organisation; what is not about it goes by its section's name."""
    sections = {name: more.pop(name) for name in ("collect", "accounts") if name in more}
    entries = [{"id": name, "reason": reason} for name, reason in (exclude or {}).items()]
    organization = {"role": "audit/driftkeeper", "exclude": entries, **more}
    return Config.model_validate({"organization": organization, **sections})


def _live(config: Config, *accounts: str, known: Sequence[Scope] = ()) -> Source:
    return live(config, Wanted(accounts=accounts), known, Ticking())


def _places(source: Source) -> dict[str, Place]:
    places = {place.id: place for place in source.places}
    assert len(places) == len(source.places)
    return places


def _entered(source: Source) -> set[str]:
    return {name for name, place in _places(source).items() if place.account}


def _known(*accounts: str, region: str = EU) -> list[Scope]:
    listed = Scope(HEAD, "aws-global", LISTED)
    return [listed, *(Scope(name, region, "ec2.security_group") for name in accounts)]


class TestChoosing:
    def test_every_active_account_is_entered_by_the_role_and_the_asked_one_as_it_was_asked(
        self, world: World
    ):
        source = _live(_config(external_id="long", profile="audit"))
        assert _entered(source) == {HEAD, PROD, TEST}
        first, *others = world.logins
        assert first == Login(None, "audit")
        assert {login.account: login.role_arn for login in others} == {
            name: f"arn:aws:iam::{name}:role/audit/driftkeeper" for name in (PROD, TEST)
        }
        assert {(login.profile, login.external_id) for login in others} == {("audit", "long")}
        assert [place.id for place in source.places if place.organization] == [HEAD]
        assert _places(source)[PROD].name == "prod"

    def test_a_role_to_ask_with_goes_with_the_external_id(self, world: World):
        arn = f"arn:aws:iam::{HEAD}:role/list"
        _live(_config(role_arn=arn, external_id="long"))
        assert world.logins[0] == Login(HEAD, None, arn, "long")

    def test_a_unit_has_the_accounts_of_the_units_inside_it(self, world: World):
        assert _entered(_live(_config(units=["ou-ab12-22222222"]))) == {HEAD, PROD}
        assert _entered(_live(_config(units=["ou-ab12-11111111"]))) == {HEAD, PROD, TEST}

    def test_an_account_must_have_all_the_tags(self, world: World):
        assert _entered(_live(_config(tags={"env": "prod"}))) == {HEAD, PROD}
        assert _entered(_live(_config(tags={"env": "prod", "data": "no"}))) == {HEAD}
        both = _config(units=["ou-ab12-11111111"], tags={"env": "test"})
        assert _entered(_live(both)) == {HEAD, TEST}

    def test_a_named_account_is_reached_as_it_says_wherever_it_is(self, world: World):
        role = f"arn:aws:iam::{PROD}:role/own"
        named = [
            {"id": PROD, "name": "shop", "role_arn": role, "regions": [US]},
            {"id": TEST, "name": "lab"},
            {"id": OUTSIDE, "profile": "other"},
        ]
        source = _live(_config(accounts=named, units=["ou-ab12-22222222"]))
        assert _entered(source) == {HEAD, PROD, TEST, OUTSIDE}
        logins = {login.account: login for login in world.logins[1:]}
        assert logins[PROD] == Login(PROD, None, role)
        assert logins[TEST] == Login(TEST, None, f"arn:aws:iam::{TEST}:role/audit/driftkeeper")
        assert logins[OUTSIDE] == Login(OUTSIDE, "other")
        assert (_places(source)[PROD].name, _places(source)[PROD].regions) == ("shop", (US,))

    def test_what_is_asked_for_by_id_or_name_is_all_that_is_entered(self, world: World):
        assert _entered(_live(_config(), "prod")) == {PROD}
        assert _entered(_live(_config(), TEST, "head")) == {HEAD, TEST}
        with pytest.raises(UsageError, match="account 'nobody' is not to be read"):
            _live(_config(), "nobody")
        with pytest.raises(UsageError, match="account 'test' is not to be read"):
            _live(_config(tags={"env": "prod"}), "test")

    def test_what_the_accounts_were_chosen_by_is_planned_as_evidence(self, world: World):
        config = _config(tags={"env": "prod"})
        planned = [task.scope for task in tasks(_live(config), config, [LISTED])]
        assert planned == [Scope(HEAD, "aws-global", LISTED)]


class TestLeaving:
    def test_an_excluded_account_is_accounted_for_with_the_reason(self, world: World):
        config = _config(exclude={TEST: REASON})
        source = _live(config, known=_known(TEST))
        place = _places(source)[TEST]
        assert (place.account, place.name, place.regions) == (None, "test", (EU,))
        assert place.why is not None
        assert (place.why.cause, place.why.code, place.why.message) == (
            Cause.SKIPPED,
            "Excluded",
            REASON,
        )
        assert TEST not in {login.account for login in world.logins}
        wide = {t.scope for t in tasks(source, config, ["iam.user"])}
        assert Scope(TEST, "aws-global", "iam.user") in wide

    def test_an_excluded_account_that_nobody_knows_is_not_made_up(self, world: World):
        assert OUTSIDE not in _places(_live(_config(exclude={OUTSIDE: REASON})))
        known = _known(OUTSIDE)
        assert OUTSIDE in _places(_live(_config(exclude={OUTSIDE: REASON}), known=known))

    def test_a_suspended_account_is_told_so_where_it_was_seen_before(self, world: World):
        assert ASLEEP not in _places(_live(_config()))
        place = _places(_live(_config(), known=_known(ASLEEP)))[ASLEEP]
        assert place.why is not None
        assert (place.why.cause, place.why.code) == (Cause.SKIPPED, "NotActive")
        assert ASLEEP not in {login.account for login in world.logins}

    def test_the_account_that_is_asked_cannot_be_excluded(self, world: World):
        with pytest.raises(UsageError, match=f"account {HEAD} is asked .* cannot be excluded"):
            _live(_config(exclude={HEAD: REASON}))

    def test_an_account_that_cannot_be_entered_stops_no_other(self, world: World):
        world.closed = (PROD,)
        source = _live(_config(), known=_known(PROD, region=US))
        assert _entered(source) == {HEAD, TEST}
        place = _places(source)[PROD]
        assert (place.regions, place.why and place.why.code) == ((US,), "AccessDenied")

    def test_an_account_whose_regions_are_not_told_is_read_as_far_as_it_goes(self, world: World):
        world.no_regions = (PROD,)
        source = _live(_config())
        assert _entered(source) == {HEAD, PROD, TEST}
        assert _places(source)[PROD].regions == ()
        (warning,) = source.warnings
        assert f"the regions of account {PROD} cannot be listed" in warning

    def test_only_excluded_accounts_are_no_failure(self, world: World):
        (place,) = _live(_config(exclude={TEST: REASON}), "test").places
        assert place.id == TEST


class TestNotListed:
    def test_the_error_says_from_where_and_what_to_do(self, world: World):
        world.answers["organizations.ListAccounts"] = DENIED
        with pytest.raises(CredentialsError) as caught:
            _live(_config())
        said = str(caught.value)
        assert f"cannot be listed from account {HEAD} (AccessDeniedException: you may not)" in said
        assert "organizations:List*" in said
        assert "\n" not in said

    @pytest.mark.parametrize("known", [(), _known(PROD)])
    def test_an_account_in_no_organisation_is_a_mistake_in_the_configuration(
        self, world: World, known: Sequence[Scope]
    ):
        world.answers["organizations.ListAccounts"] = Error("AWSOrganizationsNotInUseException")
        with pytest.raises(UsageError, match=f"account {HEAD} is in no organisation"):
            _live(_config(), known=known)

    def test_so_is_a_unit_that_is_not_there(self, world: World):
        with pytest.raises(UsageError, match=r"`units` .* ou-ab12-99999999"):
            _live(_config(units=["ou-ab12-99999999"]), known=_known(PROD))

    @pytest.mark.parametrize(
        ("name", "config"),
        [
            ("ListAccounts", _config(exclude={TEST: REASON})),
            ("ListTagsForResource", _config({TEST: REASON}, tags={"env": "prod"})),
            ("ListAccountsForParent", _config({TEST: REASON}, units=["ou-ab12-11111111"])),
        ],
    )
    def test_accounts_known_from_before_stand_in_and_that_is_said(
        self, world: World, name: str, config: Config
    ):
        world.answers[f"organizations.{name}"] = DENIED
        source = _live(config, known=_known(PROD, TEST))
        assert _entered(source) == {HEAD, PROD}
        assert _places(source)[TEST].why is not None
        assert _places(source)[HEAD].organization
        assert source.unlisted is not None
        (warning,) = source.warnings
        assert warning.startswith(
            "the accounts of the organisation cannot be listed (AccessDeniedException: you may not)"
        )

    def test_accounts_of_a_store_that_never_saw_the_list_do_not_stand_in(self, world: World):
        world.answers["organizations.ListAccounts"] = DENIED
        with pytest.raises(CredentialsError):
            _live(_config(), known=_known(PROD)[1:])

    def test_an_account_to_ask_that_is_closed_is_missed_with_its_list(self, world: World):
        world.closed = (HEAD,)
        config = _config(role_arn=f"arn:aws:iam::{HEAD}:role/list")
        with pytest.raises(CredentialsError, match="no such role"):
            _live(config)
        source = _live(config, known=_known(PROD))
        assert _entered(source) == {PROD}
        head = _places(source)[HEAD]
        assert (head.organization, head.why and head.why.code) == (True, "AccessDenied")

    def test_half_a_list_is_no_list(self, world: World):
        rows = [_row(f"{n:012}", "n") for n in range(3)]
        world.answers["organizations.ListAccounts"] = [{"Accounts": rows[:2]}, DENIED]
        with pytest.raises(DriftkeeperError, match="cannot be listed"):
            _live(_config())


class TestRegions:
    EXCLUDE: Sequence[dict[str, str]] = ({"region": SYDNEY, "reason": REASON},)

    def test_an_excluded_region_is_accounted_for_in_each_account(self, world: World):
        source = _live(_config(collect={"exclude": self.EXCLUDE}))
        for place in source.places:
            assert place.regions == (EU, US)
            assert {name: why.message for name, why in place.off.items()} == {SYDNEY: REASON}
            assert {why.cause for why in place.off.values()} == {Cause.SKIPPED}

    def test_also_where_only_some_regions_are_read(self, world: World):
        source = _live(_config(collect={"regions": [EU], "exclude": self.EXCLUDE}), "prod")
        (place,) = source.places
        assert (place.regions, [*place.off]) == ((EU,), [SYDNEY])

    def test_a_closed_account_has_it_as_far_as_it_was_seen_before(self, world: World):
        world.closed = (PROD,)
        known = [*_known(PROD), *_known(PROD, region=SYDNEY)]
        place = _places(_live(_config(collect={"exclude": self.EXCLUDE}), known=known))[PROD]
        assert (place.regions, [*place.off]) == ((EU,), [SYDNEY])

    def test_it_is_left_out_when_other_regions_are_asked_for(self, world: World):
        config = _config(collect={"exclude": self.EXCLUDE})
        source = live(config, Wanted(("prod",), (EU,)), (), Ticking())
        (place,) = source.places
        assert (place.regions, place.off) == ((EU,), {})

    def test_a_region_that_no_partition_has_cannot_be_excluded(self, world: World):
        exclude = ({"region": "eu-moon-1", "reason": REASON},)
        with pytest.raises(UsageError, match="unknown region 'eu-moon-1'"):
            _live(_config(collect={"exclude": exclude}))
