"""Network interfaces: what a group is in use on, and which of it has a public address (evidence item 8).

They come and go with the machines they belong to, so they are read only where asked for.
"""

from __future__ import annotations

from driftkeeper.collect.no_setting import BY_AWS, COPY, FIXED, PLACE
from driftkeeper.collect.spec import Call, EvidenceType, Reach

NETWORK_INTERFACE = EvidenceType(
    name="ec2.network_interface",
    title="Network interfaces",
    says="Each network interface's security groups, public address, type, and what it is attached to.",
    item=8,
    reach=Reach.REGION,
    listing=Call(
        "ec2",
        "describe_network_interfaces",
        items="NetworkInterfaces",
        always=("NetworkInterfaceId", "OwnerId", "Groups"),
        page_size=1000,
    ),
    key="arn:{partition}:ec2:{region}:{OwnerId}:network-interface/{NetworkInterfaceId}",
    uid="NetworkInterfaceId",
    observed=(
        "Status",
        "Association.AssociationId",
        "Association.PublicDnsName",
        "Attachment.AttachmentId",
        "Attachment.Status",
        "Groups.GroupName",
        "PrivateDnsName",
        "PublicDnsName",
        "PublicIpDnsNameOptions",
        "PrivateIpAddresses.PrivateDnsName",
        "PrivateIpAddresses.Association.AssociationId",
        "PrivateIpAddresses.Association.PublicDnsName",
        "Ipv6Addresses.PublicIpv6DnsName",
    ),
    acts=("Attachment.AttachTime",),
    sets={
        "Groups": "GroupId",
        "PrivateIpAddresses": "PrivateIpAddress",
        "Ipv4Prefixes": "Ipv4Prefix",
        "Ipv6Addresses": "Ipv6Address",
        "Ipv6Prefixes": "Ipv6Prefix",
        "AssociatedSubnets": None,
        "TagSet": "Key",
    },
    criteria=("CC6.6",),
    limits=(
        "An interface that lives for less than the time between two snapshots is not seen. Interfaces"
        " that AWS services manage and hide are not listed."
    ),
    optional=True,
    no_setting={
        "AssociatedSubnets.*": PLACE,
        "Association.*": COPY,
        "Attachment.*": PLACE,
        "Attachment.*.*": PLACE,
        "Attachment.*.*.*": PLACE,
        "AvailabilityZone*": FIXED,
        "ConnectionTrackingConfiguration.*": PLACE,
        "DenyAllIgwTraffic": BY_AWS,
        "InterfaceType": FIXED,
        "Ipv*Prefixes.*": PLACE,
        "Ipv6Address": COPY,
        "Ipv6Addresses.*.IsPrimaryIpv6": PLACE,
        "Ipv6Native": FIXED,
        "MacAddress": FIXED,
        "Operator.*": BY_AWS,
        "OutpostArn": FIXED,
        "PrivateIpAddress": COPY,
        "PrivateIpAddresses.*.Association.AllocationId": COPY,
        "PrivateIpAddresses.*.Association.CarrierIp": PLACE,
        "PrivateIpAddresses.*.Association.CustomerOwnedIp": PLACE,
        "PrivateIpAddresses.*.Association.IpOwnerId": COPY,
        "PrivateIpAddresses.*.Primary": PLACE,
        "Requester*": FIXED,
        "SubnetId": FIXED,
    },
)
