"""What visitors tell us of a service, without telling who they are."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.choices import FeedbackKind, FeedbackOutcome, FeedbackReason, FeedbackStatus
from geo.errors import TooManyMessages
from geo.models.directory import Service
from geo.personal import refuse_contact_details
from geo.querysets import FeedbackQuerySet
from geo.translation import LANGUAGES

LONGEST_COMMENT = 500

# A guess: a machine that floods a service stops here, and people about one service never come
# near. It counts no address.
MOST_A_DAY = 40


class Feedback(models.Model):
    """“This is wrong”, or “did you get help?”. The day only, no address, no browser, no person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="feedback", verbose_name=_("service")
    )
    kind = models.CharField(_("about"), max_length=8, choices=FeedbackKind)
    reasons = ArrayField(
        models.CharField(max_length=12, choices=FeedbackReason),
        verbose_name=_("what is wrong"),
        default=list,
        blank=True,
    )
    outcome = models.CharField(
        _("did they get help"), max_length=12, choices=FeedbackOutcome, blank=True
    )
    comment = models.CharField(
        _("in their words"),
        max_length=LONGEST_COMMENT,
        blank=True,
        validators=[refuse_contact_details],
    )
    language = models.CharField(
        _("language of the page"), max_length=2, choices=[(code, code) for code in LANGUAGES]
    )
    day = models.DateField(_("day"), default=timezone.localdate)
    status = models.CharField(
        _("status"), max_length=8, choices=FeedbackStatus, default=FeedbackStatus.NEW
    )

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("message of a visitor")
        verbose_name_plural = _("messages of visitors")
        ordering = ["-day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind=FeedbackKind.WRONG,
                    outcome="",
                    reasons__contained_by=FeedbackReason.values,
                )
                & ~models.Q(reasons=[])
                | models.Q(
                    kind=FeedbackKind.HELPED, reasons=[], outcome__in=FeedbackOutcome.values
                ),
                name="feedback_says_what_its_kind_says",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=FeedbackStatus.values)
                & models.Q(language__in=LANGUAGES),
                name="feedback_codes_are_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.service}"

    def leave(self) -> None:
        """Write the message down.

        Raises:
            TooManyMessages: the service has had `MOST_A_DAY` of them on that day.
        """
        if self.service.feedback.of_day(self.day).count() >= MOST_A_DAY:
            raise TooManyMessages("This service has had too many messages today.")
        self.full_clean(exclude=["service"])
        self.save(force_insert=True)
