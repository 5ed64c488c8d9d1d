"""From the text of an address to the help that is asked for."""

import re
from dataclasses import dataclass, field

from django import forms
from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.http import QueryDict
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext_lazy as _

from geo.choices import SERVICE_LANGUAGES, AreaLevel, DeliveryMode, OrganizationKind
from geo.models import AdminArea, NeedTerm, Resource
from geo.places import MAX_TEXT, Place, find_places
from geo.querysets import ResourceQuerySet
from geo.search import MAX_TEXT as MAX_QUESTION
from geo.search import Understanding
from geo.spatial import lon_lat
from geo.translation import wording
from geo.understanding import only_words, understand

DEFAULT_RADIUS_KM = 50
RADII_KM = (10, 25, 50, 100, 200)

# Who knows what else there is: asked where not even a line is known for a need.
GUIDANCE = "accueil-orientation"

# Other meanings of a name that are offered; more would hide the answer.
MOST_OTHERS = 5

# About 1 km: enough to find help, too little to find the person.
POSITION_DECIMALS = 2

# What the field proposes while somebody writes: `Gaspé (Gaspésie–Îles-de-la-Madeleine)`, or
# `G4X 1A1 Gaspé (…)`.
_LABEL = re.compile(r"^(?P<name>[^()]+)\((?P<region>[^()]+)\)$")
_CODE_AND_TOWN = re.compile(
    # The second half of a code is not a town.
    r"^(?P<code>[A-Z]\d[A-Z](?: ?\d[A-Z]\d)?) (?!\d[A-Z]\d\b)\S",
    re.IGNORECASE,
)


def _meant(text: str, best: Place, others: list[Place]) -> tuple[Place, ...]:
    """The places worth offering beside the best one.

    Where the text is a whole name, only those that bear it too, alone or with an addition:
    Saint-Simon may be Saint-Simon-les-Mines. A region that bears the name of the town, as Laval,
    is no other meaning to a reader.
    """
    others = [
        place for place in others if place.kind != AreaLevel.REGION or place.slug != best.slug
    ]
    if slugify(text) == best.slug:
        others = [place for place in others if f"{place.slug}-".startswith(f"{best.slug}-")]
    return tuple(others[:MOST_OTHERS])


@dataclass(frozen=True, slots=True)
class Where:
    """Where help is looked for: around a position, in a region, or anywhere.

    Attributes:
        point: WGS 84, rounded if it is the person's own; None if only a region is known.
        region: the region that was asked for, or that of a place without a position.
        place: what the text was taken for; None for the position of a phone.
        others: what else the text may mean.
    """

    point: Point | None = None
    region: AdminArea | None = None
    place: Place | None = None
    others: tuple[Place, ...] = field(default=())

    @property
    def region_code(self) -> str | None:
        """The region whose pack holds what is around; None where nothing says it."""
        if self.is_own_position:
            region = AdminArea.objects.region_of(self.point)
            return region.code if region else None
        return self.region.code if self.region else self.place and self.place.region_code

    @property
    def is_own_position(self) -> bool:
        """The position comes from the phone."""
        return self.point is not None and self.place is None


class SearchForm(forms.Form):
    """The question of the home page; every field may be empty.

    A place that is written wins over one that the words name, that one over a position, a position
    over a region. A region beside a place says which of two places of the same name is meant.
    """

    q = forms.CharField(
        label=_("What do you need?"),
        required=False,
        max_length=MAX_QUESTION,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "autocapitalize": "none",
                "enterkeyhint": "search",
                "aria-describedby": "q-hint",
            }
        ),
    )
    # Take `q` by the letter: a link of the results asks for it, no field of the form.
    words = forms.BooleanField(required=False, widget=forms.HiddenInput)
    place = forms.CharField(
        label=_("Town or postal code"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.TextInput(
            attrs={"list": "places", "autocomplete": "off", "enterkeyhint": "search"}
        ),
    )
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    need = forms.ChoiceField(label=_("Your need"), required=False)
    radius_km = forms.TypedChoiceField(
        label=_("How far"),
        required=False,
        coerce=int,
        empty_value=DEFAULT_RADIUS_KM,
        choices=[(km, f"{km} km") for km in RADII_KM],
    )
    open_now = forms.BooleanField(
        label=_("Open now"),
        required=False,
        widget=forms.CheckboxInput(attrs={"value": "true"}),
    )
    region = forms.ChoiceField(label=_("Or a whole region"), required=False)
    language = forms.ChoiceField(label=_("Language of the service"), required=False)
    kind = forms.ChoiceField(label=_("Kind of organization"), required=False)
    mode = forms.ChoiceField(label=_("How the help is given"), required=False)

    def __init__(self, data: QueryDict, *, language: str) -> None:
        """Read `data` as a reader of `language` wrote it."""
        # A browser sends a select even when nobody touched it.
        if not data.get("radius_km"):
            data = data.copy()
            data["radius_km"] = str(DEFAULT_RADIUS_KM)
        # The scripts know the fields by their plain names.
        super().__init__(data, auto_id="%s")
        self.tiles = list(NeedTerm.objects.tiles())
        self.regions = list(AdminArea.objects.regions().defer("outline"))
        self.reader_language = language
        self.fields["need"].choices = [("", _("All needs")), *self._need_choices()]
        self.fields["region"].choices = [
            ("", _("Any region")),
            *((region.code, region.name) for region in self.regions),
        ]
        # One that somebody asks for stays, or the answer would be that of another question.
        spoken = Resource.objects.languages() | {data.get("language")}
        self.fields["language"].choices = [
            ("", _("Any language")),
            *((code, name) for code, name in SERVICE_LANGUAGES.items() if code in spoken),
        ]
        self.fields["kind"].choices = [("", _("Any kind")), *OrganizationKind.choices]
        self.fields["mode"].choices = [("", _("Any way")), *DeliveryMode.choices]
        self.where = Where()
        self.heard = Understanding()

    def _need_choices(self) -> list:
        return [
            (
                str(wording(tile.name, self.reader_language)),
                [
                    (tile.code, format_lazy(_("{need}: all"), need=self._name(tile))),
                    *((leaf.code, self._name(leaf)) for leaf in tile.children.all()),
                ],
            )
            for tile in self.tiles
        ]

    def _name(self, term: NeedTerm) -> str:
        return str(wording(term.name, self.reader_language))

    def clean(self) -> dict:
        """Latitude and longitude go together, rounded; the question gets its `where`."""
        cleaned = super().clean()
        if (cleaned.get("lat") is None) != (cleaned.get("lon") is None):
            cleaned["lat"] = cleaned["lon"] = None
            self.add_error(None, _("A position needs a latitude and a longitude."))
        for axis in ("lat", "lon"):
            if cleaned.get(axis) is not None:
                cleaned[axis] = round(cleaned[axis], POSITION_DECIMALS)
        if question := self.asked("q"):
            listen = only_words if self.asked("words") else understand
            self.heard = listen(question, self.reader_language)
        self.where = self._where()
        return cleaned

    def _where(self) -> Where:
        region = next(
            (region for region in self.regions if region.code == self.asked("region")), None
        )
        if text := self.asked("place") or self.heard.place:
            self.cleaned_data["lat"] = self.cleaned_data["lon"] = None
            return self._where_named(text, region)
        if self.has_position:
            return Where(point=lon_lat(self.asked("lon"), self.asked("lat")))
        return Where(region=region)

    def _where_named(self, text: str, region: AdminArea | None) -> Where:
        if label := _LABEL.match(text):
            text = label["name"].strip()
            region = next(
                (area for area in self.regions if area.name == label["region"].strip()), region
            )
        if postal := _CODE_AND_TOWN.match(text):
            text = postal["code"]
        places = find_places(text)
        if not places:
            self.add_error("place", _("We do not know this place. Check how it is written."))
            return Where(region=region)
        if region:
            places.sort(key=lambda place: place.region_code != region.code)
        best, *others = places
        home = next((area for area in self.regions if area.code == best.region_code), None)
        return Where(
            point=best.point,
            region=None if best.point else home,
            place=best,
            others=_meant(text, best, others),
        )

    def asked(self, name: str):
        """The value of a field, or None where it is empty or wrong."""
        value = self.cleaned_data.get(name)
        return None if value == "" or value is False else value

    @property
    def has_position(self) -> bool:
        """A position was given, and no place that would win over it."""
        return self.asked("lat") is not None

    @property
    def is_question(self) -> bool:
        """Something was asked, so a list is the answer."""
        filters = ("q", "need", "open_now", "language", "kind", "mode")
        return bool(
            self.where.point or self.where.region or any(self.asked(name) for name in filters)
        )

    @property
    def is_start(self) -> bool:
        """Nothing was asked yet, not even in a way that we did not understand."""
        return not self.is_question and not self.has_error("place")

    @property
    def has_more(self) -> bool:
        """One of the rarer fields is in use."""
        rarer = ("region", "language", "kind", "mode")
        return any(self.asked(name) or self.has_error(name) for name in rarer)

    @property
    def term(self) -> NeedTerm | None:
        """The need that is asked for, in the field or, surely, in words."""
        asked = self.asked("need")
        return self._term(asked) if asked else next(iter(self.best_terms), None)

    @property
    def best_terms(self) -> list[NeedTerm]:
        """The needs that the words surely ask for."""
        return [self._term(code) for code in self.heard.best_codes]

    @property
    def other_terms(self) -> list[NeedTerm]:
        """The needs that the words may ask for, and that are not answered."""
        answered = {*self.heard.best_codes, self.asked("need")}
        return [self._term(need.code) for need in self.heard.needs if need.code not in answered][
            :MOST_OTHERS
        ]

    def _term(self, code: str) -> NeedTerm | None:
        return next((term for term in self._terms() if term.code == code), None)

    @property
    def tile(self) -> NeedTerm | None:
        """The need of level 1 that is asked for, itself or by one of its leaves."""
        term = self.term
        if term is None or term.parent_id is None:
            return term
        return next(tile for tile in self.tiles if tile.pk == term.parent_id)

    def _terms(self):
        for tile in self.tiles:
            yield tile
            yield from tile.children.all()

    def resources(self) -> ResourceQuerySet:
        """What answers the question, in the order of the list."""
        resources = Resource.objects.all()
        if need := self.asked("need"):
            resources = resources.answering(need)
        if kind := self.asked("kind"):
            resources = resources.of_kind(kind)
        if language := self.asked("language"):
            resources = resources.speaking(language)
        if mode := self.asked("mode"):
            resources = resources.delivered(mode)
        if self.asked("q"):
            resources = resources.meant_by(self.heard, self.reader_language)
        if self.asked("open_now"):
            resources = resources.open_now()
        return self._in_reach(resources).in_order(self.where.point)

    def lines(self) -> ResourceQuerySet:
        """What answers the need without a place to go to, whatever else was asked."""
        return self._lines(self.term.code if self.term else None)

    def rescue_lines(self) -> ResourceQuerySet:
        """Lines for when nothing answers: of the need, else of its kind, else who knows more."""
        for need in [*(term.code for term in (self.term, self.tile) if term), GUIDANCE]:
            lines = self._lines(need)
            if lines.exists():
                break
        return lines

    def _lines(self, need: str | None) -> ResourceQuerySet:
        resources = Resource.objects.filter(is_remote=True)
        if need:
            resources = resources.answering(need)
        return self._in_reach(resources).in_order()

    @property
    def choices_made(self) -> list[tuple[str, str]]:
        """What narrows the answer beside need and place: name of the field, and its words."""
        made = []
        for name in ("open_now", "language", "kind", "mode"):
            if value := self.asked(name):
                field = self.fields[name]
                words = dict(getattr(field, "choices", [])).get(value, field.label)
                made.append((name, str(words)))
        return made

    def _in_reach(self, resources: ResourceQuerySet) -> ResourceQuerySet:
        if self.where.point:
            return resources.reached(near=(self.where.point, D(km=self.reach_km)))
        if self.where.region:
            return resources.reached(region=self.where.region)
        return resources.reached()

    @property
    def reach_km(self) -> int:
        """Kilometres; the usual ones where the field is wrong."""
        return self.asked("radius_km") or DEFAULT_RADIUS_KM

    @property
    def wider_reach_km(self) -> int | None:
        """The next radius to try, or None at the widest."""
        return next((km for km in RADII_KM if km > self.reach_km), None)

    @property
    def data_point(self) -> str:
        """The position of the question for the map: longitude, latitude."""
        point = self.where.point
        return f"{point.x:.{POSITION_DECIMALS}f},{point.y:.{POSITION_DECIMALS}f}"

    def query(self) -> QueryDict:
        """The question as an address holds it: cleaned, rounded, nothing empty."""
        query = QueryDict(mutable=True)
        for name in self.fields:
            if (value := self.asked(name)) is not None:
                query[name] = "true" if value is True else str(value)
        if self.reach_km == DEFAULT_RADIUS_KM:
            query.pop("radius_km", None)
        return query

    def query_by_need(self) -> QueryDict:
        """The question without its words, to be asked of a need: the place that they name stays."""
        query = self.query()
        for name in ("q", "words"):
            query.pop(name, None)
        if self.where.place:
            query["place"] = self.where.place.label
        return query

    def api_query(self) -> QueryDict:
        """The same question to the API, which takes a position or a region and no place."""
        query = QueryDict(mutable=True)
        for name in ("need", "kind", "language", "mode", "q"):
            if value := self.asked(name):
                query[name] = value
        for name in ("open_now", "words"):
            if self.asked(name):
                query[name] = "true"
        if self.where.point:
            query["lat"] = f"{self.where.point.y:.{POSITION_DECIMALS}f}"
            query["lon"] = f"{self.where.point.x:.{POSITION_DECIMALS}f}"
            query["radius_km"] = str(self.reach_km)
        elif self.where.region:
            query["region"] = self.where.region.code
        query["lang"] = self.reader_language
        return query
