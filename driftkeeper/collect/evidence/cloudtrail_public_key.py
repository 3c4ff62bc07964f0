"""Public keys with which CloudTrail signs its digest files (evidence item 6); read when asked for.

AWS signs in each region with keys of that region, each valid for about a month, and forgets old ones:
who wants to validate an old digest must have kept its key. The token for a further page is reserved
for the future, so a key that comes twice is taken once.
"""

from __future__ import annotations

from driftkeeper.collect.cloudtrail import KEYS, public_keys
from driftkeeper.collect.made import Made
from driftkeeper.collect.no_setting import BY_AWS, FIXED
from driftkeeper.collect.spec import EvidenceType, Function, Reach

PUBLIC_KEY = EvidenceType(
    name="cloudtrail.public_key",
    title="CloudTrail public keys",
    says="The public keys by which the digest files of log file validation can be verified.",
    item=6,
    reach=Reach.REGION,
    listing=Function((KEYS,), public_keys),
    key="urn:driftkeeper:{account}:cloudtrail:{region}:public-key/{Fingerprint}",
    criteria=("CC7.2",),
    limits="That a key exists does not say that digests were signed with it or have been verified.",
    optional=True,
    made=Made(rows=("PublicKeyList",)),
    no_setting={"Validity*": FIXED, "Value": FIXED},
    no_event=BY_AWS,
)
