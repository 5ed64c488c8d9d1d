"""What a phone keeps of a region."""

import random
from datetime import timedelta

import pytest
from django.contrib.gis.measure import D
from django.db import connections, transaction
from django.utils import timezone

from geo import packs
from geo.choices import ReferralStatus
from geo.models import AdminArea, Resource, Schedule, Service
from geo.spatial import lon_lat
from tests import network
from tests.factories import (
    AlertFactory,
    LocationFactory,
    MobileStopFactory,
    PhoneFactory,
    ServiceAtLocationFactory,
    ServiceFactory,
    in_days,
)
from tests.places import GASPE, MONTREAL

CODES = [f"{number:02}" for number in range(1, 18)]


def pack(code: str, language: str = "fr") -> dict:
    return packs.pack_of(packs.read_directory([code]), code, language)


def ids(found) -> set[str]:
    return {str(key) for key in found.values_list("pk", flat=True)}


@pytest.mark.django_db
@pytest.mark.parametrize("code", CODES)
def test_a_pack_holds_all_that_its_region_is_answered(code):
    region = AdminArea.objects.regions().get(code=code)

    held = {resource["id"] for resource in pack(code)["resources"]}

    assert ids(Resource.objects.reached(region=region)) <= held


@pytest.mark.django_db
def test_a_pack_answers_the_usual_radius_anywhere_in_its_region():
    towns = [
        town
        for town in AdminArea.objects.municipalities().with_region().exclude(point=None)
        if AdminArea.objects.region_of(town.point).code == town.region_code
    ]
    directory = packs.read_directory(CODES)
    held = {code: {str(row.pk) for row in directory.of(code)} for code in CODES}

    for town in random.Random(11).sample(towns, 60):
        found = Resource.objects.reached(near=(town.point, D(km=50)))

        assert ids(found) <= held[town.region_code], town.name


@pytest.mark.django_db
def test_the_pack_of_the_province_holds_everything():
    held = {resource["id"] for resource in pack(packs.EVERYWHERE)["resources"]}

    assert held == ids(Resource.objects.all())


@pytest.mark.django_db
def test_places_far_from_the_region_are_left_out(empty_directory):
    near = ServiceFactory(at=GASPE)
    ServiceFactory(at=MONTREAL)

    assert [service["id"] for service in pack("11")["services"]] == [str(near.pk)]


@pytest.mark.django_db
def test_a_service_with_a_place_in_the_region_is_held_by_its_area_too(empty_directory):
    service = ServiceFactory(at=GASPE, covering=["11"])

    rows = pack("11")["resources"]

    assert sorted(row["remote"] for row in rows) == [False, True]
    assert {row["service"] for row in rows} == {0}
    assert pack("11")["services"][0]["id"] == str(service.pk)


@pytest.mark.django_db
def test_resources_are_in_the_order_that_settles_ties():
    keys = [resource["id"] for resource in pack(packs.EVERYWHERE)["resources"]]
    places = Resource.objects.filter(is_remote=False).in_order()

    ordered = [str(key) for key in places.values_list("pk", flat=True)]

    assert [key for key in keys if key in set(ordered)] == ordered


@pytest.mark.django_db
def test_nothing_hidden_is_in_a_pack(empty_directory):
    ServiceFactory(hidden=True, at=GASPE)
    ServiceFactory(ended=True, covering=["24"])
    shown = ServiceFactory(at=GASPE, review_note="SECRETNOTE")
    PhoneFactory(service=shown, number="+14185550199", trust="to_verify")

    found = pack("11")

    assert len(found["services"]) == len(found["resources"]) == 1
    assert not found["services"][0]["has_phone"]
    assert "SECRETNOTE" not in str(found)


@pytest.mark.django_db
def test_a_secret_place_stands_at_its_municipality(empty_directory):
    shelter = ServiceFactory(is_shelter=True)
    secret = LocationFactory(secret=True, name="SECRETHOUSE", point=lon_lat(-73.51234, 45.51234))
    ServiceAtLocationFactory(service=shelter, location=secret)
    secret.refresh_from_db()

    (row,) = pack("06")["resources"]

    assert row["point"] == [secret.municipality.point.x, secret.municipality.point.y]
    assert "SECRETHOUSE" not in str(pack("06"))


@pytest.mark.django_db
def test_what_partners_know_of_a_stop_is_in_no_pack(empty_directory):
    MobileStopFactory(vague=True, partner_note="SECRETBARN", topics=["sante"], languages=["es"])
    MobileStopFactory(announce_to="partners", starts_at=in_days(9))
    MobileStopFactory(past=True)

    (row,) = pack(packs.EVERYWHERE)["resources"]

    assert row["stop"]["needs"] == ["sante"]
    assert row["stop"]["languages"] == ["es"]
    assert row["stop"]["ends"] - row["stop"]["starts"] == 4 * 3600
    assert "SECRETBARN" not in str(pack(packs.EVERYWHERE))


@pytest.mark.django_db
def test_languages_of_a_service_are_those_of_its_trusted_lines_too(empty_directory):
    service = ServiceFactory(covering=["24"], speaks=["es"])
    PhoneFactory(service=service, languages=["en"])
    PhoneFactory(service=service, number="+14185550199", trust="to_verify", languages=["ht"])

    assert pack("11")["services"][0]["languages"] == ["en", "es"]


@pytest.mark.django_db
def test_short_numbers_are_told_from_others(empty_directory):
    ServiceFactory(covering=["24"], phone="811")
    ServiceFactory(covering=["24"], phone="+18005550123")

    services = pack("11")["services"]

    assert sorted(service["short"] for service in services) == [False, True]
    assert all(service["has_phone"] for service in services)


@pytest.mark.django_db
def test_hours_are_held_for_days_without_a_network(empty_directory):
    service = ServiceFactory(at=GASPE)
    Schedule.objects.create(
        service=service, opening_hours="Mo-Fr 08:00-16:00", source=service.source, as_of="2026-11"
    )
    ServiceFactory(at=GASPE)

    found = pack("11")

    numbers = [row["hours"] for row in found["resources"]]
    assert sorted(numbers, key=str) == [0, None]
    assert len(found["hours"]["patterns"]) == 1
    assert found["hours"]["days"] == 14


@pytest.mark.django_db
def test_a_region_has_its_own_alerts_and_those_of_quebec(empty_directory):
    of_quebec, of_gaspesie = AlertFactory(), AlertFactory(regions=["11"])
    AlertFactory(regions=["06"])
    AlertFactory(starts_at=timezone.now() - timedelta(days=9))

    alerts = pack("11")["alerts"]

    assert sorted(alert["regions"] for alert in alerts) == [[], ["11"]]
    assert {alert["expires"] for alert in alerts} == {
        int(alert.expires_at.timestamp()) for alert in (of_quebec, of_gaspesie)
    }
    assert len(pack(packs.EVERYWHERE)["alerts"]) == 3


@pytest.mark.django_db
def test_areas_are_all_that_finds_a_place():
    areas = packs.areas()

    assert [region["code"] for region in areas["regions"]] == CODES
    assert areas["province"]["code"] == "24"
    assert len(areas["municipalities"]) == AdminArea.objects.municipalities().count()
    gaspe = next(row for row in areas["municipalities"] if row[1] == "Gaspé")
    assert gaspe[:4] == ["03005", "Gaspé", "11", "030"]
    region = AdminArea.objects.regions().get(code="11")
    outline = next(row["outline"] for row in areas["regions"] if row["code"] == "11")
    assert len(outline) == len(region.outline)
    assert outline[0][0][0] == outline[0][0][-1]


@pytest.mark.django_db
def test_the_stamp_sees_what_began_early_and_ended_late():
    """The greatest number of a transaction would not: the one that ends last has the smaller."""
    one, other = Service.objects.order_by("pk").values_list("pk", flat=True)[:2]
    touch = "UPDATE geo_service SET url = url WHERE id = %s"
    early, late = (connections.create_connection("default") for _ in range(2))
    try:
        early.set_autocommit(False)
        with early.cursor() as cursor:
            cursor.execute(touch, [one])
        with late.cursor() as cursor:
            cursor.execute(touch, [other])
        between = packs.directory_stamp()
        early.commit()

        assert packs.directory_stamp() != between
    finally:
        early.close()
        late.close()


@pytest.mark.django_db
def test_the_stamp_changes_with_every_change_and_with_nothing_else():
    seen = [packs.directory_stamp(), packs.directory_stamp()]
    assert seen[0] == seen[1]

    service = Service.objects.order_by("pk").first()
    for change in (
        lambda: service.save(),
        lambda: service.save(),
        lambda: service.service_needs.first().delete(),
        lambda: ServiceFactory(),
    ):
        with transaction.atomic():
            change()
        seen.append(packs.directory_stamp())

    assert len(set(seen)) == len(seen) - 1


def test_what_the_network_does_makes_no_pack_old(db):
    sender, receiver = network.organization(), network.organization("07")
    before = packs.directory_stamp()
    network.referral(sender, receiver, ReferralStatus.REFUSED)
    assert packs.directory_stamp() == before
