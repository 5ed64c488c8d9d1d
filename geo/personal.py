"""What must not be written where nobody is to be known."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Seven digits with whatever people put between them; shorter runs are hours, prices and streets.
_PHONE = re.compile(r"(?:\d[\s().\-–/]*){7,}")
_EMAIL = re.compile(r"\S@\S|\barroba\b|\barobase\b", re.IGNORECASE)
_ADDRESS = re.compile(r"https?:|www\.", re.IGNORECASE)


def refuse_contact_details(text: str) -> None:
    """Refuse a phone number, an e-mail address or a link in a free text.

    Raises:
        ValidationError: there is one; says what to take out.
    """
    if _PHONE.search(text):
        raise ValidationError(_("Take the number out: we do not want to know who you are."))
    if _EMAIL.search(text):
        raise ValidationError(_("Take the e-mail address out: we do not want to know who you are."))
    if _ADDRESS.search(text):
        raise ValidationError(_("Take the link out."))
