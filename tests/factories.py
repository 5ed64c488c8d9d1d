"""The plainest valid rows, the same each time; a situation is a trait. All names are invented."""

from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from geo import models
from geo.choices import Precision
from geo.coverage.parameters import Parameters
from geo.translation import compose
from tests.places import MONTREAL


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = models.Source
        django_get_or_create = ("key",)

    key = "invented-for-tests"
    citation = "Invented for tests, 2026"


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = models.Organization

    name = factory.Sequence(lambda number: compose({"fr": f"Organisme inventé {number}"}))
    kind = "obnl"
    source = factory.SubFactory(SourceFactory)
    as_of = "2026-11"
    confidence = "A"


class ServiceFactory(DjangoModelFactory):
    """An accepted, active service, without a place, an area or a need."""

    class Meta:
        model = models.Service
        skip_postgeneration_save = True

    class Params:
        hidden = factory.Trait(review_status="to_verify", review_reason="other")
        ended = factory.Trait(status="defunct")

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda number: compose({"fr": f"Service inventé {number:03}"}))
    review_status = "accepted"
    source = factory.SubFactory(SourceFactory)
    as_of = "2026-11"
    confidence = "A"

    @factory.post_generation
    def needs(self, create, codes):
        for rank, code in enumerate(codes or [], 1):
            term = models.NeedTerm.objects.get(code=code)
            models.ServiceNeed.objects.create(service=self, term=term, rank=rank)

    @factory.post_generation
    def covering(self, create, codes):
        """Areas: `24` for the province, else codes of regions or municipalities."""
        for code in codes or []:
            level = {2: "region", 5: "municipality"}[len(code)]
            level = "province" if code == "24" else level
            ServiceAreaFactory(
                service=self, area=models.AdminArea.objects.get(level=level, code=code)
            )

    @factory.post_generation
    def at(self, create, point):
        if point is not None:
            location = LocationFactory(organization=self.organization, point=point)
            ServiceAtLocationFactory(service=self, location=location)

    @factory.post_generation
    def phone(self, create, number):
        if number is not None:
            PhoneFactory(service=self, number=number)

    @factory.post_generation
    def speaks(self, create, codes):
        for code in codes or []:
            models.ServiceLanguage.objects.create(
                service=self, code=code, source=self.source, as_of="2026-11"
            )


class LocationFactory(DjangoModelFactory):
    class Meta:
        model = models.Location

    class Params:
        secret = factory.Trait(
            address_visibility="partial",
            precision=Precision.MUNICIPALITY,
            municipality=factory.LazyFunction(
                lambda: models.AdminArea.objects.municipalities().get(code="66023")  # Montréal
            ),
        )

    organization = factory.SubFactory(OrganizationFactory)
    point = MONTREAL
    precision = Precision.ADDRESS
    source = factory.SubFactory(SourceFactory)
    as_of = "2026-11"


class ServiceAtLocationFactory(DjangoModelFactory):
    class Meta:
        model = models.ServiceAtLocation

    service = factory.SubFactory(ServiceFactory)
    location = factory.SubFactory(LocationFactory)
    source = factory.SubFactory(SourceFactory)
    as_of = "2026-11"


class ServiceAreaFactory(DjangoModelFactory):
    class Meta:
        model = models.ServiceArea

    service = factory.SubFactory(ServiceFactory)
    source = factory.SubFactory(SourceFactory)
    as_of = "2026-11"


class PhoneFactory(DjangoModelFactory):
    class Meta:
        model = models.Phone

    service = factory.SubFactory(ServiceFactory)
    number = "+15145550123"
    trust = "trusted"
    source = factory.SubFactory(SourceFactory)
    as_of = "2026-11"
    confidence = "A"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = models.User

    email = factory.Sequence(lambda number: f"person{number}@example.org")


class ScheduleFactory(DjangoModelFactory):
    """Hours of an office on weekdays, by the grammar alone; nobody knows what holidays are like."""

    class Meta:
        model = models.Schedule

    service = factory.SubFactory(ServiceFactory)
    opening_hours = "Mo-Fr 08:30-16:30"
    source = factory.SubFactory(SourceFactory)
    as_of = "2026-11"
    confidence = "A"


class ScheduleExceptionFactory(DjangoModelFactory):
    """Closed on the day it starts."""

    class Meta:
        model = models.ScheduleException

    service = factory.SubFactory(ServiceFactory)
    kind = "closed"
    ends_on = factory.SelfAttribute("starts_on")
    source = factory.SubFactory(SourceFactory)
    as_of = "2026-11"
    confidence = "A"


class MobileTourFactory(DjangoModelFactory):
    """A tour of a public service that is given nowhere else, without a stop."""

    class Meta:
        model = models.MobileTour

    service = factory.SubFactory(ServiceFactory, delivery_modes=["itinerant"])
    name = factory.Sequence(lambda number: compose({"fr": f"Tournée inventée {number}"}))
    source = factory.SubFactory(SourceFactory)
    as_of = "2026-11"
    confidence = "A"


def in_days(days: int) -> datetime:
    """Noon by the clock of Québec, so many days from today: no test depends on the time of day."""
    moment = timezone.localtime() + timedelta(days=days)
    return moment.replace(hour=12, minute=0, second=0, microsecond=0)


class MobileStopFactory(DjangoModelFactory):
    """A stop of four hours, in three days, announced to everybody."""

    class Meta:
        model = models.MobileStop
        skip_postgeneration_save = True

    class Params:
        past = factory.Trait(starts_at=factory.LazyFunction(lambda: in_days(-3)))
        vague = factory.Trait(
            public_precision="locality",
            location=factory.SubFactory(LocationFactory, secret=True),
        )

    tour = factory.SubFactory(MobileTourFactory)
    location = factory.SubFactory(LocationFactory)
    starts_at = factory.LazyFunction(lambda: in_days(3))
    ends_at = factory.LazyAttribute(lambda stop: stop.starts_at + timedelta(hours=4))
    source = factory.SubFactory(SourceFactory)
    as_of = "2026-11"
    confidence = "A"

    @factory.post_generation
    def topics(self, create, codes):
        for code in codes or []:
            self.topics.add(models.NeedTerm.objects.get(code=code))


class AlertFactory(DjangoModelFactory):
    """An alert to all of Québec, whatever people look for, for a week from yesterday."""

    class Meta:
        model = models.Alert
        skip_postgeneration_save = True

    organization = factory.SubFactory(OrganizationFactory)
    text = factory.Sequence(lambda number: compose({"fr": f"Avis inventé {number}"}))
    starts_at = factory.LazyFunction(lambda: in_days(-1))
    expires_at = factory.LazyAttribute(lambda alert: alert.starts_at + timedelta(days=7))
    source = factory.SubFactory(SourceFactory)
    as_of = "2026-11"
    confidence = "A"

    @factory.post_generation
    def regions(self, create, codes):
        for code in codes or []:
            self.regions.add(models.AdminArea.objects.get(level="region", code=code))

    @factory.post_generation
    def needs(self, create, codes):
        for code in codes or []:
            self.needs.add(models.NeedTerm.objects.get(code=code))


class CoverageRunFactory(DjangoModelFactory):
    """A published run for the 24th of November 2026, which saw nothing."""

    class Meta:
        model = models.CoverageRun

    as_of = date(2026, 11, 24)
    known_at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    parameters = factory.LazyFunction(lambda: Parameters().stored())
    vintages = factory.LazyFunction(
        lambda: {
            "demand": {
                "measure": "lmia_positions",
                "starts_on": "2025-01-01",
                "ends_on": "2025-12-31",
                "age_years": 0.9,
                "sources": ["Inventé pour les tests"],
                "caveats": [{"fr": "Inventé", "en": "Invented", "es": "Inventado"}],
                "finer_figures": 0,
            },
            "directory": {
                "known_at": "2026-11-24T12:00:00+00:00",
                "services": 0,
                "verified": 0,
                "digest": "inventé",
            },
            "without_position": [],
        }
    )
    code_version = "tests"
    seconds = 1.0


class CoverageServiceFactory(DjangoModelFactory):
    """A service as a run froze it, verified in time; `frozen_facts` makes its `facts`."""

    class Meta:
        model = models.CoverageService

    run = factory.SubFactory(CoverageRunFactory)
    service_id = factory.Sequence(lambda number: UUID(int=number + 1))
    is_verified = True
    facts = factory.LazyFunction(lambda: frozen_facts())


def frozen_facts(
    *, name: str = "Service inventé", organization: str = "Organisme inventé", **others
) -> dict:
    """What a run keeps of a service; an organization has one key for each name."""
    return {
        "name": {"fr": name},
        "organization": {"fr": organization},
        "organization_id": str(uuid5(NAMESPACE_OID, organization)),
        "kind": "obnl",
        "needs": [],
        "languages": [],
        "modes": [],
        "is_remote": False,
        "verified_on": "2026-10-01",
        "program_ended_on": "",
        "hours_per_week": None,
        "sites": [],
        "covers": [],
    } | others


def frozen_site(region: str, *, mrc: str = "", is_stop: bool = False) -> dict:
    """A place of a frozen service."""
    return {
        "service": "",
        "place": "",
        "town": "",
        "region": region,
        "mrc": mrc,
        "is_stop": is_stop,
        "position": [-73.6, 45.5],
        "capacity": 1.0,
    }


def frozen_cover(level: str, code: str, evidence: str = "declared") -> dict:
    """An area that a frozen service covers."""
    return {"level": level, "code": code, "evidence": evidence}
