"""What reaches somebody in an MRC, which has no outline."""

import pytest

from geo.models import AdminArea, Resource
from tests.factories import (
    LocationFactory,
    ServiceAreaFactory,
    ServiceAtLocationFactory,
    ServiceFactory,
)
from tests.places import GASPE, PERCE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_directory")]


def area(name: str, level: str) -> AdminArea:
    return AdminArea.objects.get(name=name, level=level)


def test_an_mrc_is_reached_by_its_places_and_by_every_area_around_and_inside_it():
    home = area("La Côte-de-Gaspé", "mrc")
    inside = ServiceFactory()
    for service, point, town in [(inside, GASPE, "Gaspé"), (ServiceFactory(), PERCE, "Percé")]:
        location = LocationFactory(
            organization=service.organization,
            point=point,
            municipality=area(town, "municipality"),
        )
        ServiceAtLocationFactory(service=service, location=location)
    around = [home, home.parent, area("Gaspé", "municipality"), AdminArea.objects.province().get()]
    lines = []
    for covered in [*around, area("Le Rocher-Percé", "mrc")]:
        lines.append(ServiceFactory())
        ServiceAreaFactory(service=lines[-1], area=covered)

    reached = Resource.objects.reached(mrc=home)

    assert {row.service for row in reached} == {inside, *lines[:-1]}


def test_a_service_at_a_place_of_the_mrc_is_not_repeated_by_its_area():
    service = ServiceFactory(covering=["11"])
    location = LocationFactory(
        organization=service.organization, point=GASPE, municipality=area("Gaspé", "municipality")
    )
    place = ServiceAtLocationFactory(service=service, location=location)

    (row,) = Resource.objects.reached(mrc=area("La Côte-de-Gaspé", "mrc"))

    assert row.pk == place.pk


def test_the_mrcs_of_a_region_come_by_name():
    gaspesie = AdminArea.objects.regions().get(code="11")

    names = [mrc.name for mrc in AdminArea.objects.in_region(gaspesie).mrcs()]

    assert len(names) == 5
    assert names == sorted(names)
