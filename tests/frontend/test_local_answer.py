"""The phone answers as the server does: the same questions, asked of both.

The server's answers are those of the form of the home page, from the database; the phone's are made
by its own code, run by node, from the packs of the same database.
"""

import csv
import json
import random
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.gis.db.models.functions import Distance
from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils import timezone

from api.v1.views import found_resources
from frontend.forms import SearchForm
from frontend.views.home import PAGE_SIZE, RESCUE_LINES
from geo import packs
from geo.alerts import alerts_for
from geo.choices import SERVICE_LANGUAGES, DeliveryMode, OrganizationKind
from geo.models import AdminArea, Alert, NeedTerm, PostalPoint
from geo.spatial import lon_lat
from geo.translation import LANGUAGES
from geo.understanding import vocabulary_payload
from tests.factories import (
    AlertFactory,
    LocationFactory,
    MobileStopFactory,
    MobileTourFactory,
    PhoneFactory,
    ServiceAreaFactory,
    ServiceFactory,
    in_days,
)
from tests.places import GASPE, PERCE

ROOT = Path(__file__).resolve().parent.parent.parent
ASKED_IN_WORDS = ROOT / "tests" / "data" / "search_questions.csv"

REGIONS = [f"{number:02}" for number in range(1, 18)]

# A Tuesday morning, a Sunday night, and a public holiday, UTC.
MOMENTS = [
    datetime(2026, 11, 24, 15, 30, tzinfo=UTC),
    datetime(2026, 11, 23, 3, 10, tzinfo=UTC),
    datetime(2026, 12, 25, 16, 0, tzinfo=UTC),
]

# The same questions each time: a failure can be looked at again.
SEED = 20261122

WIDE = 100


@pytest.fixture
def directory(db):
    """The areas, the words and the form's values, as the phone has them."""
    form = SearchForm(QueryDict(), language="fr")
    names = ("need", "region", "kind", "mode", "radius_km")
    return {
        "areas": json.loads(json.dumps(packs.areas())),
        "vocabulary": vocabulary_payload(),
        "choices": {name: list(_values(form.fields[name].choices)) for name in names}
        | {"language": list(SERVICE_LANGUAGES)},
    }


def _values(choices):
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _values(label)
        else:
            yield str(value)


def phone_answers(directory: dict, questions: list[dict]) -> list[dict]:
    """What the phone answers; each question says which packs it has."""
    wanted = {(each["language"], code) for each in questions for code in each["saved"]}
    cut = packs.read_directory({code for _, code in wanted if code != packs.EVERYWHERE})
    made: dict[str, dict] = {}
    for language, code in sorted(wanted):
        pack = packs.pack_of(cut, code, language) | {"made": "2026-11-22"}
        made.setdefault(language, {})[code] = pack
    found = subprocess.run(
        ["node", ROOT / "tests" / "js" / "answer_questions.mjs"],
        input=json.dumps(directory | {"packs": made, "questions": questions}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def server_answer(question: dict) -> dict:
    """What the form of the home page answers."""
    asked = QueryDict(question["query"])
    form = SearchForm(asked, language=question["language"])
    form.is_valid()
    where = form.where
    rows = list(form.resources()) if form.is_question else []
    page = Paginator(rows, PAGE_SIZE).get_page(asked.get("page"))
    lines = form.rescue_lines()[:RESCUE_LINES] if form.is_question and not rows else []
    places = sum(not row.is_remote for row in rows)
    return {
        "isQuestion": form.is_question,
        "fields": form.query().dict(),
        "point": list(where.point.coords) if where.point else None,
        "region": where.region.code if where.region else None,
        "place": where.place.code if where.place else None,
        "others": [place.code for place in where.others],
        "alerts": [int(alert.starts_at.timestamp()) for alert in _alerts(form)],
        "ids": [str(row.pk) for row in rows],
        "metres": [row.distance.m if row.distance is not None else None for row in rows],
        "groups": [getattr(row, "open_group", None) for row in rows],
        "counts": {"places": places, "lines": len(rows) - places},
        "lines": [str(row.pk) for row in lines],
        "page": {
            "number": page.number,
            "total": page.paginator.num_pages,
            "start": max(page.start_index(), 1),
            "ids": [str(row.pk) for row in page],
        },
    }


def _alerts(form: SearchForm) -> Iterable[Alert]:
    where = form.where
    region = AdminArea.objects.region_of(where.point) if where.point else where.region
    return alerts_for(region, timezone.now(), need=form.asked("need"))


def tell(capsys: pytest.CaptureFixture, sentence: str) -> None:
    """Say how much was compared, also where everything is well."""
    with capsys.disabled():
        sys.stdout.write(f"\n  {sentence}\n")


def compare(directory: dict, questions: list[dict]) -> int:
    """Ask both, and return how many questions had an answer of at least one resource."""
    full = 0
    for question, phone in zip(questions, phone_answers(directory, questions), strict=True):
        server = server_answer(question)
        told = f"{question['query']} ({question['language']}, {question['saved']})"
        assert phone.pop("missing") == [], told
        mine, theirs = phone.pop("metres"), server.pop("metres")
        if not server["isQuestion"]:
            # Before a question the page shows what the server has put into it.
            for answer in (phone, server):
                for name in ("ids", "groups", "counts", "lines", "page"):
                    answer.pop(name)
        for axis in {"lat", "lon"} & phone["fields"].keys():
            phone["fields"][axis] = str(float(phone["fields"][axis]))
        assert phone == server, told
        if server["isQuestion"]:
            assert [m is None for m in mine] == [m is None for m in theirs], told
            gaps = [abs(a - b) for a, b in zip(mine, theirs, strict=True) if a is not None]
            assert max(gaps, default=0) < 0.001, told
            full += bool(server["ids"])
    return full


def _question(query: dict, language: str, saved: list[str], now: datetime) -> dict:
    return {
        "query": urlencode(query),
        "language": language,
        "saved": saved,
        "now": int(now.timestamp()),
    }


def _towns() -> list[AdminArea]:
    towns = AdminArea.objects.municipalities().filter(point__isnull=False).with_region()
    return list(towns.order_by("code"))


def _positions_inside(chance: random.Random) -> list[tuple[str, dict]]:
    """Up to eight positions near towns of each region that its outline covers, with its code."""
    found = []
    for region in AdminArea.objects.regions():
        towns = [town for town in _towns() if town.region_code == region.code]
        for _ in range(8):
            town = chance.choice(towns)
            latitude = town.point.y + chance.uniform(-0.1, 0.1)
            longitude = town.point.x + chance.uniform(-0.1, 0.1)
            where = {"lat": f"{latitude:.2f}", "lon": f"{longitude:.2f}"}
            if region.outline.covers(lon_lat(float(where["lon"]), float(where["lat"]))):
                found.append((region.code, where))
    return found


def _narrowed(chance: random.Random) -> dict:
    """A few filters by chance."""
    needs = list(NeedTerm.objects.order_by("code").values_list("code", flat=True))
    offered = {
        "need": (0.6, needs),
        "kind": (0.15, OrganizationKind.values),
        "language": (0.15, list(SERVICE_LANGUAGES)),
        "mode": (0.15, DeliveryMode.values),
        "page": (0.3, ["2", "3"]),
    }
    return {
        name: chance.choice(values)
        for name, (part, values) in offered.items()
        if chance.random() < part
    }


def test_around_towns_of_every_region_the_phone_answers_from_that_regions_pack(directory, capsys):
    chance = random.Random(SEED)
    now = timezone.now()
    questions = []
    for region, where in _positions_inside(chance):
        radius = {"radius_km": chance.choice(["10", "25", "50"])}
        query = where | radius | _narrowed(chance)
        questions.append(_question(query, chance.choice(LANGUAGES), [region], now))

    full = compare(directory, questions)

    tell(capsys, f"{len(questions)} questions around towns, {full} with results")
    assert len(questions) >= 100
    assert full >= 70


def test_a_whole_region_is_answered_from_its_pack_for_every_kind_of_need(directory, capsys):
    tiles = NeedTerm.objects.filter(parent=None).order_by("code").values_list("code", flat=True)
    now = timezone.now()
    questions = [
        _question({"region": region} | need, LANGUAGES[number % 3], [region], now)
        for number, (region, need) in enumerate(
            product(REGIONS, [{}, *({"need": code} for code in tiles)])
        )
    ]

    full = compare(directory, questions)

    tell(capsys, f"{len(questions)} questions about regions, {full} with results")
    assert len(questions) >= 17 * 9
    assert full >= 200


def test_with_all_of_quebec_the_phone_answers_anything(directory, capsys):
    chance = random.Random(SEED)
    now = timezone.now()
    towns = _towns()
    questions = []
    for _ in range(120):
        town = chance.choice(towns)
        where = chance.choice(
            [
                {},
                {"region": chance.choice(REGIONS)},
                {"place": town.name},
                {"place": f"{town.name} ({town.region_name})"},
                {"place": town.name.lower(), "region": chance.choice(REGIONS)},
                {"lat": f"{town.point.y:.2f}", "lon": f"{town.point.x:.2f}"},
            ]
        )
        radius = {"radius_km": chance.choice(["10", "25", "50", "100", "200", ""])}
        query = where | radius | _narrowed(chance)
        questions.append(_question(query, chance.choice(LANGUAGES), [packs.EVERYWHERE], now))

    full = compare(directory, questions)

    tell(capsys, f"{len(questions)} questions to all of Québec, {full} with results")
    assert full >= 70


def test_postal_codes_and_names_that_nobody_knows_are_the_same_place_for_both(directory, capsys):
    codes = PostalPoint.objects.order_by("code").values_list("code", flat=True)
    chance = random.Random(SEED)
    written = [
        *chance.sample(list(codes), 12),
        *(code[:3] for code in chance.sample(list(codes), 6)),
        "G4X 1A1 Gaspé",
        "laval",
        "quebec",
        "chiboogamau",
        "st simon",
        "Saint-Simon",
        "xyz",
        "nowhere at all",
        "",
    ]
    questions = [
        _question({"place": text, "need": "sante"}, "fr", [packs.EVERYWHERE], timezone.now())
        for text in written
    ]

    full = compare(directory, questions)

    tell(capsys, f"{len(questions)} places written, {full} with results")


def test_a_radius_over_borders_is_answered_from_the_packs_of_all_that_it_touches(directory, capsys):
    chance = random.Random(SEED)
    now = timezone.now()
    questions = []
    for town in chance.sample(_towns(), 40):
        query = {"lat": f"{town.point.y:.2f}", "lon": f"{town.point.x:.2f}"}
        query |= {"radius_km": str(chance.choice([WIDE, 200]))} | _narrowed(chance)
        questions.append(_question(query, "es", REGIONS, now))

    full = compare(directory, questions)

    tell(capsys, f"{len(questions)} questions over borders, {full} with results")
    assert full >= 25


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_is_open_at_a_moment_is_the_same_on_the_phone(directory, moment, monkeypatch, capsys):
    monkeypatch.setattr(timezone, "now", lambda: moment)
    chance = random.Random(SEED)
    questions = []
    for town in chance.sample(_towns(), 12):
        query = {"place": f"{town.name} ({town.region_name})", "open_now": "true"}
        query |= {"radius_km": "200"} | _narrowed(chance)
        questions.append(_question(query, "en", [packs.EVERYWHERE], moment))
    questions += [
        _question({"open_now": "true", "region": region}, "fr", [region], moment)
        for region in REGIONS
    ]

    full = compare(directory, questions)

    tell(capsys, f"{len(questions)} questions about what is open, {full} with results")
    assert full >= 20


def test_questions_in_peoples_own_words_have_the_same_answer_in_the_same_order(directory, capsys):
    now = timezone.now()
    with ASKED_IN_WORDS.open(encoding="utf-8", newline="") as file:
        asked = [(row["question"], row["page"]) for row in csv.DictReader(file)]
    questions = [
        _question({"q": text}, language, [packs.EVERYWHERE], now) for text, language in asked
    ]
    questions += [
        _question({"q": text, "region": REGIONS[number % 17]}, language, [packs.EVERYWHERE], now)
        for number, (text, language) in enumerate(asked[::6])
    ]
    questions += [
        _question({"q": text, "words": "true"}, language, [packs.EVERYWHERE], now)
        for text, language in asked[::20]
    ]

    full = compare(directory, questions)

    tell(capsys, f"{len(questions)} questions in words, {full} with results")


def test_stops_of_tours_and_alerts_are_those_of_the_server(directory, capsys):
    service = ServiceFactory()
    PhoneFactory(service=service)
    ServiceAreaFactory(service=service, area=AdminArea.objects.get(level="region", code="11"))
    tour = MobileTourFactory(service=service)
    MobileStopFactory(tour=tour, location=LocationFactory(point=GASPE), topics=["sante-dentaire"])
    MobileStopFactory(
        tour=tour, location=LocationFactory(point=PERCE), starts_at=in_days(20), languages=["mam"]
    )
    for days, codes in [(-1, {}), (-2, {"regions": ["11"]}), (-3, {"needs": ["sante"]})]:
        AlertFactory(starts_at=in_days(days), **codes)
    AlertFactory(starts_at=in_days(-4), regions=["06"], severity="critical")
    AlertFactory(starts_at=in_days(-5), regions=["11"], needs=["droits"], severity="critical")
    around = {"lat": f"{GASPE.y:.2f}", "lon": f"{GASPE.x:.2f}"}
    where = [{"region": "11"}, around, around | {"radius_km": "25"}]
    narrowed = [
        {},
        {"need": "sante"},
        {"need": "sante-dentaire"},
        {"need": "droits"},
        {"language": "mam"},
        {"language": "es"},
        {"mode": "itinerant"},
        {"open_now": "true"},
    ]
    questions = [
        _question(place | more, "fr", saved, timezone.now())
        for place, more, saved in product(where, narrowed, [["11"], [packs.EVERYWHERE]])
    ]

    full = compare(directory, questions)

    tell(capsys, f"{len(questions)} questions with stops and alerts, {full} with results")
    assert full >= 40


def test_the_api_gives_the_same_resources_to_the_question_that_the_phone_describes(directory):
    region = AdminArea.objects.regions().get(code="11")
    query = {"region": "11", "need": "sante"}
    [phone] = phone_answers(directory, [_question(query, "es", ["11"], timezone.now())])

    api = found_resources({"need": "sante"}).reached(region=region).in_order()

    assert phone["ids"] == [str(row.pk) for row in api]


def test_the_phone_measures_as_the_database_does(db):
    towns = _towns()
    origin = towns[0]
    measured = {
        tuple(town.point.coords): town.metres.m
        for town in AdminArea.objects.filter(pk__in=[town.pk for town in towns]).annotate(
            metres=Distance("point", origin.point)
        )
    }
    script = (
        "import { distance } from './frontend/src/geodesic.js';"
        "const { origin, positions } = JSON.parse(process.argv[1]);"
        "console.log(JSON.stringify(positions.map((position) => distance(origin, position))));"
    )
    given = {"origin": origin.point.coords, "positions": list(measured)}

    found = subprocess.run(
        ["node", "--input-type=module", "--eval", script, json.dumps(given)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    gaps = [
        abs(mine - theirs)
        for mine, theirs in zip(json.loads(found.stdout), measured.values(), strict=True)
    ]
    assert len(gaps) > 1000
    assert max(gaps) < 0.001
