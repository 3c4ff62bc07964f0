"""Service-specific credentials of IAM users: passwords and API keys for one service (evidence item 2).

Optional: it takes a call for each user. botocore has no paginator for it, so its pages are turned here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from driftkeeper.collect.iam import USERS
from driftkeeper.collect.made import Made, plain
from driftkeeper.collect.no_setting import FIXED, LABEL
from driftkeeper.collect.spec import (
    Asker,
    Call,
    EvidenceType,
    From,
    Function,
    Gone,
    Item,
    Reach,
    Unseen,
)
from driftkeeper.domain.types import Cause

_FIRST = Call(
    "iam",
    "list_service_specific_credentials",
    params={"UserName": From("UserName"), "MaxItems": 1000},
    always=("ServiceSpecificCredentials",),
)
_NEXT = replace(_FIRST, params={**_FIRST.params, "Marker": From("Marker")})
_FIELDS = (
    "UserName",
    "Status",
    "ServiceUserName",
    "ServiceCredentialAlias",
    "CreateDate",
    "ExpirationDate",
    "ServiceSpecificCredentialId",
    "ServiceName",
)


def service_specific_credentials(asker: Asker) -> Iterable[Item]:
    """Return the credentials of every user, without anything that could be a secret."""
    found = asker.each(partial(_credentials, asker), asker.rows(USERS))
    return [{k: row[k] for k in _FIELDS if k in row} for rows in found for row in rows]


def _credentials(asker: Asker, user: Item) -> list[Item]:
    try:
        answer = asker.value(_FIRST, user)
        rows, markers = [*answer["ServiceSpecificCredentials"]], set()
        while answer.get("IsTruncated"):
            marker = answer["Marker"]
            if marker in markers:
                raise Unseen(Cause.FAILED, "MalformedAnswer", "a page is answered again and again")
            markers.add(marker)
            answer = asker.value(_NEXT, {**user, "Marker": marker})
            rows += answer["ServiceSpecificCredentials"]
    except Gone:
        return []
    return rows


SERVICE_SPECIFIC_CREDENTIAL = EvidenceType(
    name="iam.service_specific_credential",
    title="IAM service-specific credentials",
    says="Each user's passwords and API keys for single services, such as CodeCommit or Bedrock.",
    item=2,
    reach=Reach.ACCOUNT,
    listing=Function((USERS, _FIRST, _NEXT), service_specific_credentials),
    key=(
        "urn:driftkeeper:{account}:iam:user/{UserName}/service-credential/{ServiceSpecificCredentialId}"
    ),
    uid="ServiceSpecificCredentialId",
    criteria=("CC6.1", "CC6.2"),
    limits="When one was last used is not told by AWS. SSH keys are not listed. Secrets cannot be read.",
    optional=True,
    made=Made(
        fields=plain(
            *("UserName", "Status", "ServiceUserName", "ServiceCredentialAlias", "CreateDate"),
            *("ExpirationDate", "ServiceSpecificCredentialId", "ServiceName"),
        )
    ),
    no_setting={
        "ExpirationDate": FIXED,
        "ServiceCredentialAlias": LABEL,
        "ServiceName": FIXED,
        "ServiceUserName": FIXED,
    },
)
