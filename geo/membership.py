"""Who comes into the network."""

from django.conf import settings

from geo.codes import digest
from geo.models import Invitation


def invitation_secret(invitation: Invitation) -> str:
    """The secret of the link of an invitation.

    It is computed, not kept: the mail and the page that shows the link say the same, a mail that is
    tried again too. Sending the invitation again moves its end, and so makes another secret; who
    reads the database alone can make none.
    """
    ends = invitation.expires_at.isoformat()
    return digest("invitation link", f"{invitation.pk}:{ends}", settings.SECRET_KEY)
