"""The network: organizations that refer to one another, and their people."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.choices import MemberRole, VerifiedStatus
from geo.codes import DIGEST_LENGTH
from geo.models.accounts import User
from geo.models.areas import AdminArea
from geo.models.directory import Organization
from geo.querysets import InvitationQuerySet, MembershipQuerySet, PartnerQuerySet
from geo.translation import LANGUAGES

# So many organizations of the network may admit another one without a coordinator.
ENDORSEMENTS_NEEDED = 2

LANGUAGE_CHOICES = [(code, code) for code in LANGUAGES]


class Partner(models.Model):
    """An organization of the directory as a member of the network, or proposed for it.

    What it may do follows from `Organization.referral_role` and `verified_status`: referrals of an
    organization that nobody verified are held for a coordinator.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.OneToOneField(
        Organization,
        on_delete=models.CASCADE,
        related_name="partner",
        verbose_name=_("organization"),
    )
    region = models.ForeignKey(
        AdminArea,
        on_delete=models.PROTECT,
        related_name="partners",
        limit_choices_to={"level": "region"},
        verbose_name=_("region"),
    )
    mailbox = models.EmailField(
        _("shared e-mail address"),
        blank=True,
        help_text=_("Of the organization, never of a person: signed links go there."),
    )
    language = models.CharField(
        _("language of its mails"), max_length=2, choices=LANGUAGE_CHOICES, default="fr"
    )
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now)
    admitted_at = models.DateTimeField(_("admitted at"), null=True, blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization of the network")
        verbose_name_plural = _("organizations of the network")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.organization)

    def verify(self) -> bool:
        """Somebody of the team knows that it is what it says: its referrals are held no more.

        Returns:
            Whether it was waiting for that; a suspended organization stays suspended.
        """
        waiting = Organization.objects.filter(
            pk=self.organization_id, verified_status=VerifiedStatus.UNVERIFIED
        )
        return bool(waiting.update(verified_status=VerifiedStatus.VERIFIED))


class Endorsement(models.Model):
    """An organization, or a coordinator, says that a proposed organization is what it says it is.

    A coordinator's word admits alone; otherwise it takes `ENDORSEMENTS_NEEDED` organizations.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="endorsements")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("endorsement")
        verbose_name_plural = _("endorsements")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "organization"], name="endorsement_once_an_organization"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization or self.user}: {self.partner}"


class Membership(models.Model):
    """A person works for an organization. For one only: a second one takes a second account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=8, choices=MemberRole, default=MemberRole.VIEWER)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=MemberRole.values), name="membership_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.organization}"

    @property
    def may_refer(self) -> bool:
        """May write referrals and answer them."""
        return self.role in {MemberRole.EDITOR, MemberRole.ADMIN}

    @property
    def may_manage(self) -> bool:
        """May also keep the people, the listing and the keys of the organization."""
        return self.role == MemberRole.ADMIN


class Coordination(models.Model):
    """A person coordinates a region; one who coordinates all has a row for each."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="coordinations"
    )
    region = models.ForeignKey(
        AdminArea,
        on_delete=models.CASCADE,
        related_name="coordinations",
        limit_choices_to={"level": "region"},
    )

    class Meta:
        verbose_name = _("coordination")
        verbose_name_plural = _("coordinations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "region"], name="coordination_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.region}"


class Invitation(models.Model):
    """A person is asked to open an account. The address is erased once that is done or over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("work e-mail address"), blank=True)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
    )
    role = models.CharField(_("role"), max_length=8, choices=MemberRole, blank=True)
    regions = models.ManyToManyField(
        AdminArea, blank=True, related_name="+", limit_choices_to={"level": "region"}
    )
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    token_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(organization=None, role="")
                | (models.Q(organization__isnull=False) & models.Q(role__in=MemberRole.values)),
                name="invitation_role_is_in_an_organization",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization or self.pk}"
