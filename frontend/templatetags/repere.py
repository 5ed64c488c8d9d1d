"""How pages show what the directory knows."""

import json
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from django import template
from django.conf import settings
from django.contrib.gis.measure import Distance
from django.contrib.staticfiles import finders
from django.http import QueryDict
from django.urls import reverse, translate_url
from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from geo import phones
from geo.choices import (
    SERVICE_LANGUAGES,
    AccessMode,
    AddressVisibility,
    Confidence,
    DeliveryMode,
    FeeKind,
    HoursStatus,
    PhoneType,
    Precision,
)
from geo.hours import schedules_of
from geo.models import Location, Organization, Phone, Program, Resource, Schedule, ServiceLanguage
from geo.translation import LANGUAGES, MACHINE, OUTDATED, Wording
from geo.translation import wording as choose

register = template.Library()

# A source older than this may be wrong by now; the page says so.
OLD_YEARS = 3

LANGUAGE_NAMES = {"fr": "Français", "en": "English", "es": "Español"}

# `1 800 555-0123` or `811` in a text; the three digits inside a longer number are none.
_LINE = re.compile(r"\b1[ \xa0-]8\d\d[ \xa0-]\d{3}-\d{4}\b|\b[289]11\b(?!-\d)")

# As people in Québec read an address; only embassies are elsewhere.
_PROVINCES = {"ON": "Ontario", "NB": "Nouveau-Brunswick", "NL": "Terre-Neuve-et-Labrador"}


@register.filter
def wording(content) -> Wording | None:
    """The text of `content` for the reader of the page, or None."""
    return choose(content, get_language())


@register.filter
def spoken(text: Wording | None) -> SafeString | str:
    """A text, marked with its language where that is not the language of the page."""
    if text is None:
        return ""
    if text.is_fallback:
        return format_html('<span lang="{}">{}</span>', text.language, text.text)
    return conditional_escape(text.text)


@register.filter
def dialable(text: Wording | None) -> SafeString | str:
    """As `spoken`, with 211, 811, 911 and toll-free numbers ready to be dialled."""
    linked = _LINE.sub(_dial_link, str(spoken(text)))
    return mark_safe(linked)  # `spoken` has escaped it


def _dial_link(line: re.Match) -> str:
    digits = re.sub(r"\D", "", line[0])
    number = f"+{digits}" if digits.startswith("1") else digits
    return f'<a href="{phones.dial_uri(number)}">{line[0]}</a>'


@register.filter
def names_a_line(text: Wording | None) -> bool:
    """Whether the text says to call 211, 811 or a toll-free number."""
    return bool(text and _LINE.search(text.text))


def translation_notes(*contents) -> list[str]:
    """What has to be said once about the wordings of some texts: other language, by machine."""
    texts = [text for text in (wording(content) for content in contents) if text]
    notes = [
        _("Available in %(language)s") % {"language": language_in_sentence(language)}
        for language in LANGUAGES
        if any(text.is_fallback and text.language == language for text in texts)
    ]
    if any(text.state in {MACHINE, OUTDATED} for text in texts):
        notes.append(_("Machine translation"))
    return notes


@register.simple_tag
def card_notes(resource: Resource) -> list[str]:
    """The translation notes of a card; a name alone, being that of the body, needs none."""
    service = resource.service
    name = {} if is_own_name(resource) else service.name
    return translation_notes(
        name, service.alert, *(schedule.text for schedule in schedules_of(resource))
    )


@register.simple_tag
def page_notes(resource: Resource) -> list[str]:
    """The translation notes of the page of a service."""
    service = resource.service
    name = {} if is_own_name(resource) else service.name
    return translation_notes(name, service.description, service.alert, service.fees_description)


@register.filter
def is_own_name(resource: Resource) -> bool:
    """The service bears the name of its organization, which need not be said twice."""
    name, organization = wording(resource.service.name), wording(resource.organization.name)
    return str(name).casefold() == str(organization).casefold()


@register.filter
def number(phone: Phone) -> str:
    """A number as people write it, with its extension."""
    written = phones.spoken(phone.number)
    if phone.extension:
        return _("%(number)s, extension %(extension)s") % {
            "number": written,
            "extension": phone.extension,
        }
    return written


@register.filter
def dial(phone: Phone) -> str:
    """The address that a tap on a number opens."""
    if phone.type == PhoneType.WHATSAPP:
        return phones.whatsapp_uri(phone.number)
    if phone.type == PhoneType.SMS:
        return f"sms:{phone.number}"
    return phones.dial_uri(phone.number, phone.extension)


@register.filter
def how_far(distance: Distance, precision: str) -> str:
    """A distance in whole kilometres, as the crow flies."""
    kilometres = round(distance.km)
    if precision in {Precision.MUNICIPALITY, Precision.POSTAL_CODE}:
        return _("about %(km)s km") % {"km": max(kilometres, 1)}
    if kilometres < 1:
        return _("less than 1 km")
    return _("%(km)s km") % {"km": kilometres}


@register.filter
def is_approximate(location: Location) -> bool:
    """The position stands for a town or a postal code, not for the place itself."""
    return location.precision in {Precision.MUNICIPALITY, Precision.POSTAL_CODE}


@register.filter
def is_secret(location: Location) -> bool:
    """The address is kept from everybody."""
    return location.address_visibility != AddressVisibility.FULL


@register.filter
def can_be_found(location: Location) -> bool:
    """The position leads to the door: known, not kept secret, not that of a whole town."""
    return bool(location.point) and not is_secret(location) and not is_approximate(location)


@register.filter
def directions(location: Location, organization: Organization) -> str:
    """A `geo:` address, which the phone's own map opens; no map of others is named.

    The question repeats the position with a name: without it, Android shows no pin.
    """
    position = f"{location.point.y:.5f},{location.point.x:.5f}"
    name = location.name or str(wording(organization.name))
    return f"geo:{position}?q={position}({quote(name, safe='')})"


@register.filter
def province_name(code: str) -> str:
    """A province in words, for the few places outside Québec."""
    return _PROVINCES.get(code, code)


@register.filter
def coordinates(location: Location) -> str:
    """Latitude and longitude, as people paste them into a map."""
    return f"{location.point.y:.5f}, {location.point.x:.5f}"


@register.filter
def partial_date(text: str) -> str:
    """`2021`, `2021-07` or `2021-07-14` in words."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return text
    day = date(*parts) if len(parts) == 3 else date(*parts, 1)
    return formats.date_format(day, "DATE_FORMAT" if len(parts) == 3 else "YEAR_MONTH_FORMAT")


@register.filter
def is_old(text: str) -> bool:
    """The date of a source is so far back that the fact may be wrong by now."""
    return bool(text) and int(text[:4]) <= timezone.localdate().year - OLD_YEARS


@register.filter
def spaced(number: int) -> str:
    """A large number as the language of the page writes it."""
    return formats.number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def language_name(code: str) -> str:
    """A language a service is given in, in words."""
    return str(SERVICE_LANGUAGES[code])


@register.filter
def language_and_mode(language: ServiceLanguage) -> str:
    """A language, with who speaks it where that is known."""
    name = language_name(language.code)
    if not language.mode or language.code == "mul":
        return name
    return f"{name} ({language.get_mode_display().lower()})"


@register.filter
def language_in_sentence(code: str) -> str:
    """The same inside a sentence: only English keeps the capital."""
    name = language_name(code)
    return name if get_language() == "en" else name[:1].lower() + name[1:]


@register.filter
def hours(schedule: Schedule) -> SafeString | str:
    """Hours as text; of the grammar, the page says day and night in words."""
    if schedule.hours_status == HoursStatus.ALWAYS or schedule.opening_hours == "24/7":
        return _("Day and night, every day")
    if schedule.text:
        return spoken(wording(schedule.text))
    return schedule.opening_hours


@register.filter
def mode_names(modes: list[str], kind: str) -> str:
    """Ways of giving help, or of getting in touch, in words."""
    choices = {"delivery": DeliveryMode, "access": AccessMode}[kind]
    first, *others = [str(choices(mode).label) for mode in modes]
    return ", ".join([first, *(name[:1].lower() + name[1:] for name in others)])


@register.filter
def yes_no_unknown(answer: bool | None) -> str:
    """The three answers to a question that nobody may have asked."""
    return {True: _("Yes"), False: _("No"), None: _("Not known: ask")}[answer]


@register.filter
def unknowns(resource: Resource) -> str:
    """What a card does not know, in one line."""
    service = resource.service
    missing = [
        name
        for name, is_known in [
            (_("languages"), bool(service.languages.all())),
            (_("cost"), service.fee_kind != FeeKind.UNKNOWN),
            (_("for whom"), bool(service.eligibility_rules.all())),
            (_("papers"), service.papers_asked is not None),
        ]
        if not is_known
    ]
    return ", ".join(missing)


@register.filter
def reach(resource: Resource) -> str:
    """How a service without a place comes to people."""
    modes = resource.service.delivery_modes
    if DeliveryMode.PHONE in modes or resource.service.trusted_phones:
        return _("By phone")
    if DeliveryMode.OUTREACH_VISIT in modes or DeliveryMode.ITINERANT in modes:
        return _("Comes to you")
    if DeliveryMode.VIDEO_WEB in modes or DeliveryMode.MESSAGING in modes:
        return _("Online")
    return ""


@register.filter
def served(resource: Resource) -> str:
    """Which areas a service covers."""
    areas = [link.area for link in resource.service.service_areas.all()]
    if any(area.level == "province" for area in areas):
        return _("Serves all of Québec")
    return _("Serves %(areas)s") % {"areas": ", ".join(area.name for area in areas)}


@register.filter
def confidence_words(confidence: str) -> str:
    """How far a source can be trusted, without the letter that editors use."""
    return {
        Confidence.A: _("first-hand source"),
        Confidence.B: _("second-hand source"),
        Confidence.C: _("doubtful source"),
    }[Confidence(confidence)]


@register.filter
def funding_end(program: Program) -> str:
    """Until when a programme has money; a month or a year counts to its end.

    French says a day otherwise than a month or a year.
    """
    has_ended = program.ends_on < timezone.localdate().isoformat()[: len(program.ends_on)]
    end = partial_date(program.ends_on)
    if len(program.ends_on) == len("2021-07-14"):
        if has_ended:
            text = _("The money was planned until %(day)s: check that the service still answers.")
        else:
            text = _("The money is planned until %(day)s.")
        return text % {"day": end}
    if has_ended:
        text = _("The money was planned until %(month)s: check that the service still answers.")
    else:
        text = _("The money is planned until %(month)s.")
    return text % {"month": end}


@register.filter
def host(url: str) -> str:
    """The name of a site."""
    return urlsplit(url).netloc.removeprefix("www.")


@cache
def _icon_shapes(name: str) -> tuple[str, str]:
    path = finders.find(f"icons/{name}.svg")
    svg = Path(path).read_text(encoding="utf-8") if path else ""
    match = re.search(r'viewBox="([^"]+)"[^>]*>(.*)</svg>', svg, re.DOTALL)
    return match.groups() if match else ("0 0 15 15", "")


@register.simple_tag
def need_icon(name: str) -> SafeString:
    """An icon of a need, as the build copied it from maki or temaki; decoration only."""
    view_box, shapes = _icon_shapes(name)
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false" viewBox="{}">{}</svg>',
        view_box,
        mark_safe(shapes),  # a file of the build
    )


@register.simple_tag
def sign(name: str) -> SafeString:
    """One of our own small signs, drawn in `includes/signs.html`; decoration only."""
    return format_html(
        '<svg class="sign" aria-hidden="true" focusable="false"><use href="#sign-{}"/></svg>', name
    )


@register.simple_tag(takes_context=True)
def language_links(context) -> list[dict]:
    """The page in each language, with its question; the home page where there is no such page."""
    request = context["request"]
    asked: QueryDict | None = context.get("query")
    links = []
    for code in LANGUAGES:
        path = translate_url(request.path, code)
        if not path.startswith(f"/{code}/"):
            with override(code):
                path = reverse("home")
        links.append(
            {
                "code": code,
                "name": LANGUAGE_NAMES[code],
                "path": f"{path}?{asked.urlencode()}" if asked else path,
                # The page of an error may be about the very name of the host.
                "url": "" if context.get("is_error") else request.build_absolute_uri(path),
                "is_current": code == get_language(),
            }
        )
    return links


@register.simple_tag(takes_context=True)
def page_url(context) -> str:
    """The whole address of the page, without its question."""
    return context["request"].build_absolute_uri(context["request"].path)


@register.simple_tag
def reference(readings, *facts) -> SafeString:
    """The numbers of the sources of some facts, as links to the list at the foot of the page."""
    return _reference_links(dict.fromkeys(readings.number(fact) for fact in facts))


@register.simple_tag
def position_reference(readings, location: Location) -> SafeString:
    """The number of the source of a position, where it is not that of the place itself."""
    if location.position_source is None:
        return mark_safe("")
    return _reference_links([readings.number(location, location.position_source)])


def _reference_links(numbers: Iterable[int]) -> SafeString:
    return format_html_join(
        " ",
        '<a class="ref" href="#source-{0}" aria-label="{1}">[{0}]</a>',
        ((place, _("Source %(number)s") % {"number": place}) for place in numbers),
    )


@register.simple_tag
def map_layers() -> str:
    """The layers that the operator adds to the map, as JSON."""
    return json.dumps(settings.MAP_LAYERS)
