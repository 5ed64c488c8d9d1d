"""Questions about referrals. `visible_to` is the only way in: strangers get 404."""

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import (
    Case,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Value,
    When,
)
from django.utils import timezone

from geo import codes
from geo.choices import MailKind, ReferralStatus
from geo.referral_states import COME_WITHIN, DRAFT_DAYS, OPEN, TERMINAL, WAITING

# What a coordinator sees: what is under way, and what nobody answered.
COORDINATED = (*OPEN, ReferralStatus.EXPIRED, ReferralStatus.LAPSED)


class ReferralQuerySet(models.QuerySet):
    """Questions about referrals."""

    def visible_to(self, user: Any) -> Self:
        """Those that an account may know of: its organization's, and those that it coordinates.

        A superuser sees none: no role of the site opens referrals.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        membership = apps.get_model("geo", "Membership").objects.of(user)
        seen = Q(pk=None)
        if membership:
            seen |= self._of_organization(membership.organization_id)
        return self.filter(seen | self._coordinated_by(user))

    def visible_to_organization(self, organization: Any) -> Self:
        """Those that an organization sent or received."""
        return self.filter(self._of_organization(organization.pk))

    def coordinated_by(self, user: Any) -> Self:
        """Those under way, or that nobody answered, in the regions that an account coordinates."""
        return self.filter(self._coordinated_by(user))

    def sent_by(self, organization: Any) -> Self:
        """Those that an organization wrote, drafts included."""
        return self.filter(from_org=organization)

    def received_by(self, organization: Any) -> Self:
        """Those that reached an organization."""
        return self.filter(to_org=organization, sent_at__isnull=False).exclude(
            status=ReferralStatus.HELD
        )

    def _of_organization(self, organization: Any) -> Q:
        received = Q(to_org=organization, sent_at__isnull=False) & ~Q(status=ReferralStatus.HELD)
        return Q(from_org=organization) | received

    def _coordinated_by(self, user: Any) -> Q:
        # Asked first: most accounts coordinate nothing, and their questions stay simple.
        mine = list(
            apps.get_model("geo", "Coordination")
            .objects.filter(user=user, user__is_active=True)
            .values_list("region", flat=True)
        )
        if not mine:
            return Q(pk=None)
        return Q(status__in=COORDINATED) & (
            Q(worker_region__in=mine)
            | Q(from_org__partner__region__in=mine)
            | Q(to_org__partner__region__in=mine)
        )

    def real(self) -> Self:
        """Without those of the sandbox: for every count."""
        return self.filter(sandbox=False)

    def open(self) -> Self:
        """Those that still have somewhere to go, by their status and by the clock."""
        return self.filter(status__in=OPEN).exclude(self._overdue(timezone.now()))

    def closed(self) -> Self:
        """Those that ended."""
        return self.filter(status__in=TERMINAL)

    def shown_as(self, status: str, now: datetime | None = None) -> Self:
        """Those that stand at a status by the clock, as `Referral.shown_status` says it."""
        now = now or timezone.now()
        over = self._overdue(now)
        if status == ReferralStatus.EXPIRED:
            return self.filter(Q(status=status) | over & Q(status__in=WAITING))
        if status == ReferralStatus.LAPSED:
            return self.filter(Q(status=status) | over & Q(status=ReferralStatus.ACCEPTED))
        return self.filter(status=status).exclude(over)

    def waiting(self, now: datetime | None = None) -> Self:
        """Those whose receiver has still to answer, and can."""
        return self.filter(status__in=WAITING, due_at__gt=now or timezone.now())

    def overdue(self, now: datetime | None = None) -> Self:
        """Those that the clock has to close and has not yet."""
        return self.filter(self._overdue(now or timezone.now()))

    def _overdue(self, now: datetime) -> Q:
        return Q(status__in=WAITING, due_at__lte=now) | Q(
            status=ReferralStatus.ACCEPTED, answered_at__lte=now - COME_WITHIN
        )

    def with_state(self, now: datetime | None = None) -> Self:
        """Each with its `state`: the status by the clock, as `Referral.shown_status` says it."""
        now = now or timezone.now()
        return self.annotate(
            state=Case(
                When(status__in=WAITING, due_at__lte=now, then=Value(ReferralStatus.EXPIRED)),
                When(
                    status=ReferralStatus.ACCEPTED,
                    answered_at__lte=now - COME_WITHIN,
                    then=Value(ReferralStatus.LAPSED),
                ),
                default=F("status"),
                output_field=models.CharField(),
            )
        )

    def counted_by_state(self, now: datetime | None = None) -> dict[ReferralStatus, int]:
        """How many stand where by the clock, without exercises; one question to the database.

        For an organization the index of its inbox or of its outbox answers.
        """
        rows = self.real().with_state(now).order_by().values_list("state")
        counted = rows.annotate(number=Count("pk"))
        return {ReferralStatus(state): number for state, number in counted}

    def in_inbox_order(self, now: datetime | None = None) -> Self:
        """What waits, the soonest due first; what is under way; what ended, the latest first.

        Drafts come before all: only their author can do something about them.
        """
        return (
            self.with_state(now)
            .annotate(
                rank=Case(
                    When(state=ReferralStatus.DRAFT, then=Value(0)),
                    When(state__in=(ReferralStatus.HELD, *WAITING), then=Value(1)),
                    When(state__in=(ReferralStatus.ACCEPTED, ReferralStatus.MET), then=Value(2)),
                    default=Value(3),
                    output_field=models.IntegerField(),
                )
            )
            .order_by(
                "rank",
                # A referral that ended was due some day: that day says nothing any more.
                Case(When(rank__lt=3, then=F("due_at"))).asc(nulls_last=True),
                F("closed_at").desc(nulls_last=True),
                "-created_on",
                "pk",
            )
        )

    def held(self) -> Self:
        """Those that wait for a coordinator."""
        return self.filter(status=ReferralStatus.HELD)

    def slow(self, now: datetime | None = None) -> Self:
        """Those that wait for an answer since more than half of the time that there is for it."""
        now = now or timezone.now()
        # Later than half time: more time is gone than is left.
        return (
            self.waiting(now)
            .annotate(
                gone=ExpressionWrapper(Value(now) - F("sent_at"), DurationField()),
                left=ExpressionWrapper(F("due_at") - Value(now), DurationField()),
            )
            .filter(gone__gte=F("left"))
        )

    def unanswered(self, now: datetime | None = None) -> Self:
        """Those that nobody answered in time nor passed on; by status or by the clock."""
        now = now or timezone.now()
        late = Q(status=ReferralStatus.EXPIRED) | Q(status__in=WAITING, due_at__lte=now)
        return self.filter(late, redirects=None)

    def not_come(self, now: datetime | None = None) -> Self:
        """Those that were accepted, to whom nobody came in time; by status or by the clock."""
        now = now or timezone.now()
        return self.filter(
            Q(status=ReferralStatus.LAPSED)
            | Q(status=ReferralStatus.ACCEPTED, answered_at__lte=now - COME_WITHIN)
        )

    def to_remind(self, now: datetime) -> Self:
        """Those with no more time left than went by, whose receiver was not reminded.

        A receiver without anybody to write to is asked again each time. Uses `referral_waiting`.
        """
        gone_by = now - F("sent_at")
        of_receiver = Q(user__membership__organization=OuterRef("to_org")) | Q(
            partner__organization=OuterRef("to_org")
        )
        reminders = apps.get_model("geo", "OutboxMail").objects.filter(
            of_receiver, kind=MailKind.REMINDER, referral=OuterRef("pk")
        )
        return self.waiting(now).filter(~Exists(reminders), due_at__lte=now + gone_by)

    def without_consent(self, day: date) -> Self:
        """Open ones that are kept although the consent has ended."""
        return self.filter(status__in=OPEN, consent__expires_on__lt=day)

    def old_drafts(self, day: date) -> Self:
        """Drafts that nobody sent in time."""
        return self.filter(
            status=ReferralStatus.DRAFT, created_on__lte=day - timedelta(days=DRAFT_DAYS)
        )

    def to_purge(self, day: date) -> Self:
        """Those that may not exist any more."""
        return self.filter(purge_on__lte=day)

    def with_code(self, code: str) -> Self:
        """The one that is under way, or a draft, with a code that a person carries."""
        return self.filter(public_code=code, closed_at=None)

    def once_with_code(self, code: str) -> Self:
        """Those that ended and had a code, the latest first; only its digest is left."""
        kept = codes.digest("referral", code, settings.SECRET_KEY)
        return self.filter(public_code=kept).order_by("-closed_at", "pk")


class ReferralLinkQuerySet(models.QuerySet):
    """Questions about signed links."""

    def of_secret(self, secret: str) -> Self:
        """The one with a secret, whether it has expired or not."""
        return self.filter(secret_digest=codes.digest("link", secret, settings.SECRET_KEY))


class OutboxMailQuerySet(models.QuerySet):
    """Questions about e-mails that wait."""

    def to_deliver(self, now: datetime | None = None) -> Self:
        """Those that are due, the oldest first."""
        return self.filter(sent_at=None, given_up_at=None, due_at__lte=now or timezone.now())

    def failing(self) -> Self:
        """Those that failed and wait for another try, or were given up; the latest first.

        One without an error is at work, or was dropped: its reader has no right to it any more.
        """
        return self.filter(sent_at=None).exclude(error="").order_by("-created_at", "pk")

    def of_regions(self, regions: Any) -> Self:
        """Those to organizations, people and guests of some regions."""
        return self.filter(
            Q(partner__region__in=regions)
            | Q(user__membership__organization__partner__region__in=regions)
            | Q(invitation__organization__partner__region__in=regions)
            | Q(pk__in=self._to_coordinators(regions))
        )

    def _to_coordinators(self, regions: Any) -> Any:
        # Apart, since an account that coordinates many regions would come once for each.
        mails = apps.get_model("geo", "OutboxMail").objects
        return mails.filter(user__coordinations__region__in=regions).values("pk")

    def for_digest_of(self, user: Any, moment: datetime) -> Self:
        """Those that an account reads in the daily mail of a moment: written before it."""
        return self.filter(in_digest=True, user=user, created_at__lt=moment)
