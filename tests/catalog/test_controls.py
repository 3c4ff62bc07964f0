"""What must hold of every declared control: that it is the one of the design, in full and in plain words."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest

from driftkeeper.assess.catalog import controls, controls_of
from driftkeeper.assess.criteria import CRITERIA, Criterion
from driftkeeper.assess.spec import Control
from driftkeeper.collect.catalog import ITEMS
from driftkeeper.diff.catalog import declared, kinds
from driftkeeper.diff.spec import ChangeKind
from driftkeeper.domain.canonical import encode
from driftkeeper.domain.types import Direction

CONTROLS = list(controls().values())
each_control = pytest.mark.parametrize("control", CONTROLS, ids=[each.name for each in CONTROLS])
each_criterion = pytest.mark.parametrize("criterion", CRITERIA.values(), ids=[*CRITERIA])

DESIGN = """
iam-user-console-mfa                core      high      CC6.2 CC6.1
iam-user-mfa-any-credential         extended  low       CC6.1
iam-admin-hardware-mfa              extended  medium    CC6.1
iam-access-key-rotated-90           core      medium    CC6.1
iam-access-key-unused-90            core      medium    CC6.1 CC6.2
iam-console-unused-90               core      medium    CC6.2
iam-single-active-key               extended  low       CC6.1
iam-terminated-user-disabled        core      high      CC6.2 CC6.3
iam-terminated-user-activity        core      critical  CC6.2 CC7.3
iam-user-no-direct-policies         extended  low       CC6.3
iam-no-signing-certs                extended  low       CC6.1
iam-server-cert-expired             extended  low       CC6.7
iam-access-review-current           core      high      CC6.2 CC6.3
root-mfa-enabled                    core      critical  CC6.2 CC6.1
root-no-access-keys                 core      critical  CC6.2 CC6.1
root-hardware-mfa                   extended  medium    CC6.1
root-not-used                       core      high      CC6.1 CC7.2
root-no-signing-certs               extended  medium    CC6.1
root-credentials-centralised        extended  low       CC6.1
password-policy-configured          core      medium    CC6.1 CC6.2
password-policy-matches-document    core      high      CC6.1 CC6.2
password-policy-min-length-14       extended  medium    CC6.1
password-policy-reuse-24            extended  low       CC6.1
password-policy-complexity          extended  low       CC6.1
iam-no-unjustified-admin            core      high      CC6.3
iam-no-wildcard-policy              core      high      CC6.3
iam-no-service-wildcard             core      medium    CC6.3
iam-no-privilege-escalation         extended  medium    CC6.3
iam-role-no-public-trust            core      critical  CC6.3 CC6.6
iam-role-external-trust-external-id core      high      CC6.3 CC6.6
iam-role-external-trust-known       core      high      CC6.3
iam-role-oidc-subject               extended  high      CC6.3
iam-role-confused-deputy            extended  low       CC6.3
iam-role-unused-90                  extended  low       CC6.3
iam-kms-decrypt-all                 extended  medium    CC6.7
aa-external-analyzer-all-regions    core      high      CC6.3 CC6.6
aa-no-active-public-finding         core      high      CC6.6
aa-finding-resolved-within-sla      core      by-class       CC6.3 CC6.6
aa-archive-rule-justified           extended  low       CC6.3
aa-unused-access-enabled            extended  low       CC6.3
ct-multi-region                     core      critical  CC7.2
ct-region-covered                   core      high      CC7.2
ct-logging                          core      critical  CC7.2
ct-management-events                core      high      CC7.2
ct-log-validation                   core      high      CC7.2
ct-digest-chain                     core      high      CC7.2
ct-delivery-fresh                   core      high      CC7.2
ct-bucket-not-public                core      critical  CC7.2 CC6.6
ct-bucket-mfa-delete                core      medium    CC7.2
ct-bucket-encrypted                 core      medium    CC7.2 CC6.7
ct-kms-encrypted                    core      medium    CC6.7
ct-bucket-versioning                extended  low       CC7.2
ct-bucket-access-logging            extended  low       CC7.2
ct-cloudwatch-integration           extended  low       CC7.2
gd-enabled-all-regions              core      high      CC7.2
gd-foundational-sources             extended  medium    CC7.2
gd-protection-plans                 extended  medium    CC7.2
gd-high-finding-reviewed            core      high      CC7.3
gd-medium-finding-reviewed          extended  medium    CC7.3
gd-suppression-justified            core      medium    CC7.3
gd-publishing-frequency             extended  low       CC7.2
sg-no-public-ssh                    core      high      CC6.6
sg-no-public-rdp                    core      high      CC6.6
sg-no-public-database               core      high      CC6.6
sg-no-public-all-traffic            core      critical  CC6.6
sg-no-public-high-risk-ports        extended  high      CC6.6
sg-public-ports-authorized          core      medium    CC6.6
sg-public-justified                 core      low       CC6.6
sg-default-closed                   core      medium    CC6.6
nacl-no-public-admin                core      medium    CC6.6
nacl-no-allow-all-custom            extended  low       CC6.6
s3-account-public-access-block      core      high      CC6.6
s3-bucket-public-access-block       core      medium    CC6.6
s3-bucket-not-public                core      critical  CC6.6
s3-bucket-policy-public-latent      extended  high      CC6.6
s3-bucket-external-access           core      medium    CC6.6 CC6.3
s3-bucket-acl-disabled              extended  low       CC6.6
s3-bucket-tls-only                  extended  medium    CC6.7
s3-classified-kms                   extended  medium    CC6.7 CC6.1
s3-classified-versioning            extended  low       CC6.7
s3-evidence-object-lock             extended  medium    CC7.2
s3-access-logging                   extended  low       CC7.2
kms-rotation-enabled                core      medium    CC6.7 CC6.1
kms-rotation-period                 extended  low       CC6.7
kms-rotation-happened               extended  low       CC6.7
kms-policy-not-public               core      critical  CC6.7 CC6.3
kms-policy-external                 core      high      CC6.7 CC6.3
kms-not-pending-deletion            core      high      CC6.7
kms-imported-expiry                 extended  medium    CC6.7
kms-cmk-for-sensitive-stores        core      medium    CC6.7
evidence-collected-daily            core      high      CC7.2 CC4.1
evidence-chain-intact               core      critical  CC4.1
change-authorised                   core      medium    CC8.1 CC7.1
remediated-within-sla               core      high      CC7.3 CC7.4
"""
"""Each control of the design: its set, its severity, its criteria with the request list's first."""

ITEM_OF = {
    # where the item does not follow from the first word of the name
    **dict.fromkeys(
        (
            "iam-user-no-direct-policies",
            "iam-server-cert-expired",
            "iam-no-unjustified-admin",
            "iam-no-wildcard-policy",
            "iam-no-service-wildcard",
            "iam-no-privilege-escalation",
            "iam-role-no-public-trust",
            "iam-role-external-trust-external-id",
            "iam-role-external-trust-known",
            "iam-role-oidc-subject",
            "iam-role-confused-deputy",
            "iam-role-unused-90",
            "iam-kms-decrypt-all",
        ),
        2,
    ),
}
ITEM_OF_FAMILY = {
    "iam": 1,
    "aa": 3,
    "root": 4,
    "password": 5,
    "ct": 6,
    "gd": 7,
    "sg": 8,
    "nacl": 8,
    "s3": 9,
    "kms": 10,
    "evidence": 0,
    "change": 0,
    "remediated": 0,
}

WITHOUT_A_CHANGE = {
    "iam-access-review-current": "time opens a deviation and a review closes it",
    "evidence-chain-intact": "no change of the configuration bears on the chain",
}
OF_EVERY_CHANGE = {"change-authorised", "remediated-within-sla"}
"""Controls about changes or deviations as such, whatever they are of."""

OF_NO_OTHER_CONTROL = {
    "cloudtrail.data_events_reduced": "controls ask for management events only",
    "cloudtrail.insights_reduced": "controls ask for management events only",
    "eni.public_address_added": "an address opens no port: groups and network ACLs do",
    "eni.source_check_disabled": "no control is about routing",
    "account.organization_features_changed": "no control asks what the organisation can do",
    "account.organization_left": "no control asks for an organisation",
    "account.policy_type_disabled": "no control is about the organisation's policies",
    "s3.access_log_grant_added": "no control is about who may read access logs",
    "vpc.encryption_control_weakened": "no control is about encryption within a VPC",
    "iam.idp.added": "a provider opens nothing until a role trusts it",
    "iam.role.max_session_increased": "no control is about how long a session lasts",
    "sg.cross_account_reference_added": "controls are about the internet, not about other accounts",
    "sg.egress_opened": "controls are about what comes in",
}
"""Weakening kinds that only the controls of every change cover, and why."""

BEARS_ON = [
    # what auditors look for first, and what happens when it breaks
    ("iam.user.mfa_removed", "iam-user-console-mfa"),
    ("iam.user.console_access_enabled", "iam-user-console-mfa"),
    ("iam.access_key.activated", "iam-access-key-rotated-90"),
    ("iam.access_key.deleted", "iam-access-key-unused-90"),
    ("iam.user.deleted", "iam-terminated-user-disabled"),
    ("iam.root.mfa_disabled", "root-mfa-enabled"),
    ("iam.root.password_set", "root-mfa-enabled"),
    ("iam.root.access_key_created", "root-no-access-keys"),
    ("iam.root.used", "root-not-used"),
    ("iam.root.central_management_disabled", "root-credentials-centralised"),
    ("iam.password_policy.weakened", "password-policy-matches-document"),
    ("iam.policy_attached", "iam-no-unjustified-admin"),
    ("iam.boundary_removed", "iam-no-unjustified-admin"),
    ("iam.group.membership_added", "iam-no-unjustified-admin"),
    ("iam.policy.wildcard_added", "iam-no-wildcard-policy"),
    ("iam.role.trust_public", "iam-role-no-public-trust"),
    ("iam.role.external_id_removed", "iam-role-external-trust-external-id"),
    ("aa.analyzer_deleted", "aa-external-analyzer-all-regions"),
    ("account.region_enabled", "aa-external-analyzer-all-regions"),
    ("aa.finding_resolved", "aa-no-active-public-finding"),
    ("cloudtrail.multi_region_disabled", "ct-multi-region"),
    ("account.region_enabled", "ct-region-covered"),
    ("cloudtrail.logging_stopped", "ct-logging"),
    ("cloudtrail.logging_interrupted", "ct-logging"),
    ("cloudtrail.validation_disabled", "ct-log-validation"),
    ("cloudtrail.destination_changed", "ct-bucket-not-public"),
    ("s3.public_acl_granted", "ct-bucket-not-public"),
    ("guardduty.disabled", "gd-enabled-all-regions"),
    ("account.region_enabled", "gd-enabled-all-regions"),
    ("guardduty.finding_opened", "gd-high-finding-reviewed"),
    ("guardduty.suppression_added", "gd-suppression-justified"),
    ("sg.public_ingress_added", "sg-no-public-ssh"),
    ("prefix_list.public_cidr_added", "sg-no-public-database"),
    ("vpc.block_public_access_weakened", "sg-no-public-all-traffic"),
    ("vpc.internet_block_weakened", "sg-no-public-ssh"),
    ("sg.default_group_opened", "sg-default-closed"),
    ("nacl.subnet_reassociated", "nacl-no-public-admin"),
    ("s3.account_public_access_block_weakened", "s3-bucket-not-public"),
    ("s3.bucket_policy_public", "s3-bucket-not-public"),
    ("s3.external_access_granted", "s3-bucket-external-access"),
    ("kms.rotation_disabled", "kms-rotation-enabled"),
    ("kms.policy_public", "kms-policy-not-public"),
    ("kms.deletion_scheduled", "kms-not-pending-deletion"),
    ("kms.key_disabled", "kms-cmk-for-sensitive-stores"),
    ("collection.scope_lost", "evidence-collected-daily"),
]
BEARS_NOT_ON = [
    ("iam.user.mfa_removed", "root-mfa-enabled"),
    ("iam.root.used", "iam-console-unused-90"),
    ("s3.versioning_suspended", "s3-bucket-not-public"),
    ("sg.egress_opened", "sg-no-public-ssh"),
    ("kms.key_rotated", "kms-policy-external"),
    ("guardduty.finding_opened", "gd-enabled-all-regions"),
    ("cloudtrail.validation_disabled", "ct-logging"),
]


def _bears_on(kind: str, control: Control) -> bool:
    return any(fnmatchcase(kind, glob) for glob in control.changes)


# ---- the design ---------------------------------------------------------------------------------


def _of_design(control: Control) -> str:
    severity = "by-class" if "class" in control.severity_note else str(control.severity)
    group = "extended" if control.extended else "core"
    return " ".join((control.name, group, severity, *control.criteria))


def test_the_controls_are_those_of_the_design() -> None:
    expected = [" ".join(line.split()) for line in DESIGN.splitlines() if line]

    assert sorted(map(_of_design, CONTROLS)) == sorted(expected)
    assert (len(CONTROLS), sum(not each.extended for each in CONTROLS)) == (94, 56)


@each_control
def test_it_is_of_an_item_of_the_request_list(control: Control) -> None:
    family = control.name.split("-")[0]

    assert control.item in ITEMS
    assert control.item == ITEM_OF.get(control.name, ITEM_OF_FAMILY[family])


# ---- words --------------------------------------------------------------------------------------


@each_control
def test_it_says_in_one_sentence_when_it_fails_what_to_do_and_what_it_does_not_show(
    control: Control,
) -> None:
    for text in (control.fails_when, control.remediate, control.limits):
        assert re.fullmatch(r"[A-Z`].*[A-Za-z0-9)]\.", text)
        assert not re.search(r"\. [A-Z]|  |\.\.", text)
    assert control.limits.startswith("This does not evidence ")
    assert control.title == control.title.strip(" .")
    assert len(control.title) <= 64


def test_no_two_say_the_same() -> None:
    for texts in ([each.title for each in CONTROLS], [each.fails_when for each in CONTROLS]):
        assert len({*texts}) == len(texts)


@each_control
def test_the_numbers_that_it_tells_are_those_of_its_parameters(control: Control) -> None:
    """Whoever configures another age must find in the parameters each number that the words have."""
    values = {str(value) for value in control.parameters.values()}
    for number in re.findall(r"(?<![.\w])(\d+) (?:days|hours|characters)", control.fails_when):
        assert number in values


@each_control
def test_its_references_are_numbers_of_a_benchmark(control: Control) -> None:
    for ref in control.refs:
        assert re.fullmatch(r"CIS \d\.\d+(\.\d+)?|FSBP [A-Z][A-Za-z0-9]+\.\d+", ref)
    assert len({*control.refs}) == len(control.refs)


@each_control
def test_its_parameters_can_be_recorded(control: Control) -> None:
    assert encode(dict(control.parameters))


# ---- changes ------------------------------------------------------------------------------------


def test_every_glob_fits_a_kind_of_change_but_for_those_that_are_to_come() -> None:
    globs = {glob for each in CONTROLS for glob in each.changes}

    assert {glob for glob in globs if not any(fnmatchcase(k, glob) for k in kinds())} == set()


@each_control
def test_a_change_bears_on_it_unless_there_is_a_reason(control: Control) -> None:
    assert bool(control.changes) == (control.name not in WITHOUT_A_CHANGE)
    assert ("*" in control.changes) == (control.name in OF_EVERY_CHANGE)
    assert len({*control.changes}) == len(control.changes)


def _can_weaken(kind: ChangeKind) -> bool:
    return not isinstance(kind.direction, Direction) or kind.direction is Direction.WEAKENED


def test_every_weakening_change_bears_on_a_control_unless_there_is_a_reason() -> None:
    particular = [each for each in CONTROLS if each.name not in OF_EVERY_CHANGE]
    weakening = {kind.name for kind in declared() if _can_weaken(kind)}

    assert {
        name for name in weakening if not any(_bears_on(name, each) for each in particular)
    } == OF_NO_OTHER_CONTROL.keys()


@pytest.mark.parametrize(("kind", "name"), BEARS_ON)
def test_a_change_that_can_open_or_close_a_deviation_bears_on_the_control(
    kind: str, name: str
) -> None:
    assert kind in kinds()
    assert _bears_on(kind, controls()[name])


@pytest.mark.parametrize(("kind", "name"), BEARS_NOT_ON)
def test_a_change_of_something_else_does_not(kind: str, name: str) -> None:
    assert kind in kinds()
    assert not _bears_on(kind, controls()[name])


# ---- criteria -----------------------------------------------------------------------------------

NOT_EVIDENCED = (
    "CC1.1 CC1.2 CC1.3 CC1.4 CC1.5 CC2.1 CC2.2 CC2.3 CC3.1 CC3.2 CC3.3 CC3.4 CC4.2"
    " CC5.1 CC5.2 CC5.3 CC6.4 CC6.5 CC6.8 CC7.5 CC9.1 CC9.2"
)
EVIDENCED = "CC4.1 CC6.1 CC6.2 CC6.3 CC6.6 CC6.7 CC7.1 CC7.2 CC7.3 CC7.4 CC8.1"


def test_all_common_criteria_are_there_in_order() -> None:
    last = (5, 3, 4, 2, 3, 8, 5, 1, 2)

    assert list(CRITERIA) == [
        f"CC{series}.{number}"
        for series, count in enumerate(last, start=1)
        for number in range(1, count + 1)
    ]


def test_those_without_automated_evidence_are_known() -> None:
    assert [name for name in CRITERIA if controls_of(name)] == EVIDENCED.split()
    assert [name for name in CRITERIA if not controls_of(name)] == NOT_EVIDENCED.split()


@each_criterion
def test_what_shows_a_criterion_instead_is_said_exactly_where_no_control_does(
    criterion: Criterion,
) -> None:
    assert bool(criterion.elsewhere) != bool(controls_of(criterion.name))
    assert criterion.title.strip(" .") == criterion.title != ""


@each_control
def test_its_criteria_are_known(control: Control) -> None:
    assert control.criteria
    assert {*control.criteria} <= CRITERIA.keys()
    assert len({*control.criteria}) == len(control.criteria)
