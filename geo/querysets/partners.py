"""Questions about the network of organizations and its people."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from geo.choices import ReferralRole, ReviewStatus, ServiceStatus, VerifiedStatus
from geo.querysets.functions import Fold, objects, wording_of

RECEIVING = (ReferralRole.RECEIVE, ReferralRole.SEND_RECEIVE)


class PartnerQuerySet(models.QuerySet):
    """Questions about organizations of the network."""

    def admitted(self) -> Self:
        """Those that were let in and are not suspended."""
        return self.filter(admitted_at__isnull=False).exclude(
            organization__verified_status=VerifiedStatus.SUSPENDED
        )

    def proposed(self) -> Self:
        """Those that wait to be let in."""
        return self.filter(admitted_at=None)

    def receiving(self) -> Self:
        """Admitted ones that take referrals."""
        return self.admitted().filter(organization__referral_role__in=RECEIVING)

    def in_region(self, region: Any) -> Self:
        """Those that are at home in a region."""
        return self.filter(region=region)

    def answering(self, need: Any) -> Self:
        """Those with an active, accepted service for a need of level 1 or one of its leaves."""
        services = objects("Service").filter(
            Q(service_needs__term=need) | Q(service_needs__term__parent=need),
            organization=OuterRef("organization"),
            status=ServiceStatus.ACTIVE,
            review_status=ReviewStatus.ACCEPTED,
        )
        return self.filter(Exists(services))

    def by_name(self) -> Self:
        """In the order of the names of the organizations."""
        named = self.select_related("organization", "region").defer("region__outline")
        return named.order_by(Fold(wording_of("organization__name")), "pk")


class MembershipQuerySet(models.QuerySet):
    """Questions about who works where."""

    def active(self) -> Self:
        """Those that give rights today: a live account, an admitted organization."""
        return self.filter(
            user__is_active=True, organization__partner__admitted_at__isnull=False
        ).exclude(organization__verified_status=VerifiedStatus.SUSPENDED)

    def of(self, user: Any) -> Any:
        """The membership that gives an account its rights, or None."""
        if not user.is_authenticated:
            return None
        return self.active().filter(user=user).select_related("organization__partner").first()


class InvitationQuerySet(models.QuerySet):
    """Questions about invitations."""

    def live(self) -> Self:
        """Those that can still be accepted."""
        return self.filter(Q(expires_at__gt=timezone.now()), accepted_at=None, revoked_at=None)
