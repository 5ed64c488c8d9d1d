"""What must never be false is refused by the database itself."""

import pytest
from django.db import IntegrityError, connection, transaction

from geo.models import AdminArea, Location, Service
from geo.translation import compose
from tests.factories import (
    LocationFactory,
    OrganizationFactory,
    PhoneFactory,
    ServiceAreaFactory,
    ServiceAtLocationFactory,
    ServiceFactory,
    SourceFactory,
    UserFactory,
)
from tests.places import LAVAL, MONTREAL

pytestmark = pytest.mark.usefixtures("empty_directory")

SECRET = {"secret": True}


@pytest.mark.parametrize(
    ("factory", "wrong", "rule"),
    [
        (OrganizationFactory, {"kind": "employer"}, "organization_kind_is_known"),
        (OrganizationFactory, {"name": {}}, "organization_has_a_name"),
        (
            OrganizationFactory,
            {"kind": "shop", "referral_role": "receive"},
            "organization_shops_and_faiths_take_no_referrals",
        ),
        (OrganizationFactory, {"as_of": "hier"}, "organization_as_of_is_a_date"),
        (OrganizationFactory, {"as_of": "2026-13"}, "organization_as_of_is_a_date"),
        (OrganizationFactory, {"confidence": "D"}, "organization_confidence_is_known"),
        (ServiceFactory, {"confidence": "C"}, "service_doubtful_is_hidden_until_checked"),
        (ServiceFactory, {"review_status": "to_verify"}, "service_to_verify_says_why"),
        (ServiceFactory, {"status": "open"}, "service_status_is_known"),
        (ServiceFactory, {"delivery_modes": ["by_owl"]}, "service_delivery_modes_are_known"),
        (ServiceFactory, {"fee_kind": "paid"}, "service_fee_is_explained"),
        (PhoneFactory, {"number": "514-555-0123"}, "phone_number_is_dialable"),
        (PhoneFactory, {"number": "+1811x"}, "phone_number_is_dialable"),
        (PhoneFactory, {"confidence": "C"}, "phone_doubtful_is_not_trusted"),
        (PhoneFactory, {"extension": "poste 2"}, "phone_extension_is_digits"),
        (LocationFactory, {"precision": ""}, "location_position_says_its_precision"),
        (LocationFactory, {"location_type": "virtual"}, "location_virtual_has_no_position"),
        (
            LocationFactory,
            SECRET | {"address": "1, rue Inventée"},
            "location_secret_address_is_not_kept",
        ),
        (
            LocationFactory,
            SECRET | {"precision": "address"},
            "location_secret_address_is_not_kept",
        ),
        (
            LocationFactory,
            {"address_visibility": "hidden"},
            "location_secret_address_is_not_kept",
        ),
    ],
)
def test_the_database_refuses(factory, wrong, rule):
    with pytest.raises(IntegrityError, match=rule):
        factory(**wrong)


def test_a_doubtful_service_may_be_shown_once_it_was_checked():
    service = ServiceFactory(confidence="C", assured_date="2026-11-20", covering=["24"])

    assert Service.objects.public().get() == service


def test_a_fact_needs_a_source():
    with pytest.raises(IntegrityError, match="source_id"):
        OrganizationFactory(source=None)


def test_a_source_that_facts_name_cannot_be_deleted():
    OrganizationFactory()
    with pytest.raises(Exception, match="protected"):
        SourceFactory().delete()


def test_a_shelter_is_never_pinned_at_its_address():
    shelter = ServiceFactory(is_shelter=True)
    # From here on the deferred rule is checked at each statement, as it is at a commit.
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="shelter"), transaction.atomic():
        ServiceAtLocationFactory(service=shelter)


def test_a_secret_place_stands_at_its_municipality_whatever_is_drawn_or_typed():
    place = LocationFactory(secret=True, point=LAVAL, name="Maison inventée", locality="Secteur")
    Location.objects.filter(pk=place.pk).update(point=LAVAL, name="Maison inventée")

    place.refresh_from_db()
    assert place.point.coords == place.municipality.point.coords
    assert (place.name, place.locality) == ("", "")


def test_a_secret_place_needs_a_municipality():
    with pytest.raises(IntegrityError, match="municipality with a known position"):
        LocationFactory(secret=True, municipality=None)


def test_a_place_of_a_shelter_cannot_become_public():
    shelter = ServiceFactory(is_shelter=True)
    place = LocationFactory(**SECRET)
    ServiceAtLocationFactory(service=shelter, location=place)
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="shelter"), transaction.atomic():
        Location.objects.filter(pk=place.pk).update(address_visibility="full")


def test_a_pinned_service_cannot_become_a_shelter():
    service = ServiceFactory(at=MONTREAL)
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="shelter"), transaction.atomic():
        Service.objects.filter(pk=service.pk).update(is_shelter=True)


def test_only_the_17_regions_have_codes_of_regions():
    region = AdminArea.objects.regions().first()
    region.pk, region.code = None, "18"
    with pytest.raises(IntegrityError, match="region_code_01_to_17"):
        region.save(force_insert=True)


def test_an_area_is_covered_once():
    service = ServiceFactory(covering=["11"])
    with pytest.raises(IntegrityError, match="servicearea_once"):
        ServiceAreaFactory(service=service, area=AdminArea.objects.regions().get(code="11"))


def test_an_address_has_one_account_whatever_the_case():
    UserFactory(email="someone@example.org")
    with pytest.raises(IntegrityError, match="whatever_the_case"):
        UserFactory(email="Someone@example.org")


def test_a_text_without_words_is_no_text():
    with pytest.raises(ValueError, match="Empty text"):
        compose({"fr": "  "})
