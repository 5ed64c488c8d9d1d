"""Referrals between organizations. They hold nothing of the person: docs/adr/0019."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo import codes, notifications
from geo.choices import (
    SERVICE_LANGUAGES,
    ActorKind,
    AuditVerb,
    GapKind,
    Handover,
    ReferralOutcome,
    ReferralRole,
    ReferralStatus,
    RefusalReason,
    ReviewStatus,
    ServiceStatus,
    Urgency,
    VerifiedStatus,
)
from geo.codes import DIGEST_LENGTH
from geo.errors import DomainError, NoConsent, NotAdmitted, TransitionNotAllowed, WrongCode
from geo.models.accounts import User
from geo.models.areas import AdminArea
from geo.models.audit import ReferralAudit
from geo.models.consents import Consent
from geo.models.coverage import SearchGap
from geo.models.directory import Organization, Service
from geo.models.needs import NeedTerm
from geo.models.partners import Membership, Partner
from geo.querysets import ReferralQuerySet
from geo.referral_states import (
    DRAFT_DAYS,
    KEPT_DAYS,
    MOVES,
    OPEN,
    TERMINAL,
    WAITING,
    Party,
    due,
    half_time,
    lapses,
    purge_day,
)

# How often chance may give a code that somebody carries already; it never comes to it.
TRIES_FOR_A_CODE = 5


@dataclass(frozen=True, slots=True)
class Actor:
    """Who moves a referral, and in what capacity.

    Attributes:
        kind: through what.
        parties: the sender, the receiver, a coordinator: an account may be several of them.
        user: the account, where there is one.
        organization: the key of the organization that acts, where there is one.
    """

    kind: ActorKind
    parties: frozenset[Party]
    user: User | None = None
    organization: uuid.UUID | None = None


SYSTEM = Actor(ActorKind.SYSTEM, frozenset({Party.SYSTEM}))
CODE_HOLDER = Actor(ActorKind.CODE, frozenset({Party.WORKER}))


class Referral(models.Model):
    """One organization asks another to help somebody, who carries a code.

    No name, no way to call, nothing written freely. The columns are compared with the list of the
    design by a test. `public_code` is the code while the referral is a draft or under way, and a
    digest of it afterwards.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    public_code = models.CharField(_("code"), max_length=DIGEST_LENGTH, editable=False)
    from_org = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("from")
    )
    from_user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("written by")
    )
    to_org = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to"),
        help_text=_("Nobody: the coordinator of the region chooses."),
    )
    to_service = models.ForeignKey(
        Service,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("service"),
    )
    need = models.ForeignKey(
        NeedTerm,
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"parent": None},
        verbose_name=_("need"),
    )
    language_needed = models.CharField(
        _("language needed"),
        max_length=3,
        choices=[(code, name) for code, name in SERVICE_LANGUAGES.items() if code != "mul"],
    )
    interpreter_needed = models.BooleanField(_("an interpreter is needed"), default=False)
    worker_region = models.ForeignKey(
        AdminArea,
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"level": "region"},
        verbose_name=_("region of the person"),
    )
    urgency = models.CharField(_("urgency"), max_length=12, choices=Urgency)
    handover = models.CharField(_("how they meet"), max_length=24, choices=Handover)
    consent = models.ForeignKey(
        Consent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals",
        verbose_name=_("consent"),
    )
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=ReferralStatus,
        default=ReferralStatus.DRAFT,
        editable=False,
    )
    refusal_reason = models.CharField(
        _("why it was refused"), max_length=16, choices=RefusalReason, blank=True
    )
    outcome = models.CharField(
        _("how it ended"), max_length=16, choices=ReferralOutcome, blank=True
    )
    redirect_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="redirects",
    )
    created_on = models.DateField(_("written on"), default=timezone.localdate, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    due_at = models.DateTimeField(_("to be answered by"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    closed_at = models.DateTimeField(_("ended"), null=True, editable=False)
    purge_on = models.DateField(_("erased on"), editable=False)
    sandbox = models.BooleanField(
        _("exercise"), default=False, help_text=_("To learn: it counts nowhere.")
    )

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["-created_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["public_code"],
                condition=models.Q(closed_at=None),
                name="referral_code_once_under_way",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ReferralStatus.values),
                name="referral_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status=ReferralStatus.DRAFT) | models.Q(consent__isnull=False),
                name="referral_leaves_with_consent",
            ),
            models.CheckConstraint(
                condition=models.Q(refusal_reason="") & ~models.Q(status=ReferralStatus.REFUSED)
                | models.Q(status=ReferralStatus.REFUSED, refusal_reason__in=RefusalReason.values),
                name="referral_refused_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="") & ~models.Q(status=ReferralStatus.COMPLETED)
                | models.Q(status=ReferralStatus.COMPLETED, outcome__in=ReferralOutcome.values),
                name="referral_completed_says_how",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=TERMINAL, closed_at__isnull=False)
                | ~models.Q(status__in=TERMINAL) & models.Q(closed_at=None),
                name="referral_ended_says_when",
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at=None, due_at=None)
                | models.Q(sent_at__isnull=False, due_at__gt=models.F("sent_at")),
                name="referral_sent_is_due",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=[ReferralStatus.DRAFT, ReferralStatus.HELD])
                | models.Q(status=ReferralStatus.WITHDRAWN)
                | models.Q(sent_at__isnull=False, to_org__isnull=False),
                name="referral_under_way_was_sent_to_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(to_org=None) | ~models.Q(to_org=models.F("from_org")),
                name="referral_goes_to_another",
            ),
            models.CheckConstraint(
                condition=models.Q(to_service=None) | models.Q(to_org__isnull=False),
                name="referral_service_is_of_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    purge_on__gt=models.F("created_on"),
                    purge_on__lte=models.F("created_on") + timedelta(days=KEPT_DAYS),
                ),
                name="referral_is_erased_in_time",
            ),
        ]
        indexes = [
            # The inbox and the outbox of an organization: what waits, the most urgent first.
            models.Index(fields=["to_org", "status", "due_at"], name="referral_inbox"),
            models.Index(fields=["from_org", "status", "due_at"], name="referral_outbox"),
            # The clock: what is under way in all the network.
            models.Index(
                fields=["due_at"],
                condition=models.Q(status__in=WAITING),
                name="referral_waiting",
            ),
            models.Index(fields=["purge_on"], name="referral_purge"),
            models.Index(fields=["public_code"], name="referral_code"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Give a new referral its code and the day it is erased on."""
        if self._state.adding:
            self.public_code = self.public_code or codes.new_code()
            self.purge_on = self.purge_on or purge_day(self.created_on)
        super().save(*args, **kwargs)

    # --- what can be said of it --------------------------------------------------------------

    @property
    def code(self) -> str | None:
        """The code that the person carries, or None once it is over and only a digest is left."""
        return self.public_code if self.closed_at is None else None

    def shown_status(self, now: datetime | None = None) -> ReferralStatus:
        """The status by the clock: what is overdue is over, even before the clock's job says so."""
        now = now or timezone.now()
        if self.status in WAITING and self.due_at and self.due_at <= now:
            return ReferralStatus.EXPIRED
        if self.status == ReferralStatus.ACCEPTED and lapses(self._answered()) <= now:
            return ReferralStatus.LAPSED
        return ReferralStatus(self.status)

    def is_open(self) -> bool:
        """It still has somewhere to go."""
        return self.shown_status() in OPEN

    def reminder_at(self) -> datetime | None:
        """When the receiver is reminded, if it has not answered by then."""
        return half_time(self.sent_at, self.due_at) if self.sent_at and self.due_at else None

    def draft_ends_on(self) -> date:
        """The day from which a draft is deleted."""
        return self.created_on + timedelta(days=DRAFT_DAYS)

    def _answered(self) -> datetime:
        assert self.answered_at is not None, "an accepted referral was answered"
        return self.answered_at

    # --- who may do what ---------------------------------------------------------------------

    def actor(self, user: User) -> Actor:
        """In what capacity an account may move this referral; with no party if in none."""
        membership = Membership.objects.of(user)
        parties: set[Party] = set()
        if membership and membership.may_refer:
            parties = self._parties_of(membership.organization_id)
        if Referral.objects.coordinated_by(user).filter(pk=self.pk).exists():
            parties.add(Party.COORDINATOR)
        organization = membership.organization_id if membership else None
        return Actor(ActorKind.USER, frozenset(parties), user, organization)

    def actor_of_software(self, organization: Organization) -> Actor:
        """In what capacity the software of an organization may move this referral."""
        parties = frozenset(self._parties_of(organization.pk))
        return Actor(ActorKind.TOKEN, parties, organization=organization.pk)

    def actor_of_link(self) -> Actor:
        """Who holds a signed link acts for the receiver."""
        return Actor(ActorKind.LINK, frozenset({Party.RECEIVER}), organization=self.to_org_id)

    def _parties_of(self, organization: uuid.UUID) -> set[Party]:
        parties: set[Party] = set()
        if organization == self.from_org_id:
            parties.add(Party.SENDER)
        was_received = self.sent_at is not None and self.status != ReferralStatus.HELD
        if organization == self.to_org_id and was_received:
            parties.add(Party.RECEIVER)
        return parties

    def moves(self, by: Actor) -> list[ReferralStatus]:
        """What an actor may make of it now."""
        return [
            to for to in ReferralStatus if MOVES.get((self.shown_status(), to), set()) & by.parties
        ]

    # --- its life ----------------------------------------------------------------------------

    def write(self, by: Actor) -> None:
        """Keep a new draft, with the first line of its trace.

        Raises:
            NotAdmitted: the organization is not in the network, or only receives.
        """
        if not _may_send(self.from_org):
            raise NotAdmitted(
                _("Your organization may not send referrals yet: ask the coordinator.")
            )
        self.from_user = by.user
        for _attempt in range(TRIES_FOR_A_CODE):
            try:
                with transaction.atomic():
                    self.save(force_insert=True)
                    self._trace("", ReferralStatus.DRAFT, by)
                    self._note(AuditVerb.CREATED, by)
                return
            except IntegrityError as error:
                if "referral_code_once_under_way" not in str(error):
                    raise
                self.public_code = codes.new_code()
        raise DomainError(_("No code is free. Try again."))

    @transaction.atomic
    def discard(self, by: Actor) -> None:
        """Delete a draft: nobody else has heard of it.

        Raises:
            TransitionNotAllowed: it is not a draft any more, or not the actor's.
        """
        current = self._locked()
        is_ours = Party.SENDER in by.parties or by.parties & {Party.SYSTEM, Party.WORKER}
        if current.status != ReferralStatus.DRAFT or not is_ours:
            raise TransitionNotAllowed(_("Only a draft can be deleted: withdraw it instead."))
        consent = current.consent
        current._note(AuditVerb.DELETED, by)
        Referral.objects.filter(pk=self.pk).delete()
        if consent and not consent.referrals.exists():
            consent.delete()

    def take_back(self) -> None:
        """The person with the code ends it: a draft is deleted, what is under way is withdrawn.

        Raises:
            TransitionNotAllowed: it has ended already, or was sent at this moment.
        """
        if self.status == ReferralStatus.DRAFT:
            self.discard(CODE_HOLDER)
        else:
            self.move_to(ReferralStatus.WITHDRAWN, by=CODE_HOLDER)

    @transaction.atomic
    def send(self, by: Actor) -> ReferralStatus:
        """Send a draft; it is held for the coordinator where a rule says so.

        Returns:
            `sent` or `held`.

        Raises:
            NoConsent: none, or taken back, over, or not for that organization.
            NotAdmitted: the organization may not send, or was suspended.
            TransitionNotAllowed: it is not a draft of the actor.
        """
        current = self._locked()
        current._check_consent()
        if not _may_send(current.from_org):
            raise NotAdmitted(_("Your organization may not send referrals now."))
        must_wait = (
            current.from_org.verified_status != VerifiedStatus.VERIFIED
            or current.to_org is None
            or current._receiver_fault() is not None
        )
        status = ReferralStatus.HELD if must_wait else ReferralStatus.SENT
        self.move_to(status, by=by)
        return status

    @transaction.atomic
    def release(self, by: Actor, to_org: Organization, to_service: Service | None) -> None:
        """A coordinator sends a held referral, to the organization it chooses within the consent.

        Raises:
            NoConsent: the person has not agreed to that organization.
            TransitionNotAllowed: it is not held, or that organization cannot take it.
        """
        current = self._locked()
        if current.status == ReferralStatus.HELD:
            current.to_org, current.to_service = to_org, to_service
            current._check_consent()
            if fault := current._receiver_fault():
                raise TransitionNotAllowed(fault)
            current.save(update_fields=["to_org", "to_service"])
        self.move_to(ReferralStatus.SENT, by=by)

    @transaction.atomic
    def redirect(
        self, by: Actor, to_org: Organization, to_service: Service | None = None
    ) -> "Referral":
        """Pass it on to another organization, as a new referral with the same code.

        Within the consent the new one is sent at once; otherwise it waits as a draft of the
        sender for a new consent. What was refused stays refused, and its next try has a new code:
        the old one is kept as a digest only.

        Returns:
            The new referral.

        Raises:
            TransitionNotAllowed: it cannot be redirected by the actor, was redirected already,
                or the organization cannot take it.
        """
        current = self._locked()
        if to_org == current.from_org:
            raise TransitionNotAllowed(_("It comes from that organization."))
        was_refused = current.status == ReferralStatus.REFUSED
        code = current.code
        if was_refused:
            may = by.parties & {Party.SENDER, Party.RECEIVER}
            if not may or current.redirects.exists():
                raise TransitionNotAllowed(_("This referral was passed on already."))
        else:
            self.move_to(ReferralStatus.REDIRECTED, by=by)
        child = Referral(
            public_code=code or codes.new_code(),
            from_org=current.from_org,
            from_user=current.from_user,
            to_org=to_org,
            to_service=to_service,
            need=current.need,
            language_needed=current.language_needed,
            interpreter_needed=current.interpreter_needed,
            worker_region=current.worker_region,
            urgency=current.urgency,
            handover=current.handover,
            redirect_of=current,
            sandbox=current.sandbox,
        )
        if fault := child._receiver_fault():
            raise TransitionNotAllowed(fault)
        consent = current.consent
        is_agreed = consent is not None and consent.is_live() and consent.covers(to_org)
        child.consent = consent if is_agreed else None
        child.save(force_insert=True)
        child._trace("", ReferralStatus.DRAFT, by)
        child._note(AuditVerb.CREATED, by)
        if is_agreed:
            child.send(Actor(by.kind, frozenset({Party.SENDER}), by.user, by.organization))
            child.refresh_from_db()
        return child

    def move_to(
        self,
        status: ReferralStatus,
        *,
        by: Actor,
        reason: str = "",
        outcome: str = "",
        code: str = "",
        now: datetime | None = None,
    ) -> None:
        """Take the referral to `status`, keep a trace, tell the other side; all or nothing.

        Two people who move it at the same moment come one after the other, and the second sees
        what the first did.

        Args:
            status: where to.
            by: who; must be a party that may.
            reason: a `RefusalReason`, to refuse.
            outcome: a `ReferralOutcome`, to complete.
            code: what the person showed, to say that they met.
            now: the moment, for the clock.

        Raises:
            TransitionNotAllowed: `status` cannot follow, not by this actor, or a reason lacks.
            WrongCode: the code is another one. It is written in the audit trail.
        """
        now = now or timezone.now()
        with transaction.atomic():
            current = self._locked()
            current._check_move(status, by, reason, outcome, now)
            is_known = status != ReferralStatus.MET or codes.read_code(code) == current.code
            if is_known:
                current._make_move(status, by, reason, outcome, now)
            else:
                current._note(AuditVerb.CODE_FAILED, by, ok=False)
        if not is_known:
            raise WrongCode(_("This is not the code of this referral."))
        self.refresh_from_db()

    def _check_move(
        self, status: ReferralStatus, by: Actor, reason: str, outcome: str, now: datetime
    ) -> None:
        if by.kind != ActorKind.SYSTEM and self.shown_status(now) != self.status:
            # The clock was faster than its job.
            raise TransitionNotAllowed(_("The time to answer is over."))
        if not MOVES.get((self.status, status), frozenset()) & by.parties:
            raise TransitionNotAllowed(
                _("This referral is “%(from)s”: it cannot become “%(to)s”.")
                % {
                    "from": ReferralStatus(self.status).label,
                    "to": ReferralStatus(status).label,
                }
            )
        if status == ReferralStatus.REFUSED and reason not in RefusalReason.values:
            raise TransitionNotAllowed(_("Say why it is refused: choose a reason."))
        if status == ReferralStatus.COMPLETED and outcome not in ReferralOutcome.values:
            raise TransitionNotAllowed(_("Say how it ended: choose an outcome."))

    def _make_move(
        self, status: ReferralStatus, by: Actor, reason: str, outcome: str, now: datetime
    ) -> None:
        previous = self.status
        self.status = status
        self.refusal_reason = reason if status == ReferralStatus.REFUSED else ""
        self.outcome = outcome if status == ReferralStatus.COMPLETED else ""
        self._keep_time(now)
        self.save(
            update_fields=[
                "status",
                "refusal_reason",
                "outcome",
                "sent_at",
                "due_at",
                "answered_at",
                "closed_at",
                "public_code",
            ]
        )
        if status == ReferralStatus.WITHDRAWN and self.consent:
            self.consent.withdrawn_on = timezone.localdate(now)
            self.consent.save(update_fields=["withdrawn_on"])
        self._trace(previous, status, by, now)
        self._count_refusal(now)
        notifications.referral_moved(self, previous)
        self._note(AuditVerb.MOVED, by)

    def _locked(self) -> "Referral":
        """This row, for nobody else until the transaction ends.

        Raises:
            TransitionNotAllowed: it was a draft, and was deleted meanwhile.
        """
        current = (
            Referral.objects.select_for_update(of=("self",))
            .select_related("from_org", "to_org", "to_service", "consent", "need", "worker_region")
            .filter(pk=self.pk)
            .first()
        )
        if current is None:
            raise TransitionNotAllowed(_("This draft was deleted."))
        return current

    def _keep_time(self, now: datetime) -> None:
        status = ReferralStatus(self.status)
        if status == ReferralStatus.SENT:
            self.sent_at = now
            self.due_at = due(self.urgency, now)
        elif status == ReferralStatus.HELD:
            self.sent_at = self.due_at = None
        elif status in {ReferralStatus.ACCEPTED, ReferralStatus.REFUSED}:
            self.answered_at = now
        if status in TERMINAL:
            self.closed_at = now
            self.public_code = codes.digest("referral", self.public_code, settings.SECRET_KEY)

    def _check_consent(self) -> None:
        if self.consent is None:
            raise NoConsent(_("Ask the person, and record the consent, before you send."))
        if not self.consent.is_live():
            raise NoConsent(_("The consent is over or was taken back: ask the person again."))
        if self.to_org and not self.consent.covers(self.to_org):
            raise NoConsent(_("The person has not agreed to this organization: ask again."))

    def _receiver_fault(self) -> str | None:
        """Why the receiving organization cannot take it, or None."""
        organization, service = self.to_org, self.to_service
        if organization is None or not _receives(organization):
            return str(_("This organization takes no referrals."))
        if service is None:
            return None
        is_theirs = service.organization_id == organization.pk
        is_public = (service.status, service.review_status) == (
            ServiceStatus.ACTIVE,
            ReviewStatus.ACCEPTED,
        )
        capacity = getattr(service, "capacity", None)
        if not is_theirs or not is_public or (capacity and not capacity.is_accepting):
            return str(_("This service takes nobody now."))
        return None

    def _trace(self, previous: str, status: str, by: Actor, now: datetime | None = None) -> None:
        self.events.create(
            from_status=previous,
            to_status=status,
            actor_user=by.user,
            actor_kind=by.kind,
            at=now or timezone.now(),
        )

    def _note(self, verb: AuditVerb, by: Actor, *, ok: bool = True) -> None:
        user = by.user.pk if by.user else None
        ReferralAudit.objects.note(
            verb, user=user, organization=by.organization, referral=self.pk, ok=ok
        )

    def _count_refusal(self, now: datetime) -> None:
        """A refusal is a need that was not met: one more in the ledger of its month."""
        if self.status != ReferralStatus.REFUSED or self.sandbox:
            return
        month = timezone.localdate(now).replace(day=1)
        SearchGap.objects.count_one(
            month, GapKind.REFUSED, self.worker_region, self.need.code, self.language_needed
        )


def _receives(organization: Organization) -> bool:
    """It is in the network, not suspended, and takes referrals."""
    return Partner.objects.receiving().filter(organization=organization).exists()


def _may_send(organization: Organization) -> bool:
    return (
        organization.referral_role == ReferralRole.SEND_RECEIVE
        and Partner.objects.admitted().filter(organization=organization).exists()
    )
