"""The fields that are configuration and yet no setting of security, each with the reason.

They are compared and told like any other. They are left out only where it is counted how much of what
matters for security has a name of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from driftkeeper.domain.shape import matches

_LABEL = "a label for people: it grants and protects nothing"
_FIXED = "set when the thing is made and never edited: another value is another thing"
_COPY = "says again what another field or evidence type says, where it is named"
_AWS = "AWS sets it by itself, nobody in the account does"
_PLACE = "where something runs or how it is sized, and not who reaches it"
_VERDICT = "says what a finding is about; the finding is named when it comes, goes or gets worse"
_REPORT = "says how AWS writes its report, and nothing about who is in it"

EVERYWHERE: Mapping[str, str] = {
    "Tags.*": _LABEL,
    "Tags.*.Value": _LABEL,
    "Tags.*.TagValue": _LABEL,
    "TagSet.*": _LABEL,
    "TagSet.*.Value": _LABEL,
    "tags.*": _LABEL,
    "Provider.Tags.*": _LABEL,
    "Provider.Tags.*.Value": _LABEL,
    "Description": _LABEL,
    "Name": _LABEL,
    "CreateDate": _FIXED,
    "Path": _COPY,
    "VpcId": _FIXED,
    "AttachedManagedPolicies.*.PolicyName": _COPY,
}
"""Of any evidence type. A kind that has a name for such a path all the same is counted as that."""

OF_TYPE: Mapping[str, Mapping[str, str]] = {
    "accessanalyzer.analyzer": {
        "name": _FIXED,
        "type": _FIXED,
        "managedBy": _AWS,
        "statusReason.code": _COPY,
        "configuration.*.*": _COPY,
        "configuration.*.*.*.*": _COPY,
        "Analyzer.configuration.unusedAccess.unusedAccessAge": _FIXED,
    },
    "accessanalyzer.finding": {
        "error": "says why AWS could not analyse something, and nothing of what it found",
        "findingType": _FIXED,
        "resource": _FIXED,
        "resourceOwnerAccount": _FIXED,
        "resourceType": _FIXED,
    },
    "cloudtrail.public_key": {"Validity*": _FIXED, "Value": _FIXED},
    "cloudtrail.trail": {"HomeRegion": _FIXED},
    "ec2.network_acl": {"IsDefault": _FIXED},
    "ec2.network_interface": {
        "AssociatedSubnets.*": _PLACE,
        "Association.*": _COPY,
        "Attachment.*": _PLACE,
        "Attachment.*.*": _PLACE,
        "Attachment.*.*.*": _PLACE,
        "AvailabilityZone*": _FIXED,
        "ConnectionTrackingConfiguration.*": _PLACE,
        "DenyAllIgwTraffic": _AWS,
        "InterfaceType": _FIXED,
        "Ipv*Prefixes.*": _PLACE,
        "Ipv6Address": _COPY,
        "Ipv6Addresses.*.IsPrimaryIpv6": _PLACE,
        "Ipv6Native": _FIXED,
        "MacAddress": _FIXED,
        "Operator.*": _AWS,
        "OutpostArn": _FIXED,
        "PrivateIpAddress": _COPY,
        "PrivateIpAddresses.*.Association.AllocationId": _COPY,
        "PrivateIpAddresses.*.Association.CarrierIp": _PLACE,
        "PrivateIpAddresses.*.Association.CustomerOwnedIp": _PLACE,
        "PrivateIpAddresses.*.Association.IpOwnerId": _COPY,
        "PrivateIpAddresses.*.Primary": _PLACE,
        "Requester*": _FIXED,
        "SubnetId": _FIXED,
    },
    "ec2.prefix_list": {
        "AddressFamily": _FIXED,
        "IpamPrefixListResolver*": "says where the entries come from; the entries are named themselves",
        "MaxEntries": _PLACE,
        "OwnerId": _FIXED,
        "PrefixListName": _LABEL,
    },
    "ec2.security_group": {
        "GroupName": _FIXED,
        "SecurityGroupArn": _FIXED,
        "IpPermissions*.*.PeeringStatus": _AWS,
    },
    "ec2.vpc": {
        "CidrBlock": _COPY,
        "*CidrBlockAssociationSet.*.*": _PLACE,
        "*CidrBlockAssociationSet.*.*.State": _AWS,
        "InstanceTenancy": _PLACE,
        "IsDefault": _FIXED,
    },
    "ec2.vpc_block_public_access": {"Aws*": _FIXED},
    "guardduty.detector": {
        "Administrator.InvitationId": _COPY,
        "Administrator.RelationshipStatus": _COPY,
        "ServiceRole": _AWS,
    },
    "guardduty.finding": {
        "Finding.AccountId": _FIXED,
        "Finding.Arn": _FIXED,
        "Finding.AssociatedAttackSequenceArn": _VERDICT,
        "Finding.CustomDetectionRuleName": _VERDICT,
        "Finding.Id": _FIXED,
        "Finding.Partition": _FIXED,
        "Finding.Region": _FIXED,
        "Finding.Resource.Ids.*": _VERDICT,
        "Finding.Resource.ResourceType": _VERDICT,
        "Finding.Sample": _FIXED,
        "Finding.Service.*": _VERDICT,
        "Finding.Title": _VERDICT,
        "Finding.Type": _FIXED,
    },
    "iam.access_key": {"UserArn": _COPY},
    "iam.credential": {"GeneratedTime": _REPORT, "user": _COPY},
    "iam.credential_report": {"*": _REPORT, "Columns.*": _REPORT},
    "iam.group": {"GroupName": _COPY},
    "iam.mfa_device": {"Kind": _FIXED, "SerialNumber": _FIXED},
    "iam.policy": {
        "IsAttachable": _AWS,
        "Owner": _FIXED,
        "PolicyName": _FIXED,
        "VersionCount": "counts versions that are kept; only the one in force allows anything",
    },
    "iam.role": {
        "PermissionsBoundary.PermissionsBoundaryType": _FIXED,
        "RoleName": _FIXED,
        "Settings.Description": _LABEL,
    },
    "iam.root": {"MFA.Devices.*.Kind": _FIXED, "OrganizationsFeatures.OrganizationId": _COPY},
    "iam.server_certificate": {
        "Expiration": _FIXED,
        "ServerCertificateName": _LABEL,
        "UploadDate": _FIXED,
    },
    "iam.service_specific_credential": {
        "ExpirationDate": _FIXED,
        "ServiceCredentialAlias": _LABEL,
        "ServiceName": _FIXED,
        "ServiceUserName": _FIXED,
    },
    "iam.user": {
        "MFADevices.*.Kind": _FIXED,
        "PermissionsBoundary.PermissionsBoundaryType": _FIXED,
        "UserName": _COPY,
    },
    "kms.alias": {"AliasName": _FIXED},
    "kms.grant": {
        "*": _FIXED,
        "Operations.*": _FIXED,
        "Constraints.*": _FIXED,
        "Constraints.*.*": _FIXED,
    },
    "kms.key": {
        "Aliases.*.*": _COPY,
        "KeyMetadata.AWSAccountId": _FIXED,
        "KeyMetadata.*Arn": _FIXED,
        "KeyMetadata.CloudHsmClusterId": _FIXED,
        "KeyMetadata.Custom*": _FIXED,
        "KeyMetadata.Description": _LABEL,
        "KeyMetadata.*Algorithms.*": _FIXED,
        "KeyMetadata.KeyId": _FIXED,
        "KeyMetadata.KeyManager": _FIXED,
        "KeyMetadata.KeySpec": _FIXED,
        "KeyMetadata.KeyUsage": _FIXED,
        "KeyMetadata.MultiRegion": _FIXED,
        "KeyMetadata.MultiRegionConfiguration.MultiRegionKeyType": _COPY,
        "KeyMetadata.MultiRegionConfiguration.*Key*.Region": _COPY,
        "KeyMetadata.MultiRegionConfiguration.ReplicaKeys.*.Region": _FIXED,
        "KeyMetadata.Origin": _FIXED,
        "KeyMetadata.XksKeyConfiguration.Id": _FIXED,
        "Rotation.KeyId": _COPY,
    },
    "organizations.account": {"Joined*": _FIXED},
    "organizations.account_tags": {"*": _COPY, "Paths.*": _COPY},
    "organizations.organization": {"Arn": _COPY, "Id": _COPY, "MasterAccountArn": _COPY},
    "organizations.unit": {"Accounts.*": _COPY},
    "s3.bucket": {
        "Acl.Owner.ID": _FIXED,
        "BucketRegion": _FIXED,
        "Logging.LoggingEnabled.TargetObjectKeyFormat.*": _LABEL,
        "Logging.LoggingEnabled.TargetObjectKeyFormat.*.*": _LABEL,
    },
}
"""Of one evidence type."""

AS_A_WHOLE: Mapping[str, str] = {
    "cloudtrail.public_key": _AWS,
    "iam.credential": "a view of the user, whose coming and going is named",
    "organizations.account_tags": "a view of the account, whose coming and going is named",
}
"""Of the resources of an evidence type: why it need not be named that one came or went."""


def reason(evidence: str, path: tuple[str, ...]) -> str | None:
    """Return why the path is no setting of security; None when it is one, or may be."""
    return next((why for pattern, why in _of(evidence) if matches(pattern, path)), None)


def _of(evidence: str) -> Iterator[tuple[str, str]]:
    yield from OF_TYPE.get(evidence, {}).items()
    yield from EVERYWHERE.items()
