"""E-mails that wait to be sent: what has to be said is written with what it tells of."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.choices import MailKind
from geo.models.accounts import User
from geo.models.partners import Invitation, Partner
from geo.querysets import OutboxMailQuerySet


class OutboxMail(models.Model):
    """One e-mail to one address, written in the transaction of what it tells.

    The text is made when it is sent and kept nowhere: a code and a link, no need, no region. A
    mail goes to an account or to the mailbox of an organization, or to the address of an
    invitation.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("about"), max_length=16, choices=MailKind)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, related_name="+")
    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, null=True, related_name="+"
    )
    referral = models.ForeignKey(
        "geo.Referral", on_delete=models.CASCADE, null=True, related_name="mails"
    )
    bulletin = models.ForeignKey(
        "geo.Bulletin", on_delete=models.CASCADE, null=True, related_name="+"
    )
    saved_search = models.ForeignKey(
        "geo.SavedSearch", on_delete=models.CASCADE, null=True, related_name="+"
    )
    in_digest = models.BooleanField(
        default=False, help_text=_("Waits for the daily mail of the account.")
    )
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(
        _("last error"), max_length=60, blank=True, help_text=_("Its class; never its text.")
    )
    sent_at = models.DateTimeField(_("sent"), null=True)
    given_up_at = models.DateTimeField(_("given up"), null=True)

    objects = OutboxMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail that waits")
        verbose_name_plural = _("e-mails that wait")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, partner=None, invitation=None)
                | models.Q(user=None, partner__isnull=False, invitation=None)
                | models.Q(user=None, partner=None, invitation__isnull=False),
                name="outboxmail_goes_to_one",
            ),
            # The receiver is reminded once, and each of its people once.
            models.UniqueConstraint(
                fields=["referral", "user", "partner"],
                condition=models.Q(kind=MailKind.REMINDER),
                nulls_distinct=False,
                name="outboxmail_reminder_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at=None, given_up_at=None),
                name="outboxmail_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d}"

    def try_again(self) -> None:
        """Have it sent soon, with as many tries as a new one; what was sent stays sent."""
        OutboxMail.objects.filter(pk=self.pk, sent_at=None).update(
            due_at=timezone.now(), attempts=0, error="", given_up_at=None
        )
