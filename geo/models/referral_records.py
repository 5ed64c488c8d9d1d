"""What hangs on a referral, and what is left of it: its trace, its links, its figures."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo import codes, notifications
from geo.choices import ActorKind, AuditVerb, ReferralStatus, RefusalReason
from geo.codes import DIGEST_LENGTH
from geo.models.accounts import User
from geo.models.areas import AdminArea
from geo.models.audit import ReferralAudit
from geo.models.partners import Partner
from geo.models.referrals import Referral
from geo.querysets import ReferralLinkQuerySet

LINK_LIFE = timedelta(days=8)

# A mailbox gets no more new links of one referral than this, however often somebody asks.
RENEWED_AGAIN = timedelta(hours=1)


class ReferralEvent(models.Model):
    """A referral was moved. The database refuses to change it; it goes with its referral."""

    id = models.BigAutoField(primary_key=True)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="events")
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12, choices=ReferralStatus)
    actor_user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("move of a referral")
        verbose_name_plural = _("moves of referrals")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


class ReferralLink(models.Model):
    """Opens one referral to the receiver, for eight days, without an account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="links")
    secret_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    objects = ReferralLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("signed link")
        verbose_name_plural = _("signed links")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__lte=models.F("created_at") + LINK_LIFE),
                name="referrallink_lives_eight_days",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def issue(cls, referral: Referral) -> str:
        """A new link to a referral that was sent.

        Returns:
            The secret of the link. It is shown this once; a digest is kept.
        """
        secret = codes.new_secret()
        now = timezone.now()
        cls.objects.create(
            referral=referral,
            secret_digest=codes.digest("link", secret, settings.SECRET_KEY),
            created_at=now,
            expires_at=now + LINK_LIFE,
        )
        ReferralAudit.objects.note(
            AuditVerb.LINK_ISSUED, organization=referral.to_org_id, referral=referral.pk
        )
        return secret

    def is_live(self) -> bool:
        """It still opens: in time, and the referral is still that of a receiver in the network.

        A referral that was held back and sent again may have another receiver: links that were
        issued before do not open it.
        """
        referral = self.referral
        is_theirs = (
            referral.sent_at is not None
            and referral.status != ReferralStatus.HELD
            and referral.sent_at <= self.created_at
        )
        return is_theirs and timezone.now() < self.expires_at and self._receiver() is not None

    @transaction.atomic
    def renew(self) -> bool:
        """Have a new link sent to the mailbox of the receiver, at most once in `RENEWED_AGAIN`.

        Returns:
            Whether a mail was written: not for what has ended, nor where there is no mailbox, nor
            for a link of an earlier receiver.
        """
        # Two that ask at once come one after the other.
        link = ReferralLink.objects.select_for_update().get(pk=self.pk)
        referral, partner = link.referral, link._receiver()
        if partner is None or not partner.mailbox or not referral.is_open():
            return False
        if referral.sent_at is None or referral.sent_at > link.created_at:
            return False
        return notifications.link_renewed(referral, partner, once_in=RENEWED_AGAIN)

    def _receiver(self) -> Partner | None:
        """The receiver, where it is in the network today."""
        return Partner.objects.admitted().filter(organization=self.referral.to_org_id).first()


class ReferralStat(models.Model):
    """What is left of the referrals of a month: counts that tell of nobody, and half times.

    An empty dimension stands for all. A count of None is withheld, and is never zero.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    month = models.DateField(_("month"), help_text=_("Its first day."))
    from_region = models.ForeignKey(
        AdminArea, on_delete=models.PROTECT, null=True, related_name="+"
    )
    to_region = models.ForeignKey(AdminArea, on_delete=models.PROTECT, null=True, related_name="+")
    need = models.SlugField(_("need"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, blank=True)
    refusal_reason = models.CharField(max_length=16, choices=RefusalReason, blank=True)
    count = models.PositiveIntegerField(_("how many"), null=True)
    median_hours = models.PositiveIntegerField(_("half were answered within, hours"), null=True)

    class Meta:
        verbose_name = _("figure of referrals")
        verbose_name_plural = _("figures of referrals")
        ordering = ["month", "from_region", "to_region", "need", "outcome", "refusal_reason", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "from_region", "to_region", "need", "outcome", "refusal_reason"],
                nulls_distinct=False,
                name="referralstat_once",
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="referralstat_month_is_its_first_day"
            ),
            models.CheckConstraint(
                condition=models.Q(count=None) | models.Q(count=0) | models.Q(count__gte=5),
                name="referralstat_small_counts_are_withheld",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.count}"
