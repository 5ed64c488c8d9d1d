"""What the organizations of the network tell one another: room, bulletins, ways to call."""

import uuid
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.choices import SERVICE_LANGUAGES, CapacityLevel, Severity, WatchedChange
from geo.models.accounts import User
from geo.models.areas import AdminArea
from geo.models.directory import PHONE_NUMBER, Organization, Service
from geo.models.fields import TranslatedField
from geo.models.needs import NeedTerm
from geo.querysets import BulletinQuerySet, ContactRevealQuerySet
from geo.translation import wording

# A bulletin that is to stand longer is information, and belongs in the directory.
LONGEST_BULLETIN = timedelta(days=60)

# What a service said of its room longer ago counts as not known.
ROOM_HOLDS = timedelta(days=30)


class ServiceCapacity(models.Model):
    """How much room a service has, as its organization last said (HSDS `service_capacity`)."""

    service = models.OneToOneField(
        Service, on_delete=models.CASCADE, primary_key=True, related_name="capacity"
    )
    level = models.CharField(_("room"), max_length=8, choices=CapacityLevel)
    is_accepting = models.BooleanField(_("takes referrals"), default=True)
    said_at = models.DateTimeField(_("said at"), default=timezone.now)
    said_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("room of a service")
        verbose_name_plural = _("room of services")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=CapacityLevel.values),
                name="servicecapacity_level_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.level}"


class PartnerContact(models.Model):
    """A way to reach an organization that only the network sees: a desk, never a person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="partner_contacts"
    )
    phone = models.CharField(
        _("phone"),
        max_length=16,
        blank=True,
        help_text=_("As +15145550123."),
    )
    extension = models.CharField(_("extension"), max_length=10, blank=True)
    email = models.EmailField(_("shared e-mail address"), blank=True)
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("contact for the network")
        verbose_name_plural = _("contacts for the network")
        ordering = ["organization", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(phone="", email=""), name="partnercontact_says_how"
            ),
            models.CheckConstraint(
                condition=models.Q(phone="") | models.Q(phone__regex=PHONE_NUMBER),
                name="partnercontact_phone_is_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}"


class ContactReveal(models.Model):
    """How often, in a month, the network looked at the ways to reach an organization. No more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    month = models.DateField(_("month"))
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="contact_reveals"
    )
    count = models.PositiveIntegerField(_("how many"), default=0)

    objects = ContactRevealQuerySet.as_manager()

    class Meta:
        verbose_name = _("looks at a contact")
        verbose_name_plural = _("looks at contacts")
        ordering = ["month", "organization", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "organization"], name="contactreveal_once_a_month"
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="contactreveal_month_is_its_first_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.count}"


class Bulletin(models.Model):
    """News from one organization to the network, by region and need, with an end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="bulletins"
    )
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    severity = models.CharField(
        _("severity"), max_length=8, choices=Severity, default=Severity.INFO
    )
    text = TranslatedField(_("text"))
    regions = models.ManyToManyField(
        AdminArea,
        blank=True,
        related_name="+",
        limit_choices_to={"level": "region"},
        verbose_name=_("regions"),
        help_text=_("None: all."),
    )
    needs = models.ManyToManyField(
        NeedTerm,
        blank=True,
        related_name="+",
        limit_choices_to={"parent": None},
        verbose_name=_("needs"),
        help_text=_("None: all."),
    )
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    expires_at = models.DateTimeField(_("until"))
    withdrawn_at = models.DateTimeField(null=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")
        ordering = ["-starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    expires_at__gt=models.F("starts_at"),
                    expires_at__lte=models.F("starts_at") + LONGEST_BULLETIN,
                ),
                name="bulletin_ends_in_time",
            ),
            models.CheckConstraint(condition=~models.Q(text={}), name="bulletin_says_something"),
        ]

    def __str__(self) -> str:
        return str(wording(self.text, "fr") or self.pk)

    @property
    def last_day(self) -> date:
        """The last day on which it stands, by the clock of Québec."""
        return timezone.localdate(self.expires_at - timedelta(microseconds=1))

    def clean(self) -> None:
        """It ends, and soon enough."""
        if self.expires_at and not (
            timedelta() < self.expires_at - self.starts_at <= LONGEST_BULLETIN
        ):
            raise ValidationError({"expires_at": _("A bulletin stands for 60 days at most.")})


class SavedSearch(models.Model):
    """An account wants to hear when a service appears, changes or goes in a zone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    region = models.ForeignKey(
        AdminArea,
        on_delete=models.CASCADE,
        related_name="+",
        limit_choices_to={"level": "region"},
        verbose_name=_("region"),
    )
    need = models.ForeignKey(
        NeedTerm,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("need"),
    )
    language = models.CharField(
        _("language"), max_length=3, choices=list(SERVICE_LANGUAGES.items()), blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "region", "need", "language"],
                nulls_distinct=False,
                name="savedsearch_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}, {self.need or ''}"


class WatchedService(models.Model):
    """What a saved search found the last time that it was looked at."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    saved_search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="watched")
    # Not a foreign key: that a service is deleted is news too.
    service_id = models.UUIDField()
    name = TranslatedField()
    fingerprint = models.CharField(max_length=64)
    change = models.CharField(max_length=10, choices=WatchedChange, blank=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("watched service")
        verbose_name_plural = _("watched services")
        ordering = ["saved_search", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["saved_search", "service_id"], name="watchedservice_once"
            ),
        ]

    def __str__(self) -> str:
        return str(wording(self.name, "fr") or self.service_id)
