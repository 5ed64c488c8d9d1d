"""What paper says of a service, in two languages; plain text, nothing drawn yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import TypeAlias

from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from frontend.templatetags import repere as say
from frontend.templatetags.care import conditions, who_is_served
from frontend.templatetags.stops import stop_state
from geo.choices import AddressVisibility, FeeKind, PhoneType
from geo.hours import schedules_of
from geo.models import Location, NeedTerm, Organization, Resource
from geo.translation import MACHINE, OUTDATED
from geo.translation import wording as choose

# A text in both languages of the paper.
Pair: TypeAlias = tuple[str, str]

# No text on paper is longer: the page has the rest, and every row fits on a sheet.
MOST_CHARS = 600

# Marks what no person has read over; the foot of the paper says so.
BY_MACHINE = "*"


@dataclass(frozen=True, slots=True)
class Call:
    """A number to call.

    Attributes:
        number: as people write it, with its extension.
        address: what a tap on it opens.
        notes: what goes with it (fax, free, languages) in both languages; may be empty.
    """

    number: str
    address: str
    notes: Pair


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of a service in one language.

    Attributes:
        name: of the service.
        by: the organization, empty where the service bears its name.
        description: what it does; may be empty.
        needs: what it helps with, the main one first.
        facts: date, hours, languages, cost, for whom, papers; each whole, only what is known.
        unknown: what nobody knows, in one line; may be empty.
        alert: a warning; may be empty.
        source: when it was read.
    """

    name: str
    by: str
    description: str
    needs: str
    facts: tuple[str, ...]
    unknown: str
    alert: str
    source: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A service at a place, or by phone, in both languages.

    Attributes:
        tile: code of the need of level 1 it is best known for.
        tiles: codes of all its needs of level 1.
        told: in the first and the second language.
        calls: trusted numbers only.
        at: the address, as the place itself writes it; the town only where it is secret.
        at_notes: what has to be known of the address or the area, in both languages.
        point: where a map may show it; None where nobody knows, or nobody may know.
        is_exact: `point` is that of the door.
        page: address of its page.
        link: its own website, or that of its organization; may be empty.
        is_everyday: a place of everyday life.
        names_a_line: its warning already says whom to call.
        number: its place in the list of a map; 0 outside a list.
    """

    tile: str
    tiles: tuple[str, ...]
    told: tuple[Telling, Telling]
    calls: tuple[Call, ...]
    at: str
    at_notes: Pair
    point: tuple[float, float] | None
    is_exact: bool
    page: str
    link: str
    is_everyday: bool
    names_a_line: bool
    number: int = 0


def both(languages: Sequence[str], sentence) -> Pair:
    """What a function that takes no argument says in each of two languages."""
    first, second = languages
    with override(first):
        one = str(sentence())
    with override(second):
        return one, str(sentence())


def joined(words: Pair) -> str:
    """Both in one line; once where they are the same but for the width of a space."""
    first, second = (word.replace("\xa0", " ") for word in words)
    return words[0] if first == second else " · ".join(word for word in words if word)


def each(words: Pair) -> list[str]:
    """Those that say something, each once."""
    return [word for word in dict.fromkeys(words) if word]


def text_of(content, language: str) -> str:
    """The wording for a language: marked where a machine made it, named where it is another."""
    text = choose(content, language)
    if text is None:
        return ""
    mark = BY_MACHINE if text.state in {MACHINE, OUTDATED} else ""
    other = f" [{text.language}]" if text.is_fallback else ""
    return f"{Truncator(text.text).chars(MOST_CHARS)}{mark}{other}"


def entry_of(resource: Resource, languages: Sequence[str], base: str) -> Entry:
    """All that paper says of a resource.

    Args:
        resource: with its details (`ResourceQuerySet.with_details`).
        languages: the two languages of the paper, the reader's own first.
        base: scheme and host of the site, without a slash at the end.
    """
    service, location = resource.service, resource.location
    first, second = languages
    tiles = [
        (link.term.parent or link.term).code
        for link in sorted(service.service_needs.all(), key=lambda link: link.rank)
    ]
    shows = location is not None and location.point and not say.is_secret(location)
    with override(first):
        page = base + reverse("resource", args=[resource.pk])
    return Entry(
        tile=tiles[0] if tiles else "",
        tiles=tuple(dict.fromkeys(tiles)),
        told=(_told(resource, first), _told(resource, second)),
        calls=tuple(_call(phone, languages) for phone in service.trusted_phones),
        at=address_of(location, resource.organization) if location else "",
        at_notes=both(languages, lambda: _at_note(resource)),
        point=_degrees(location.point) if shows else None,
        is_exact=bool(location and say.can_be_found(location)),
        page=page,
        link=service.url or resource.organization.website,
        is_everyday=service.is_everyday,
        names_a_line=say.names_a_line(choose(service.alert, first)),
    )


def _degrees(point: Point) -> tuple[float, float]:
    return point.x, point.y


def _told(resource: Resource, language: str) -> Telling:
    service, organization = resource.service, resource.organization
    with override(language):
        own_name = say.is_own_name(resource)
        return Telling(
            name=text_of(service.name, language),
            by="" if own_name else Truncator(choose(organization.name, language)).chars(MOST_CHARS),
            description=text_of(service.description, language),
            needs=" · ".join(text_of(term.name, language) for term in resource.terms),
            facts=tuple(_facts(resource, language)),
            unknown=_unknown(resource),
            alert=text_of(service.alert, language),
            source=_source(service.as_of),
        )


def _facts(resource: Resource, language: str):
    service = resource.service
    if resource.stop:
        yield f"{resource.stop.when} – {stop_state(resource.stop)}"
    for schedule in schedules_of(resource):
        hours = unescape(strip_tags(str(say.hours(schedule))))
        by_machine = choose(schedule.text, language)
        if by_machine and by_machine.state in {MACHINE, OUTDATED} and by_machine.text in hours:
            hours += BY_MACHINE
        yield _("Hours: %(hours)s") % {"hours": Truncator(hours).chars(MOST_CHARS)}
    if spoken := list(service.languages.all()):
        names = [say.language_and_mode(language) for language in spoken]
        yield _("Languages: %(languages)s") % {"languages": ", ".join(names)}
    if service.fee_kind != FeeKind.UNKNOWN:
        cost = service.get_fee_kind_display()
        if detail := text_of(service.fees_description, language):
            cost = f"{cost} – {detail}"
        yield _("Cost: %(cost)s") % {"cost": cost}
    yield from (Truncator(rule).chars(MOST_CHARS) for rule in who_is_served(service))
    yield from conditions(service)


def _unknown(resource: Resource) -> str:
    missing = say.unknowns(resource)
    if not missing:
        return ""
    return _("Not known: %(missing)s. Ask.") % {"missing": missing}


def _source(as_of: str) -> str:
    if not as_of:
        return _("Source without a date")
    text = _("Source: %(day)s") % {"day": say.partial_date(as_of)}
    return f"{text} {_('(old: check first)')}" if say.is_old(as_of) else text


def _call(phone, languages: Sequence[str]) -> Call:
    def notes() -> str:
        words = [] if phone.type == PhoneType.VOICE else [phone.get_type_display()]
        if phone.is_toll_free:
            words.append(_("free to call"))
        words += [say.language_in_sentence(code) for code in phone.languages]
        return ", ".join(words)

    first, second = languages
    with override(first):
        number = say.number(phone)
    noted = both(languages, notes)
    details = text_of(phone.note, first), text_of(phone.note, second)
    return Call(
        number=number,
        address=say.dial(phone),
        notes=(_sentences(noted[0], details[0]), _sentences(noted[1], details[1])),
    )


def _sentences(*words: str) -> str:
    return ". ".join(word for word in words if word)


def address_of(location: Location, organization: Organization) -> str:
    """An address in one line; the town only where it is not for everybody, or nothing at all."""
    if location.address_visibility == AddressVisibility.HIDDEN:
        return ""
    parts = []
    if not say.is_secret(location):
        name = choose(organization.name, "fr")
        if location.name and location.name != (name.text if name else ""):
            parts.append(location.name)
        if location.address:
            parts.append(location.address)
        if location.locality and location.municipality:
            parts.append(location.locality)
    town = location.town
    if location.postal_code and not say.is_secret(location):
        town = f"{town} {location.postal_code}"
    if location.province != "QC":
        town = f"{town} ({say.province_name(location.province)})"
    return ", ".join(dict.fromkeys([*parts, town]))


def _at_note(resource: Resource) -> str:
    location = resource.location
    if location is None:
        way = say.reach(resource)
        return f"{way}. {say.served(resource)}" if way else say.served(resource)
    if say.is_secret(location):
        if resource.service.trusted_phones:
            return _("The address is kept secret: call.")
        return _("The address is kept secret.")
    return ""


def tile_names(tiles: Sequence[NeedTerm], languages: Sequence[str]) -> dict[str, Pair]:
    """The needs of level 1 by code, in both languages."""
    first, second = languages
    return {tile.code: (text_of(tile.name, first), text_of(tile.name, second)) for tile in tiles}
