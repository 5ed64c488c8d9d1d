"""Questions about the audit trail of referrals, and the one way to write in it."""

import hashlib
import hmac
import secrets
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils import timezone


class ReferralAuditQuerySet(models.QuerySet):
    """The audit trail."""

    def note(
        self,
        verb: str,
        *,
        user: UUID | None = None,
        organization: UUID | None = None,
        referral: UUID | None = None,
        ok: bool = True,
    ) -> None:
        """Write a line. Lines stand in a row: keep it for the end of a transaction.

        Args:
            verb: an `AuditVerb`.
            user: the account that acted, or None.
            organization: the organization that it acted for, or None.
            referral: which one; only its pseudonym of this quarter is kept.
            ok: it was allowed.
        """
        self.create(
            verb=verb,
            actor=user,
            organization=organization,
            pseudonym=self.pseudonym(referral) if referral else None,
            ok=ok,
        )

    def pseudonym(self, referral: UUID, day: date | None = None) -> bytes:
        """What stands for a referral in the lines of a quarter."""
        day = day or timezone.localdate()
        quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        keys: Any = apps.get_model("geo", "AuditKey").objects
        kept, _created = keys.get_or_create(
            quarter=quarter, defaults={"key": secrets.token_bytes(32)}
        )
        return hmac.new(bytes(kept.key), referral.bytes, hashlib.sha256).digest()
