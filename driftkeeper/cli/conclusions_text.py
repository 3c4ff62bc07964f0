"""What is concluded of a resource, in one or a few lines for people; and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from driftkeeper.cli.exposure_text import exposure
from driftkeeper.cli.output import clean
from driftkeeper.cli.shapes import scope_json

if TYPE_CHECKING:
    from driftkeeper.derive.spec import NotSeenError
    from driftkeeper.workflow.conclusions import Conclusion

_LISTED = 5
"""So many names are told one by one; of more, how many others there are."""

_LABELS = {
    "accessanalyzer.coverage": "analyzers",
    "cloudtrail.coverage": "trails",
    "guardduty.coverage": "detector",
}


def label(conclusion: Conclusion) -> str:
    """Return the short name of what is concluded, such as `rights`."""
    name = conclusion.fact.name
    return _LABELS.get(name, name.partition(".")[2].replace("_", " "))


def lines(conclusion: Conclusion) -> list[str]:
    """Return what is concluded for people, at least one line."""
    if conclusion.row is None:
        return [f"unknown: {_why(conclusion)}"]
    found = _TEXTS[conclusion.fact.name](conclusion.row, conclusion.key)
    return [clean(line) for line in found]


def conclusion_json(conclusion: Conclusion) -> dict[str, Any]:
    """Return a conclusion as JSON: without a row, what was not seen."""
    return {
        "fact": conclusion.fact.name,
        "version": conclusion.fact.version,
        "row": None if conclusion.row is None else dict(conclusion.row),
        "unknown": None if conclusion.unseen is None else _unseen_json(conclusion.unseen),
    }


def _unseen_json(unseen: NotSeenError) -> dict[str, Any]:
    return {
        **scope_json(unseen.scope),
        "resource": unseen.resource or None,
        "detail": unseen.detail or None,
    }


def _why(conclusion: Conclusion) -> str:
    """Say what was out of sight."""
    unseen = conclusion.unseen
    if unseen is None or conclusion.is_odd:
        return "what AWS answered has a form that is not understood"
    if not unseen.resource:
        return clean(f"{unseen.scope} was out of sight")
    if not unseen.detail:
        return clean(f"{unseen.resource} was not among what was seen of {unseen.scope}")
    return clean(f"{unseen.detail} of {unseen.resource} ({unseen.scope}) was not seen")


def _few(names: Iterable[Any]) -> str:
    found = [str(name) for name in names]
    more = len(found) - _LISTED
    return ", ".join(found[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _short(arn: str) -> str:
    """Return the last part of an ARN."""
    return arn.rpartition(":")[2].rpartition("/")[2]


def _source(name: str, key: str) -> str:
    """Return a policy, and of whom it comes when not of the principal itself."""
    policy, _, owner = name.rpartition(" of ")
    if owner == key:
        return _short(policy)
    sort = owner.rpartition(":")[2].partition("/")[0]
    return f"{_short(policy)} of {sort} {_short(owner)}"


def _rights(row: Mapping[str, Any], key: str) -> list[str]:
    through = _few(_source(name, key) for name in row["because"])
    first = {
        "yes": f"administrator through {through}",
        "capped": f"no administrator: its permissions boundary allows less than {through}",
        "denied": f"no administrator: a policy denies what is allowed by {through}",
        "no": "no administrator",
    }[row["admin"]]
    found = [first]
    if row["admin"] != "yes":
        if row["near"]:
            found.append(f"nearly one through {_few(_source(name, key) for name in row['near'])}")
        if row["escalations"]:
            found.append(f"ways to more rights: {_few(row['escalations'])}")
        if row["services"]:
            found.append(f"everything of: {_few(row['services'])}")
    if row["origin"] != "account":
        found.append(f"made by AWS ({row['origin'].replace('_', ' ')})")
    return found


def _trust(row: Mapping[str, Any], _key: str) -> list[str]:
    found = ["everyone may assume it"] if row["public"] else []
    for account in row["accounts"]:
        outside = {None: "", True: ", outside of the organisation"}.get(
            None if row["outside"] is None else account in row["outside"], ", of the organisation"
        )
        bare = ", without an external id" if account in row["unguarded"] else ""
        found.append(f"account {account} may assume it{outside}{bare}")
    return found or ["no other account may assume it"]


def _public_access(row: Mapping[str, Any], _key: str) -> list[str]:
    if not row["exists"]:
        return ["not there"]
    found = [f"public by its {' and its '.join(row['by'])}" if row["public"] else "not public"]
    if row["latent"]:
        found.append(
            f"but for the block its {' and its '.join(row['latent'])} would make it public"
        )
    off = [flag for flag, on in row["block"].items() if on is False]
    unseen = [flag for flag, on in row["block"].items() if on is None]
    found.append(f"not blocked: {', '.join(off)}" if off else "public access is blocked")
    if unseen:
        found[-1] = f"not known to be blocked: {', '.join([*off, *unseen])}"
    if row["accounts"]:
        found.append(f"its policy names other accounts: {_few(row['accounts'])}")
    return found


def _purpose(row: Mapping[str, Any], _key: str) -> list[str]:
    found = [f"keeps the logs of {_few(map(_short, row['trails']))}"] if row["trails"] else []
    if row["class"] is not None:
        found.append(f"its tags name the class of data {row['class']}")
    if not row["class_seen"]:
        found.append("its tags were not seen")
    return found or ["no trail seen keeps its logs here, and no tag names a class of data"]


def _trails(row: Mapping[str, Any], _key: str) -> list[str]:
    regions: Mapping[str, Sequence[str]] = row["regions"]
    bare = [name for name, trails in regions.items() if not trails]
    everywhere = row["everywhere"]
    return [
        f"regions without a trail ({len(bare)} of {len(regions)}): {_few(bare)}"
        if bare
        else f"a trail covers each of the {len(regions)} regions that are on",
        "not known whether a trail covers all regions and global services"
        if everywhere is None
        else f"all regions and global services: {_few(map(_short, everywhere)) or 'no trail'}",
    ]


def _analyzers(row: Mapping[str, Any], _key: str) -> list[str]:
    if not row["enabled"]:
        return ["the region is off"]
    return [
        f"{name} access: {_few(map(_short, row[name])) or 'no active analyzer'}"
        for name in ("external", "unused")
    ]


_STATES = {
    "ENABLED": "GuardDuty is on",
    "DISABLED": "GuardDuty is suspended",
    "ABSENT": "GuardDuty is not on",
}


def _detector(row: Mapping[str, Any], _key: str) -> list[str]:
    if not row["enabled"]:
        return ["the region is off"]
    return [_STATES.get(row["detector"], f"GuardDuty is {row['detector']}")]


def _suppression(row: Mapping[str, Any], _key: str) -> list[str]:
    by = "every finding" if row["everything"] else f"findings by {_few(row['by'])}"
    reach = "it can hide public access" if row["public"] else "it hides no public access"
    return [f"archives {by}; {reach}"]


def _rotation(row: Mapping[str, Any], _key: str) -> list[str]:
    if not row["eligible"]:
        return [f"AWS does not rotate it: {row['obstacle']}"]
    every = f" every {row['days']} days" if row["days"] else ""
    disabled = ", but not while the key is disabled" if row["state"] == "Disabled" else ""
    return [f"rotates{every}{disabled}" if row["rotates"] else "can rotate, but does not"]


def _counts(row: Mapping[str, Any], _key: str) -> list[str]:
    known = [f"{name.replace('_', ' ')} {n}" for name, n in row.items() if n is not None]
    unseen = [name.replace("_", " ") for name, n in row.items() if n is None]
    found = [" · ".join(known)] if known else []
    return [*found, *([f"not known: {', '.join(unseen)}"] if unseen else [])]


_TEXTS: Mapping[str, Callable[[Mapping[str, Any], str], list[str]]] = {
    "accessanalyzer.coverage": _analyzers,
    "accessanalyzer.suppression": _suppression,
    "account.counts": _counts,
    "cloudtrail.coverage": _trails,
    "ec2.exposure": exposure,
    "guardduty.coverage": _detector,
    "iam.rights": _rights,
    "iam.trust": _trust,
    "kms.rotation": _rotation,
    "s3.public_access": _public_access,
    "s3.purpose": _purpose,
}
