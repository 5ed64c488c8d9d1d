"""The page of one service."""

import re

import pytest
from django.contrib.gis.geos import Point

from geo.models import AdminArea, Program, Schedule, ServiceAtLocation, ServiceLanguage
from geo.translation import compose
from tests.factories import (
    LocationFactory,
    PhoneFactory,
    ServiceAtLocationFactory,
    ServiceFactory,
    SourceFactory,
)
from tests.places import GASPE, PERCE

OTTAWA = Point(-75.6951, 45.4290)  # nearer to the Outaouais than to any other region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_directory")]


def page(client, identifier, language="en") -> str:
    path = {"fr": "ressources", "en": "resources", "es": "recursos"}[language]
    response = client.get(f"/{language}/{path}/{identifier}/")
    assert response.status_code == 200
    return response.content.decode().replace("&#x27;", "'").replace("\xa0", " ")


def test_hidden_and_ended_services_do_not_exist(client):
    for service in [
        ServiceFactory(at=GASPE, hidden=True),
        ServiceFactory(at=GASPE, ended=True),
        ServiceFactory(covering=["24"], hidden=True),
    ]:
        place = ServiceAtLocation.objects.filter(service=service).first()
        for identifier in filter(None, [service.pk, place and place.pk]):
            assert client.get(f"/en/resources/{identifier}/").status_code == 404


def test_the_page_of_a_service_shows_all_its_places_from_any_of_its_ids(client):
    service = ServiceFactory()
    for point, town in [(GASPE, "Gaspé"), (PERCE, "Percé")]:
        location = LocationFactory(organization=service.organization, point=point, locality=town)
        ServiceAtLocationFactory(service=service, location=location)
    perce = ServiceAtLocation.objects.get(location__locality="Percé")

    by_service, by_place = page(client, service.pk), page(client, perce.pk)

    assert "Gaspé" in by_service
    assert "Percé" in by_service
    assert by_place.index("Percé") < by_place.index("Gaspé", by_place.index("<h1>"))


def test_each_fact_points_to_where_and_when_it_was_read(client):
    old = SourceFactory(
        key="old-page", citation="Une page ancienne", urls=["https://example.org/page"]
    )
    service = ServiceFactory(at=GASPE, description=compose({"fr": "Un service."}))
    PhoneFactory(service=service, source=old, as_of="2015-03", confidence="B")

    content = page(client, service.pk)

    assert "Une page ancienne" in content
    assert "March 2015 (old: check first)" in content
    assert "second-hand source" in content
    assert (
        '<a class="long" href="https://example.org/page" rel="noopener noreferrer nofollow">'
        in content
    )
    assert content.count('href="#source-2"') == 1


def test_an_undated_source_says_so(client):
    service = ServiceFactory(at=GASPE, as_of="")

    assert "undated" in page(client, service.pk)


def test_what_is_not_known_is_said_and_the_three_answers_differ(client):
    service = ServiceFactory(
        at=GASPE, phone="+14185550123", papers_asked=False, ramq_needed=True, employer_told=None
    )

    content = page(client, service.pk)

    assert "Hours not known: call first" in content
    assert content.count("Not known: ask") >= 4
    assert "<dt>Do they ask for papers?</dt><dd>No</dd>" in content
    assert "<dt>Is a health card (RAMQ) needed?</dt><dd>Yes</dd>" in content
    assert '<dt>Is the employer told?</dt><dd class="unknown">Not known: ask</dd>' in content


def test_day_and_night_is_said_in_words(client):
    service = ServiceFactory(at=GASPE)
    Schedule.objects.create(
        service=service, opening_hours="24/7", hours_status="always", source=service.source
    )

    assert "Día y noche, todos los días" in page(client, service.pk, "es")


def test_the_money_of_a_programme_that_ended_is_a_warning(client):
    service = ServiceFactory(at=GASPE)
    service.program = Program.objects.create(
        code="invented",
        name=compose({"fr": "Programme inventé"}),
        ends_on="2020-03",
        source=service.source,
    )
    service.save()

    assert "The money was planned until March 2020" in page(client, service.pk)
    assert "Financement prévu jusqu'en mars 2020 : vérifiez" in page(client, service.pk, "fr")
    service.program.ends_on = "2020-03-31"
    service.program.save()
    assert "Financement prévu jusqu'au 31 mars 2020 : vérifiez" in page(client, service.pk, "fr")
    assert "previsto hasta el 31 de marzo de 2020" in page(client, service.pk, "es")


def test_a_shelter_shows_its_town_and_no_way_there(client):
    service = ServiceFactory(is_shelter=True, phone="+14185550123")
    location = LocationFactory(
        organization=service.organization,
        point=GASPE,
        precision="municipality",
        address_visibility="partial",
        municipality=AdminArea.objects.municipalities().get(name="Gaspé"),
    )
    ServiceAtLocationFactory(service=service, location=location)

    content = page(client, service.pk)

    assert "The address is kept secret: call." in content
    assert "Gaspé" in content
    assert "geo:" not in content
    assert "48.83" not in content


def test_without_a_number_nobody_is_told_to_call_it(client):
    service = ServiceFactory()
    location = LocationFactory(organization=service.organization, secret=True)
    ServiceAtLocationFactory(service=service, location=location)

    content = page(client, service.pk)

    assert "The address is kept secret." in content
    assert "Hours not known</strong>" in content
    assert "Contact details not known yet" in content


def test_the_line_that_an_alert_names_can_be_dialled_and_is_enough(client):
    service = ServiceFactory(
        at=GASPE, alert=compose({"fr": "Appelez le 1 888 211-0123 ou le 811, pas le 514 211-0199."})
    )

    content = page(client, service.pk)

    assert '<a href="tel:+18882110123">1 888 211-0123</a>' in content
    assert '<a href="tel:811">811</a>, pas le 514 211-0199' in content
    assert "Contact details not known yet" not in content
    assert "Call or write" not in content


def test_the_source_of_a_position_does_not_bear_the_date_of_the_place(client):
    service = ServiceFactory(as_of="2019-09-09")
    towns = SourceFactory(key="towns", citation="Répertoire des municipalités 2023-11")
    location = LocationFactory(
        organization=service.organization,
        point=GASPE,
        precision="municipality",
        as_of="2019-09-09",
        position_source=towns,
    )
    ServiceAtLocationFactory(service=service, location=location)

    content = page(client, service.pk)

    row = content[content.index("Répertoire des municipalités 2023-11") :].split("</li>")[0]
    assert "2019" not in row
    assert "source" not in row
    assert "undated" not in row


def test_an_approximate_position_is_no_way_there(client):
    service = ServiceFactory()
    location = LocationFactory(
        organization=service.organization, point=GASPE, precision="postal_code"
    )
    ServiceAtLocationFactory(service=service, location=location)

    content = page(client, service.pk)

    assert "Approximate position: the postal code" in content
    assert "geo:" not in content
    assert "48.83" not in content


def test_a_place_outside_quebec_is_in_no_region_of_quebec(client):
    service = ServiceFactory()
    location = LocationFactory(
        organization=service.organization, point=OTTAWA, province="ON", locality="Ottawa"
    )
    ServiceAtLocationFactory(service=service, location=location)

    content = page(client, service.pk)

    assert "Ottawa (Ontario)" in content
    assert "Outaouais" not in content


def test_french_puts_a_space_before_the_colon_of_a_detail(client):
    service = ServiceFactory(at=GASPE)
    ServiceLanguage.objects.create(
        service=service,
        code="es",
        mode="staff",
        note=compose({"fr": "le lundi"}),
        source=service.source,
    )

    assert re.search(r"Espagnol \([^)]+\) : le lundi", page(client, service.pk, "fr"))
    assert re.search(r"Spanish \([^)]+\): <span lang=\"fr\">le lundi", page(client, service.pk))


def test_other_services_of_the_body_are_linked_if_the_public_may_see_them(client):
    service = ServiceFactory(at=GASPE)
    other = ServiceFactory(organization=service.organization, covering=["24"])
    hidden = ServiceFactory(organization=service.organization, covering=["24"], hidden=True)

    content = page(client, service.pk)

    assert other.name["fr"]["text"] in content
    assert hidden.name["fr"]["text"] not in content


def test_the_number_of_queries_does_not_grow(client, django_assert_max_num_queries):
    def make(numbers: range):
        for number in numbers:
            ServiceAtLocationFactory(
                service=service,
                location=LocationFactory(organization=service.organization, point=GASPE),
            )
            PhoneFactory(service=service, number=f"+1418555{number:04}")

    service = ServiceFactory(speaks=["fr", "en", "es"], covering=["11", "01"])
    make(range(5))
    client.get(f"/en/resources/{service.pk}/")
    with django_assert_max_num_queries(25) as few:
        client.get(f"/en/resources/{service.pk}/")
    make(range(5, 50))
    with django_assert_max_num_queries(len(few)):
        client.get(f"/en/resources/{service.pk}/")
