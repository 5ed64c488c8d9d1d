"""What leaves the page when somebody shares it, and what can be printed of it.

The text goes from the phone to the app that the person taps; this server is not told.
"""

from urllib.parse import quote

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from frontend.discretion import is_telling, neutral_name
from frontend.printing.qr import QUIET, code_of
from frontend.templatetags.repere import LANGUAGE_NAMES, is_secret, number
from geo.choices import AddressVisibility
from geo.models import AdminArea, Location, Resource
from geo.translation import LANGUAGES, wording

register = template.Library()


@register.simple_tag
def resource_words(resource: Resource) -> str:
    """A service in neutral words: the organization, its number, where it is."""
    name = wording(resource.organization.name, get_language())
    parts = [neutral_name(str(name or ""))]
    parts += [number(phone) for phone in resource.service.trusted_phones[:1]]
    if resource.location:
        parts.append(_place(resource.location))
    return ", ".join(part for part in parts if part)


def _place(location: Location) -> str:
    """The address; the town only where that is all the public may know."""
    if location.address_visibility == AddressVisibility.HIDDEN:
        return ""
    address = "" if is_secret(location) or is_telling(location.address) else location.address
    return ", ".join(part for part in (address, location.town) if part)


@register.simple_tag
def area_words(area: AdminArea) -> str:
    """A region in neutral words."""
    return _("%(area)s: services and places") % {"area": area.name}


@register.simple_tag
def sharing_links(words: str, url: str) -> dict[str, str]:
    """What opens WhatsApp and the text messages of the phone, with a text, an address, or both.

    `?&body=` is what both Android and iOS read.
    """
    text = quote("\n".join(filter(None, [words, url])), safe="")
    return {"whatsapp": f"https://wa.me/?text={text}", "sms": f"sms:?&body={text}"}


@register.simple_tag
def qr(url: str) -> SafeString:
    """The code of an address as a drawing in the page; black on white, in the dark as well."""
    drawing = code_of(url).svg_inline(
        border=QUIET, light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    # Made of numbers by the library; the words for it stand beside it.
    return mark_safe(drawing.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))


@register.simple_tag
def pairs() -> list[tuple[str, str]]:
    """The languages that paper can have beside that of the page: code, and names of both."""
    own = get_language()
    others = sorted((code for code in LANGUAGES if code != own), key=lambda code: code != "es")
    return [(code, f"{LANGUAGE_NAMES[own]} + {LANGUAGE_NAMES[code]}") for code in others]


@register.filter
def mrcs(area: AdminArea) -> list[AdminArea]:
    """The MRC of a region, by name."""
    return list(AdminArea.objects.in_region(area).mrcs())
