"""Lists of regions, needs and languages, as forms of the network offer them."""

from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from geo.choices import SERVICE_LANGUAGES
from geo.models import AdminArea, NeedTerm, Resource
from geo.translation import wording


def regions() -> list[tuple[str, str]]:
    """The 17 regions: code and name."""
    return list(AdminArea.objects.regions().values_list("code", "name"))


def needs() -> list[tuple[str, str]]:
    """The needs of level 1: code and name."""
    return [(term.code, name_of(term)) for term in NeedTerm.objects.tiles()]


def needs_and_leaves() -> list[tuple[str, list[tuple[str, str]]]]:
    """All needs, below those of level 1."""
    return [
        (
            name_of(tile),
            [
                (tile.code, format_lazy(_("{need}: all"), need=name_of(tile))),
                *((leaf.code, name_of(leaf)) for leaf in tile.children.all()),
            ],
        )
        for tile in NeedTerm.objects.tiles()
    ]


def languages() -> list[tuple[str, str]]:
    """The languages that some public service is given in: code and name."""
    spoken = Resource.objects.languages()
    return [(code, str(name)) for code, name in SERVICE_LANGUAGES.items() if code in spoken]


def name_of(term: NeedTerm) -> str:
    """A need in the language of the page."""
    return str(wording(term.name, get_language()))
