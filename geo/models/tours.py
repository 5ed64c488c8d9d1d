"""Services that move: tours, and their dated stops."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.choices import (
    SERVICE_LANGUAGES,
    AddressVisibility,
    Announcement,
    Confidence,
    StopPrecision,
    StopStatus,
)
from geo.errors import TransitionNotAllowed
from geo.models.directory import Location, Service
from geo.models.fields import TranslatedField
from geo.models.needs import NeedTerm
from geo.models.provenance import Sourced
from geo.moments import at_wall_clock, when_words
from geo.querysets import MobileStopQuerySet, MobileTourQuerySet
from geo.translation import wording

# A stop that lasts longer is two stops, or a mistake.
LONGEST_STOP = timedelta(hours=16)

# The one vehicle cannot be in two places: these are the states in which it is somewhere.
STANDING = (StopStatus.PLANNED, StopStatus.CONFIRMED)

# What an editor may make of a stop; only `MobileStop.move` makes it moved, and that is final.
NEXT_STATUSES: Mapping[str, frozenset[str]] = {
    StopStatus.PLANNED: frozenset({StopStatus.CONFIRMED, StopStatus.CANCELLED, StopStatus.DONE}),
    StopStatus.CONFIRMED: frozenset({StopStatus.PLANNED, StopStatus.CANCELLED, StopStatus.DONE}),
    StopStatus.CANCELLED: frozenset({StopStatus.PLANNED, StopStatus.CONFIRMED}),
    StopStatus.DONE: frozenset({StopStatus.CANCELLED, StopStatus.CONFIRMED}),
    StopStatus.MOVED: frozenset(),
}


class MobileTour(Sourced):
    """One moving unit of a service: a clinic in a van, an agent who comes to villages."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        related_name="mobile_tours",
        verbose_name=_("service"),
    )
    name = TranslatedField(
        _("name"),
        help_text=_("It is read in people's calendars: a neutral name, an employer may look."),
    )
    unit_label = models.CharField(
        _("what people will see there"),
        max_length=80,
        blank=True,
        help_text=_("A neutral word: an employer may look. For instance: white van."),
    )
    season_starts_on = models.DateField(_("first day of the season"), null=True, blank=True)
    season_ends_on = models.DateField(_("last day of the season"), null=True, blank=True)

    objects = MobileTourQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("tour")
        verbose_name_plural = _("tours")
        ordering = ["service", "pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(name={}), name="mobiletour_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(season_starts_on=None)
                | models.Q(season_ends_on=None)
                | models.Q(season_ends_on__gte=models.F("season_starts_on")),
                name="mobiletour_season_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return str(wording(self.name, "fr") or self.pk)

    def hold(self) -> None:
        """Keep others from changing the stops of the tour until the transaction ends.

        Who waits then sees what was booked meanwhile, and is told so in words; the exclusion
        constraint would refuse it too, but only once it is written.
        """
        type(self).objects.select_for_update().filter(pk=self.pk).first()


class TimeRange(models.Func):
    """From the beginning of a stop up to its end, the end left out."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class MobileStop(Sourced):
    """A dated stop of a tour. Without a stop to come, a tour has no pin.

    The database raises `sequence` and `changed_at` when what a calendar shows changes; a stop
    that takes the place of another keeps its `calendar_uid`, so that calendars move the entry
    instead of adding one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tour = models.ForeignKey(
        MobileTour, on_delete=models.CASCADE, related_name="stops", verbose_name=_("tour")
    )
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="mobile_stops", verbose_name=_("location")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    status = models.CharField(
        _("status"), max_length=12, choices=StopStatus, default=StopStatus.PLANNED
    )
    announce_to = models.CharField(
        _("announced to"), max_length=12, choices=Announcement, default=Announcement.PUBLIC
    )
    public_precision = models.CharField(
        _("what the public may know of the place"),
        max_length=8,
        choices=StopPrecision,
        default=StopPrecision.FULL,
    )
    partner_note = models.TextField(
        _("exact place, for partners only"), blank=True, help_text=_("Never shown to the public.")
    )
    topics = models.ManyToManyField(
        NeedTerm,
        blank=True,
        related_name="+",
        verbose_name=_("needs answered there"),
        help_text=_("Empty: those of the service."),
    )
    languages = ArrayField(
        models.CharField(max_length=8, choices=SERVICE_LANGUAGES),
        verbose_name=_("languages"),
        default=list,
        blank=True,
        help_text=_("Empty: those of the service."),
    )
    capacity = models.PositiveSmallIntegerField(_("people who can be seen"), null=True, blank=True)
    message = TranslatedField(_("what people should know"), blank=True)
    replaces = models.OneToOneField(
        "self",
        # As strong as PROTECT, but the whole tour may still be deleted.
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        editable=False,
        related_name="replaced_by",
        verbose_name=_("takes the place of"),
    )
    calendar_uid = models.UUIDField(default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(_("changed"), editable=False, default=timezone.now)

    objects = MobileStopQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("stop of a tour")
        verbose_name_plural = _("stops of tours")
        ordering = ["starts_at", "pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(status__in=StopStatus.values)
                & models.Q(announce_to__in=Announcement.values)
                & models.Q(public_precision__in=StopPrecision.values),
                name="mobilestop_codes_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at"))
                & models.Q(ends_at__lte=models.F("starts_at") + LONGEST_STOP),
                name="mobilestop_lasts_at_most_16_hours",
            ),
            ExclusionConstraint(
                name="mobilestop_one_place_at_a_time",
                expressions=[
                    ("tour", RangeOperators.EQUAL),
                    (TimeRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(status__in=STANDING),
                violation_error_message=_(
                    "This tour is already somewhere else at that time: change one of the two."
                ),
            ),
            models.UniqueConstraint(
                fields=["calendar_uid"],
                condition=~models.Q(status=StopStatus.MOVED),
                name="mobilestop_calendar_entry_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(confidence=Confidence.C, announce_to=Announcement.PUBLIC),
                name="mobilestop_doubtful_is_not_public",
                violation_error_message=_(
                    "A doubtful stop cannot be announced to everybody: verify it first."
                ),
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="mobilestop_ends_at")]

    def __str__(self) -> str:
        return f"{self.location.town} {self.local_start:%Y-%m-%d}"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the place."""
        return ZoneInfo(self.location.timezone)

    @property
    def local_start(self) -> datetime:
        """The beginning, as the clock of the place shows it."""
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        """The end, as the clock of the place shows it."""
        return self.ends_at.astimezone(self.zone)

    @property
    def day(self) -> date:
        """The day it begins on, at its place."""
        return self.local_start.date()

    @property
    def when(self) -> str:
        """The day and the times in words, in the language in use."""
        today = timezone.now().astimezone(self.zone).date()
        return when_words(self.local_start, self.local_end, today)

    @property
    def terms(self) -> list[NeedTerm]:
        """The needs answered there: its own topics, else those of the service."""
        return list(self.topics.all()) or [
            link.term for link in self.tour.service.service_needs.all()
        ]

    @property
    def is_standing(self) -> bool:
        """It takes place, as far as anybody knows."""
        return self.status in STANDING

    def clean(self) -> None:
        """At most 16 hours from beginning to end; none done ahead; a vague place stays vague."""
        if self.starts_at and self.ends_at:
            if self.ends_at <= self.starts_at:
                raise ValidationError({"ends_at": _("The end comes before the beginning.")})
            if self.ends_at > self.starts_at + LONGEST_STOP:
                raise ValidationError({"ends_at": _("A stop lasts at most 16 hours.")})
            if self.status == StopStatus.DONE and self.starts_at > timezone.now():
                raise ValidationError(
                    _("%(day)s has not come yet: this stop cannot be done."),
                    params={"day": self.starts_at.date().isoformat()},
                )
        if (
            self.public_precision == StopPrecision.LOCALITY
            and self.location_id
            and self.location.address_visibility != AddressVisibility.PARTIAL
        ):
            raise ValidationError(
                {
                    "location": _(
                        "Choose a place of which “the municipality only” may be known, and write "
                        "the exact place in the note for partners."
                    )
                }
            )

    @transaction.atomic
    def turn(self, status: str) -> None:
        """Confirm, cancel or end the stop, or plan it again.

        Raises:
            TransitionNotAllowed: `status` cannot follow the one it has.
            ValidationError: it has not begun and cannot be done; or the tour is somewhere else by
                now.
        """
        self.tour.hold()
        self.refresh_from_db()
        wanted = StopStatus(status)
        if wanted not in NEXT_STATUSES[self.status]:
            raise TransitionNotAllowed(
                _("%(stop)s: “%(from)s” cannot become “%(to)s”.")
                % {"stop": self, "from": self.get_status_display(), "to": wanted.label}
            )
        self.status = wanted
        self.clean()
        self.validate_constraints()
        self.save(update_fields=["status"])
        # The database has counted the change.
        self.refresh_from_db()

    @transaction.atomic
    def repeat(self, *, weeks: int, times: int) -> "list[MobileStop]":
        """Plan the same stop again, every so many weeks, at the same time by the clock.

        All of them or none.

        Raises:
            ValidationError: the tour is somewhere else on one of the days; names each of them.
        """
        self.tour.hold()
        topics = list(self.topics.all())
        planned, clashes = [], []
        for number in range(1, times + 1):
            later = timedelta(weeks=weeks * number)
            stop = self._copy(status=StopStatus.PLANNED)
            stop.starts_at, stop.ends_at = (
                at_wall_clock(moment.replace(tzinfo=None) + later, self.zone)
                for moment in (self.local_start, self.local_end)
            )
            try:
                stop.full_clean()
            except ValidationError as error:
                clashes.append(f"{stop.day.isoformat()}: {' '.join(error.messages)}")
                continue
            stop.save(force_insert=True)
            stop.topics.set(topics)
            planned.append(stop)
        if clashes:
            raise ValidationError(clashes)
        return planned

    def _copy(self, **changed) -> "MobileStop":
        """An unsaved stop with the same facts, and a calendar entry of its own."""
        own = {"id", "replaces_id", "calendar_uid", "sequence", "changed_at"}
        facts = {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if field.attname not in own
        }
        return type(self)(**facts | changed)

    @transaction.atomic
    def move(
        self,
        *,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        location: Location | None = None,
    ) -> "MobileStop":
        """Give the stop another time or place: a new stop takes the place of this one.

        Raises:
            TransitionNotAllowed: the stop is done, cancelled or moved already.
            ValidationError: the tour is somewhere else at that time.
        """
        self.tour.hold()
        current = type(self).objects.get(pk=self.pk)
        if current.status not in STANDING:
            raise TransitionNotAllowed(
                _("A stop that is “%(status)s” cannot be moved.")
                % {"status": current.get_status_display()}
            )
        topics = list(current.topics.all())
        status = current.status
        current.status = StopStatus.MOVED
        current.save(update_fields=["status"])
        # The database has counted the change: the successor goes on from there.
        current.refresh_from_db()
        successor = current._copy(
            status=status,
            replaces=current,
            calendar_uid=current.calendar_uid,
            sequence=current.sequence,
            changed_at=current.changed_at,
        )
        successor.starts_at = starts_at or current.starts_at
        successor.ends_at = ends_at or current.ends_at
        successor.location = location or current.location
        successor.full_clean()
        successor.save(force_insert=True)
        successor.topics.set(topics)
        return successor
