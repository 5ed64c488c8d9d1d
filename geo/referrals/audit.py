"""Whether the audit trail is still the one that was written.

Each line holds the digest of the one before it. Whoever changes a line, or takes one out of the
middle, breaks the chain there, even with the rights to switch the triggers off. The oldest line
that is kept is the anchor: what stood before it has been purged, and its own words cannot be
checked. Lines taken off the end leave a chain that holds: so the last digest is to be written down
elsewhere now and then, and asked for later.
"""

from dataclasses import dataclass

from django.db import connection

from geo.models import ReferralAudit

# One question: the function that made the digests is the database's, and so is the check.
BROKEN = """
    SELECT id FROM (
        SELECT id, digest, before, geo_digest_audit(before, line) AS reckoned
        FROM (
            SELECT id, digest, line, lag(digest) OVER (ORDER BY id) AS before
            FROM geo_referralaudit AS line
        ) AS lines
    ) AS chain
    WHERE before IS NOT NULL AND digest IS DISTINCT FROM reckoned
    ORDER BY id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Chain:
    """What the audit trail is.

    Attributes:
        lines: how many are kept.
        broken_at: number of the first line that does not follow from the one before, or None.
        last: digest of the last line, hexadecimal; empty without any line.
    """

    lines: int
    broken_at: int | None
    last: str

    @property
    def holds(self) -> bool:
        """Every line follows from the one before."""
        return self.broken_at is None


def verify_chain() -> Chain:
    """Reckon every digest again."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        broken = cursor.fetchone()
    last = ReferralAudit.objects.order_by("-pk").values_list("digest", flat=True).first()
    return Chain(
        lines=ReferralAudit.objects.count(),
        broken_at=broken[0] if broken else None,
        last=bytes(last).hex() if last is not None else "",
    )


def holds_digest(digest: str) -> bool:
    """A digest that was written down elsewhere is still that of a line."""
    return ReferralAudit.objects.filter(digest=bytes.fromhex(digest)).exists()
