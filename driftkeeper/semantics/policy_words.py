"""Policy statements in words, one line each: for people who do not want to read JSON.

``allow s3:GetObject on arn:aws:s3:::b/* to everyone if aws:SourceIp in 198.51.100.0/24``
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from driftkeeper.semantics.policy import Statement, texts

Names: TypeAlias = Mapping[str, str]
"""How actions and condition keys, lower-cased in the canonical form, are spelled by their author."""

Member: TypeAlias = tuple[str, str]
"""Kind and name: of a principal as ``("AWS", arn)``; actions and resources have the kind ``""``."""


class Term(NamedTuple):
    """One test of a condition."""

    operator: str
    key: str
    operands: tuple[str, ...]

    @property
    def is_negated(self) -> bool:
        """Whether each operand more shuts out more, and does not let in more."""
        return "not" in self.operator.lower()


ELEMENTS: Final = ("Action", "Resource", "Principal")
_BEFORE: Final = {"Action": "", "Resource": "on ", "Principal": "to "}
_ALL: Final = {"Action": "all", "Resource": "all", "Principal": "everyone"}
_LISTED: Final = 3

_ROOT: Final = re.compile(r"arn:[^:]*:iam::(\d{12}):root", re.ASCII)
_DELETED: Final = {"AIDA": "deleted user", "AROA": "deleted role"}
_KINDS: Final = {"Service": "", "Federated": "provider ", "CanonicalUser": "canonical user "}

# The canonical form has these in lower case; no text of the author's may be at hand.
_KEYS: Final[Names] = {
    key.lower(): key
    for key in (
        *("aws:CurrentTime", "aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent"),
        *("aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalIsAWSService"),
        *("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalTag", "aws:PrincipalType"),
        *("aws:RequestedRegion", "aws:ResourceAccount", "aws:ResourceOrgID", "aws:SecureTransport"),
        *("aws:SourceAccount", "aws:SourceArn", "aws:SourceIp", "aws:SourceOrgID"),
        *("aws:SourceVpc", "aws:SourceVpce", "aws:UserAgent", "aws:Referer"),
        *("kms:CallerAccount", "kms:GrantIsForAWSResource", "kms:ViaService"),
        *("s3:DataAccessPointAccount", "s3:DataAccessPointArn", "s3:TlsVersion"),
        *("iam:PassedToService", "iam:PermissionsBoundary", "sts:ExternalId"),
    )
}

# With one operand, and with several. What quantifiers and `...IfExists` add stands before.
_IS: Final = ("is", "is one of")
_IS_NOT: Final = ("is not", "is none of")
_LIKE: Final = ("is like", "is like one of")
_NOT_LIKE: Final = ("is not like", "is like none of")
_OPERATORS: Final[Mapping[str, tuple[str, str]]] = {
    **dict.fromkeys(("stringequals", "numericequals", "dateequals", "bool", "binaryequals"), _IS),
    **dict.fromkeys(("stringnotequals", "numericnotequals", "datenotequals"), _IS_NOT),
    **dict.fromkeys(("stringlike", "arnequals", "arnlike"), _LIKE),
    **dict.fromkeys(("stringnotlike", "arnnotequals", "arnnotlike"), _NOT_LIKE),
    "stringequalsignorecase": ("is in any case", "is in any case one of"),
    "stringnotequalsignorecase": ("is in no case", "is in no case one of"),
    "numericlessthan": ("<", "< one of"),
    "numericlessthanequals": ("<=", "<= one of"),
    "numericgreaterthan": (">", "> one of"),
    "numericgreaterthanequals": (">=", ">= one of"),
    "datelessthan": ("before", "before one of"),
    "datelessthanequals": ("not after", "not after one of"),
    "dategreaterthan": ("after", "after one of"),
    "dategreaterthanequals": ("not before", "not before one of"),
    "ipaddress": ("in", "in"),
    "notipaddress": ("not in", "not in"),
}
_QUANTIFIERS: Final = {"forallvalues:": "every value of ", "foranyvalue:": "some value of "}


def line(statement: Statement, names: Names) -> str:
    """Say a canonical statement in one line; long lists are cut short, with how many more there are."""
    elements = {
        name: members(statement, name)
        for element in ELEMENTS
        for name in (element, f"Not{element}")
        if name in statement
    }
    return sentence(str(statement.get("Effect", "?")), elements, terms_of(statement), names)


def sentence(
    effect: str, elements: Mapping[str, Sequence[Member]], terms: Iterable[Term], names: Names
) -> str:
    """Say an effect, on what and to whom (an empty element is passed over), and under which tests."""
    words = [effect.lower()]
    words += [element_words(name, found, names) for name, found in elements.items() if found]
    said = " and ".join(term_words(term, names) for term in terms)
    return " ".join(words) + (f" if {said}" if said else "")


def element_words(name: str, found: Iterable[Member], names: Names) -> str:
    """Say the actions, what they are on, or whom they are allowed or denied to."""
    return _BEFORE[name.removeprefix("Not")] + only_members(name, found, names)


def only_members(name: str, found: Iterable[Member], names: Names) -> str:
    """Say the members of an element; of ``NotAction`` and its like, which are excluded."""
    element = name.removeprefix("Not")
    but = f"{_ALL[element]} but " if name != element else ""
    return but + listed(member_words(each, names) for each in found)


def members(statement: Statement, name: str) -> list[Member]:
    """Return the members of an element, each principal with its kind."""
    value = statement.get(name, [])
    kinds = value if isinstance(value, Mapping) else {"": value}
    return [(str(kind), each) for kind, found in sorted(kinds.items()) for each in texts(found)]


def member_words(member: Member, names: Names) -> str:
    """Say one action, resource or principal."""
    kind, name = member
    if kind == "":
        return names.get(name, name)
    if kind != "AWS":
        return _KINDS.get(kind, f"{kind} ") + name
    if name == "*":
        return "everyone"
    if root := _ROOT.fullmatch(name):
        return f"account {root[1]}"
    return f"{_DELETED[name[:4]]} {name}" if name[:4] in _DELETED else name


def terms_of(statement: Statement) -> list[Term]:
    """Return the tests of the condition."""
    condition: Mapping[str, Any] = statement.get("Condition", {})
    return [
        Term(operator, key, tuple(operands))
        for operator, keys in sorted(condition.items())
        for key, operands in sorted(keys.items())
    ]


def term_words(term: Term, names: Names) -> str:
    """Say one test of a condition, such as ``aws:SourceIp in 198.51.100.0/24``."""
    plain, name = term.operator.lower(), names.get(term.key, _KEYS.get(term.key, term.key))
    for prefix, words in _QUANTIFIERS.items():
        if plain.startswith(prefix):
            plain, name = plain.removeprefix(prefix), words + name
    if plain == "null" and len(term.operands) == 1:
        return f"{name} is {'absent' if term.operands[0] == 'true' else 'present'}"
    optional = ", where it is given," if plain.endswith("ifexists") else ""
    found = _OPERATORS.get(plain.removesuffix("ifexists"))
    verb = term.operator if found is None else found[len(term.operands) > 1]
    return f"{name}{optional} {verb} {listed(term.operands) or 'nothing'}"


def listed(words: Iterable[str]) -> str:
    """Return the first few words with commas between them, and how many more there are."""
    found = list(words)
    more = len(found) - _LISTED
    return ", ".join(found[:_LISTED]) + (f" and {more} more" if more > 0 else "")
