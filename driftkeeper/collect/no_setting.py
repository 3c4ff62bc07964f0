"""Why a field is configuration and yet no setting of security: the reasons that several types give.

Such fields are compared and told like any other. They are left out only where it is counted how much of
what matters for security has a name of its own. Which they are, each evidence type says with its
`no_setting`; what holds for any type is here.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftkeeper.domain.shape import matches

LABEL = "a label for people: it grants and protects nothing"
FIXED = "set when the thing is made and never edited: another value is another thing"
COPY = "says again what another field or evidence type says, where it is named"
BY_AWS = "AWS sets it by itself, nobody in the account does"
PLACE = "where something runs or how it is sized, and not who reaches it"

EVERYWHERE: Mapping[str, str] = {
    "Tags.*": LABEL,
    "Tags.*.Value": LABEL,
    "Tags.*.TagValue": LABEL,
    "TagSet.*": LABEL,
    "TagSet.*.Value": LABEL,
    "tags.*": LABEL,
    "Provider.Tags.*": LABEL,
    "Provider.Tags.*.Value": LABEL,
    "Description": LABEL,
    "Name": LABEL,
    "CreateDate": FIXED,
    "Path": COPY,
    "VpcId": FIXED,
    "AttachedManagedPolicies.*.PolicyName": COPY,
}
"""Of any evidence type. A kind that has a name for such a path all the same is counted as that."""


def reason(own: Mapping[str, str], path: tuple[str, ...]) -> str | None:
    """Return why the path is no setting of security; None when it is one, or may be.

    `own` are the reasons that the evidence type itself gives.
    """
    every = (*own.items(), *EVERYWHERE.items())
    return next((why for pattern, why in every if matches(pattern, path)), None)
