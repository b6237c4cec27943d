"""The availability zones of a Region, from moto's own table, which its EC2 answers from."""

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend


def zones_of(region: str) -> list[str]:
    """The names of a Region's zones, in their order; none for a Region that moto does not know."""
    return sorted(zone.name for zone in RegionsAndZonesBackend.zones.get(region, []))
