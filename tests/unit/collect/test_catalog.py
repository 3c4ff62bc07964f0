"""The catalogue of evidence types: found, chosen by name, and summed up in one digest."""

from __future__ import annotations

from dataclasses import replace
from pkgutil import iter_modules

import pytest

from driftkeeper.collect import evidence
from driftkeeper.collect.catalog import catalogue_digest, chosen, evidence_types, shapes
from driftkeeper.collect.made import Made
from driftkeeper.collect.spec import Call, From
from driftkeeper.domain.errors import UsageError

KEY = evidence_types()["kms.key"]


def test_every_file_of_the_evidence_folder_declares_a_type():
    files = {info.name for info in iter_modules(evidence.__path__)}
    assert {name.replace(".", "_") for name in evidence_types()} == files
    assert shapes().keys() == evidence_types().keys()


def test_no_names_choose_all_but_the_optional_and_names_choose_theirs_in_order():
    usual = [name for name, spec in evidence_types().items() if not spec.optional]
    assert [spec.name for spec in chosen([])] == usual
    assert [spec.name for spec in chosen(["kms.key", "iam.user"])] == ["iam.user", "kms.key"]


def test_optional_types_are_read_when_they_are_named():
    assert "ec2.vpc" not in [spec.name for spec in chosen([])]
    assert [spec.name for spec in chosen(["ec2.vpc"])] == ["ec2.vpc"]
    names = [spec.name for spec in chosen([], ["ec2.vpc"])]
    assert {"ec2.vpc", "kms.key"} < {*names}
    assert names == sorted(names)


@pytest.mark.parametrize(("names", "also"), [(["kms.key", "kms.keys"], []), ([], ["kms.keys"])])
def test_an_unknown_name_is_refused_with_one_that_is_like_it(names, also):
    with pytest.raises(UsageError, match=r"unknown .* 'kms\.keys'; did you mean 'kms\.key'\?"):
        chosen(names, also)


def test_an_unknown_name_like_no_other_is_refused_with_where_to_look():
    with pytest.raises(UsageError, match=r"'zzz'; `driftkeeper catalog evidence` lists all"):
        chosen(["zzz"])


def test_the_digest_is_the_same_for_the_same_declarations():
    assert catalogue_digest([KEY]) == catalogue_digest([replace(KEY)])


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, key="{KeyId}"),
        replace(KEY, uid=None),
        replace(KEY, observed=()),
        replace(KEY, acts=()),
        replace(KEY, sets={}),
        replace(KEY, sets={**KEY.sets, "Tags": None}),
        replace(KEY, sets={**KEY.sets, "Tags": lambda rows: {}}),
        replace(KEY, policies=()),
        replace(KEY, details={}),
        replace(KEY, listing=Call("kms", "list_keys", items="Other")),
        replace(KEY, listing=Call("kms", "list_keys", items="Keys", params={"Limit": 1})),
        replace(KEY, listing=Call("kms", "list_keys", items="Keys", params={"Limit": From("x")})),
        replace(KEY, listing=Call("kms", "list_keys", items="Keys", absent_on={"X": None})),
    ],
)
def test_what_is_read_or_how_it_is_shaped_moves_the_digest(other):
    assert catalogue_digest([other]) != catalogue_digest([KEY])


def test_what_only_describes_the_fields_does_not_move_the_digest():
    """Else each new reason would read as another way of looking, and forget what was kept."""
    other = replace(
        KEY,
        made=Made(fields={"Unheard": None}),
        no_setting={**KEY.no_setting, "Unheard": "for another reason"},
        no_event="for another reason",
        says="Something else.",
        limits="",
    )
    assert catalogue_digest([other]) == catalogue_digest([KEY])
