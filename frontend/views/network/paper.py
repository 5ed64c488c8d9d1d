"""What the person takes along: a card with a code that looks like that of an appointment."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from frontend.access import network_page
from frontend.discretion import neutral_name
from frontend.printing.qr import QUIET, code_of
from geo import moments, phones
from geo.choices import ReferralStatus
from geo.codes import spaced
from geo.models import Phone, Referral
from geo.referral_states import lapses
from geo.translation import LANGUAGES, wording


@dataclass(frozen=True, slots=True)
class Card:
    """A card in one language: nothing on it tells why somebody carries it.

    Attributes:
        language: of its words.
        name: of the organization, in words that tell nothing; empty where there are none.
        number: a public number as it is read, or empty.
        until: the last day, in words.
    """

    language: str
    name: str
    number: str
    until: str


@network_page(to="member")
@require_safe
def paper(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """For the sender, while somebody can still come with the code."""
    rows = Referral.objects.visible_to(request.user).sent_by(request.staff.organization)
    shown = get_object_or_404(
        rows.select_related("to_org", "to_service", "consent"), pk=referral_id
    )
    is_of_use = shown.status == ReferralStatus.DRAFT or shown.is_open()
    if not shown.code or not is_of_use:
        raise Http404
    number = _number(shown)
    needed = shown.language_needed
    context = {
        "referral": shown,
        "code": spaced(shown.code),
        "qr": _drawn(shown.code),
        "cards": [
            _card(shown, number, language)
            for language in ([needed] if needed in LANGUAGES else ["fr", "es"])
        ],
        "messages_to_copy": [
            (language, _message(shown, number, language)) for language in LANGUAGES
        ],
    }
    return render(request, "network/paper.html", context)


def _number(shown: Referral) -> str:
    """The first public number of the service that is asked for, else nothing."""
    if shown.to_service is None:
        return ""
    phone = Phone.objects.public().filter(service=shown.to_service).order_by("rank", "pk").first()
    return phones.spoken(phone.number) if phone else ""


def _drawn(code: str) -> SafeString:
    """The code as squares: the eight signs and nothing else, no address."""
    svg = code_of(code).svg_inline(
        border=QUIET, omitsize=True, light="#fff", svgclass="qr", lineclass=None
    )
    # Numbers and colours alone, made here.
    return mark_safe(svg)


def _until(shown: Referral) -> date:
    """The last day on which the code is of use."""
    if shown.status == ReferralStatus.ACCEPTED and shown.answered_at:
        return timezone.localdate(lapses(shown.answered_at))
    return shown.consent.expires_on if shown.consent else shown.purge_on


def _card(shown: Referral, number: str, language: str) -> Card:
    with override(language):
        name = str(wording(shown.to_org.name, language)) if shown.to_org else ""
        until = moments.day_words(_until(shown), timezone.localdate())
        return Card(language, neutral_name(name), number, until)


def _message(shown: Referral, number: str, language: str) -> str:
    """A message that anybody may read over the shoulder."""
    card = _card(shown, number, language)
    with override(language):
        lines = [
            card.name,
            card.number,
            _("Code: %(code)s") % {"code": spaced(shown.public_code)},
            _("Until %(day)s") % {"day": card.until},
        ]
    return "\n".join(line for line in lines if line)
