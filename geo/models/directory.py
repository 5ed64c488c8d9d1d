"""The directory: organizations, their services, the places, and how to reach them (HSDS)."""

import uuid
from typing import TYPE_CHECKING

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from geo.choices import (
    SERVICE_LANGUAGES,
    AccessMode,
    AddressVisibility,
    AreaEvidence,
    Confidence,
    DeliveryMode,
    FeeKind,
    LanguageMode,
    LocationType,
    OrganizationKind,
    PhoneTrust,
    PhoneType,
    Precision,
    ReferralRole,
    ReviewReason,
    ReviewStatus,
    ServiceStatus,
    VerifiedStatus,
)
from geo.models.areas import AdminArea
from geo.models.fields import TranslatedField
from geo.models.needs import NeedTerm
from geo.models.programs import Program
from geo.models.provenance import Sourced
from geo.moments import validate_timezone
from geo.querysets import OrganizationQuerySet, PhoneQuerySet, ServiceQuerySet
from geo.translation import wording

if TYPE_CHECKING:
    from geo.models.hours import ScheduleException

# Les Îles-de-la-Madeleine and Grosse-Île: their clocks are an hour ahead of the rest of Québec.
ATLANTIC_MUNICIPALITIES = {"01023", "01042"}

# E.164, or one of the short numbers 211, 811, 911, which are not E.164 and must stay short.
PHONE_NUMBER = r"^(\+[1-9]\d{7,14}|[2-9]11)$"


class Organization(Sourced):
    """A body that helps: an association, a consulate, a public service, a bank.

    Never an employer, and never a person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = TranslatedField(_("name"))
    alternate_name = models.CharField(_("other name"), max_length=255, blank=True)
    description = TranslatedField(_("description"), blank=True)
    kind = models.CharField(_("kind"), max_length=24, choices=OrganizationKind)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    website = models.URLField(_("website"), max_length=500, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    referral_role = models.CharField(
        _("role in referrals"), max_length=12, choices=ReferralRole, default=ReferralRole.NONE
    )
    verified_status = models.CharField(
        _("verification"),
        max_length=12,
        choices=VerifiedStatus,
        default=VerifiedStatus.UNVERIFIED,
    )
    is_public = models.BooleanField(_("public"), default=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganizationKind.values),
                name="organization_kind_is_known",
            ),
            models.CheckConstraint(condition=~models.Q(name={}), name="organization_has_a_name"),
            models.CheckConstraint(
                condition=~models.Q(kind__in=[OrganizationKind.SHOP, OrganizationKind.FAITH])
                | models.Q(referral_role=ReferralRole.NONE),
                name="organization_shops_and_faiths_take_no_referrals",
            ),
        ]

    def __str__(self) -> str:
        return str(wording(self.name, "fr") or self.pk)


class Service(Sourced):
    """One kind of help that an organization gives. The public sees it if it is active and accepted.

    Three answers are possible to the tri-state questions: yes, no, and nobody checked (null).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        related_name="services",
        verbose_name=_("organization"),
    )
    program = models.ForeignKey(
        Program,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="services",
        verbose_name=_("programme that pays for it"),
    )
    name = TranslatedField(_("name"))
    description = TranslatedField(_("description"), blank=True)
    alert = TranslatedField(
        _("warning"), blank=True, help_text=_("Shown on the card: what to check before going.")
    )
    status = models.CharField(
        _("status"), max_length=20, choices=ServiceStatus, default=ServiceStatus.ACTIVE
    )
    status_note = TranslatedField(_("about the status"), blank=True)
    review_status = models.CharField(
        _("review"), max_length=12, choices=ReviewStatus, default=ReviewStatus.TO_VERIFY
    )
    review_reason = models.CharField(
        _("why it is to verify"), max_length=16, choices=ReviewReason, blank=True
    )
    review_note = models.TextField(_("note for editors"), blank=True)
    assured_date = models.DateField(
        _("checked with the organization on"),
        null=True,
        blank=True,
        help_text=_("The day somebody of the team or of the organization confirmed it."),
    )
    needs = models.ManyToManyField(
        NeedTerm, through="ServiceNeed", related_name="services", verbose_name=_("needs")
    )
    delivery_modes = ArrayField(
        models.CharField(max_length=16, choices=DeliveryMode),
        verbose_name=_("how the help is given"),
        default=list,
        blank=True,
    )
    access_modes = ArrayField(
        models.CharField(max_length=20, choices=AccessMode),
        verbose_name=_("how to get in touch"),
        default=list,
        blank=True,
    )
    fee_kind = models.CharField(_("cost"), max_length=8, choices=FeeKind, default=FeeKind.UNKNOWN)
    fees_description = TranslatedField(_("about the cost"), blank=True)
    papers_asked = models.BooleanField(_("papers are asked for"), null=True, blank=True)
    ramq_needed = models.BooleanField(_("a health card (RAMQ) is needed"), null=True, blank=True)
    employer_told = models.BooleanField(_("the employer is told"), null=True, blank=True)
    is_everyday = models.BooleanField(
        _("everyday place"),
        default=False,
        help_text=_("Found by search, left out of the figures of coverage."),
    )
    is_shelter = models.BooleanField(
        _("shelter"),
        default=False,
        help_text=_("Its place is never shown finer than the municipality."),
    )
    url = models.URLField(_("web page"), max_length=500, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    update_frequency = models.PositiveSmallIntegerField(
        _("to be checked every … months"),
        choices=[(1, "1"), (3, "3"), (6, "6"), (12, "12")],
        default=6,
    )

    # Set by `ResourceQuerySet.with_details`.
    trusted_phones: list["Phone"]
    exceptions_around: list["ScheduleException"]

    objects = ServiceQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(name={}), name="service_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(status__in=ServiceStatus.values), name="service_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(review_status=ReviewStatus.ACCEPTED, review_reason="")
                | models.Q(
                    review_status=ReviewStatus.TO_VERIFY, review_reason__in=ReviewReason.values
                ),
                name="service_to_verify_says_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(confidence=Confidence.C, review_status=ReviewStatus.ACCEPTED)
                | models.Q(assured_date__isnull=False),
                name="service_doubtful_is_hidden_until_checked",
            ),
            models.CheckConstraint(
                condition=models.Q(delivery_modes__contained_by=DeliveryMode.values),
                name="service_delivery_modes_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(access_modes__contained_by=AccessMode.values),
                name="service_access_modes_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(fee_kind__in=[FeeKind.FREE, FeeKind.UNKNOWN])
                | (models.Q(fee_kind__in=FeeKind.values) & ~models.Q(fees_description={})),
                name="service_fee_is_explained",
            ),
        ]

    def __str__(self) -> str:
        return str(wording(self.name, "fr") or self.pk)


class ServiceNeed(models.Model):
    """A need that a service answers; the first one is the one it is known for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="service_needs")
    term = models.ForeignKey(
        NeedTerm, on_delete=models.PROTECT, related_name="service_needs", verbose_name=_("need")
    )
    rank = models.PositiveSmallIntegerField(
        _("rank"), default=1, help_text=_("1 is the main need; at most 5.")
    )

    class Meta:
        verbose_name = _("need of a service")
        verbose_name_plural = _("needs of a service")
        ordering = ["service", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["service", "term"], name="serviceneed_term_once"),
            models.UniqueConstraint(
                fields=["service", "rank"],
                name="serviceneed_rank_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=models.Q(rank__range=(1, 5)), name="serviceneed_at_most_five"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.term}"


class Location(Sourced):
    """A place. Its region is computed by the database from its position, never typed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        related_name="locations",
        verbose_name=_("organization"),
    )
    name = models.CharField(_("name"), max_length=255, blank=True)
    location_type = models.CharField(
        _("type"), max_length=8, choices=LocationType, default=LocationType.PHYSICAL
    )
    address = models.CharField(_("address"), max_length=255, blank=True)
    municipality = models.ForeignKey(
        AdminArea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"level": "municipality"},
        verbose_name=_("municipality"),
    )
    locality = models.CharField(_("sector, or town outside Québec"), max_length=120, blank=True)
    province = models.CharField(_("province"), max_length=2, default="QC")
    postal_code = models.CharField(
        _("postal code"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]\d[A-Z] \d[A-Z]\d$", _("Write it as G4X 1A1."))],
    )
    point = models.PointField(_("position"), geography=True, null=True, blank=True)
    precision = models.CharField(_("precision"), max_length=12, choices=Precision, blank=True)
    address_visibility = models.CharField(
        _("what may be known"),
        max_length=8,
        choices=AddressVisibility,
        default=AddressVisibility.FULL,
    )
    region = models.ForeignKey(
        AdminArea,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="locations",
        verbose_name=_("region"),
    )
    timezone = models.CharField(
        _("time zone"),
        max_length=40,
        default="America/Toronto",
        validators=[validate_timezone],
        help_text=_("America/Halifax in the Îles-de-la-Madeleine."),
    )
    position_source = models.ForeignKey(
        "geo.Source",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source of the position"),
    )

    class Meta(Sourced.Meta):
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(point=None, precision="")
                | (~models.Q(point=None) & models.Q(precision__in=Precision.values)),
                name="location_position_says_its_precision",
            ),
            models.CheckConstraint(
                condition=~models.Q(location_type=LocationType.VIRTUAL) | models.Q(point=None),
                name="location_virtual_has_no_position",
            ),
            models.CheckConstraint(
                condition=models.Q(address_visibility=AddressVisibility.FULL)
                | models.Q(
                    address_visibility=AddressVisibility.PARTIAL,
                    address="",
                    postal_code="",
                    precision=Precision.MUNICIPALITY,
                )
                | models.Q(
                    address_visibility=AddressVisibility.HIDDEN,
                    address="",
                    postal_code="",
                    municipality=None,
                    locality="",
                    point=None,
                ),
                name="location_secret_address_is_not_kept",
            ),
        ]
        indexes = [
            # For `ResourceQuerySet.in_viewport`: the geography index answers no plane rectangle.
            GistIndex(Cast("point", models.PointField()), name="location_point_plane"),
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.name, self.address, self.town])) or str(self.pk)

    def clean(self) -> None:
        """The islands are on Atlantic time, or people would come an hour late."""
        islands = self.municipality and self.municipality.code in ATLANTIC_MUNICIPALITIES
        if islands and self.timezone != "America/Halifax":
            raise ValidationError(
                {"timezone": _("The time here is that of the Atlantic: America/Halifax.")}
            )

    @property
    def town(self) -> str:
        """The municipality, or the town outside Québec."""
        return self.municipality.name if self.municipality else self.locality


class ServiceAtLocation(Sourced):
    """A service is given at a place: what the map draws as a pin."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        related_name="service_at_locations",
        verbose_name=_("service"),
    )
    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="service_at_locations",
        verbose_name=_("location"),
    )

    class Meta(Sourced.Meta):
        verbose_name = _("service at a location")
        verbose_name_plural = _("services at locations")
        ordering = ["pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(fields=["service", "location"], name="serviceatlocation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service} – {self.location}"


class ServiceArea(Sourced):
    """Whom a service covers. No row means that nobody knows, never that it covers everyone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="service_areas", verbose_name=_("service")
    )
    area = models.ForeignKey(
        AdminArea, on_delete=models.PROTECT, related_name="service_areas", verbose_name=_("area")
    )
    evidence = models.CharField(
        _("evidence"), max_length=8, choices=AreaEvidence, default=AreaEvidence.DECLARED
    )

    class Meta(Sourced.Meta):
        verbose_name = _("service area")
        verbose_name_plural = _("service areas")
        ordering = ["pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(fields=["service", "area"], name="servicearea_once"),
        ]

    def __str__(self) -> str:
        return str(self.area)


class Phone(Sourced):
    """A number that reaches a service; the public sees those that `PhoneQuerySet.trusted` gives."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="phones", verbose_name=_("service")
    )
    number = models.CharField(
        _("number"),
        max_length=16,
        validators=[
            RegexValidator(PHONE_NUMBER, _("Write +1 and ten digits, or 211, 811 or 911."))
        ],
    )
    extension = models.CharField(
        _("extension"), max_length=8, blank=True, validators=[RegexValidator(r"^\d{1,8}$")]
    )
    type = models.CharField(_("type"), max_length=8, choices=PhoneType, default=PhoneType.VOICE)
    is_toll_free = models.BooleanField(_("free to call"), default=False)
    trust = models.CharField(
        _("trust"), max_length=12, choices=PhoneTrust, default=PhoneTrust.TO_VERIFY
    )
    note = TranslatedField(_("note"), blank=True)
    languages = ArrayField(
        models.CharField(max_length=8, choices=SERVICE_LANGUAGES),
        verbose_name=_("languages"),
        default=list,
        blank=True,
    )
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)

    objects = PhoneQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        ordering = ["service", "rank", "pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(
                fields=["service", "number", "extension", "type"], name="phone_once"
            ),
            models.CheckConstraint(
                condition=models.Q(number__regex=PHONE_NUMBER), name="phone_number_is_dialable"
            ),
            models.CheckConstraint(
                condition=models.Q(extension="") | models.Q(extension__regex=r"^\d{1,8}$"),
                name="phone_extension_is_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(trust=PhoneTrust.TO_VERIFY)
                | models.Q(trust=PhoneTrust.TRUSTED, confidence__in=[Confidence.A, Confidence.B]),
                name="phone_doubtful_is_not_trusted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.extension}".strip()


class ServiceLanguage(Sourced):
    """A language in which a service is given, and how (HSDS `language`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="languages", verbose_name=_("service")
    )
    code = models.CharField(_("language"), max_length=8, choices=SERVICE_LANGUAGES)
    mode = models.CharField(_("how"), max_length=20, choices=LanguageMode, blank=True)
    note = TranslatedField(_("note"), blank=True)

    class Meta(Sourced.Meta):
        verbose_name = _("language of a service")
        verbose_name_plural = _("languages of a service")
        ordering = ["service", "code"]
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(fields=["service", "code"], name="servicelanguage_once"),
            models.CheckConstraint(
                condition=models.Q(code__in=list(SERVICE_LANGUAGES)),
                name="servicelanguage_code_is_known",
            ),
        ]

    def __str__(self) -> str:
        return str(SERVICE_LANGUAGES[self.code])
