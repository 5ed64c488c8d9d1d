"""What keeps people safe, and what tells whom a service is for."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import override

from frontend.forms import SearchForm
from geo.choices import SERVICE_LANGUAGES
from geo.imports.fixtures import key
from geo.models import EligibilityRule, Organization, Phone, Service
from tests.factories import PhoneFactory, ServiceFactory
from tests.places import GASPE, PERCE

pytestmark = pytest.mark.django_db

ABUSE_LINE = key("service", "service-canada-signalement-tet")


def content(response) -> str:
    assert response.status_code == 200
    return response.content.decode().replace("&#x27;", "'").replace("\xa0", " ")


def sheet(client, service, language="en") -> str:
    with override(language):
        return content(client.get(reverse("resource", args=[service.pk])))


# The strip of emergency numbers


def test_the_line_for_abuse_is_the_directory_s(client):
    page = content(client.get("/en/about/"))
    Phone.objects.filter(service=ABUSE_LINE).update(number="+18005550123")
    changed = content(client.get("/en/about/"))

    assert 'href="tel:+18666029448"' in page
    assert "1 866 602-9448" in page
    assert "Abuse at work" in page
    assert "tel:+18666029448" not in changed
    assert 'href="tel:+18005550123"' in changed


@pytest.mark.parametrize("doubt", ["number", "service", "status", "organization"])
def test_the_line_for_abuse_is_gone_when_the_directory_doubts_it(client, doubt):
    service = Service.objects.get(pk=ABUSE_LINE)
    if doubt == "number":
        Phone.objects.filter(service=service).update(trust="to_verify")
    if doubt == "service":
        Service.objects.filter(pk=service.pk).update(
            review_status="to_verify", review_reason="other"
        )
    if doubt == "status":
        Service.objects.filter(pk=service.pk).update(status="defunct")
    if doubt == "organization":
        Organization.objects.filter(pk=service.organization_id).update(is_public=False)

    page = content(client.get("/en/about/"))

    assert "602-9448" not in page
    assert 'href="tel:911"' in page


def test_no_number_but_the_short_ones_is_written_in_a_template(settings):
    for path in (settings.BASE_DIR / "frontend" / "templates").rglob("*.html"):
        numbers = re.findall(r"tel:(\+?\d+)", path.read_text(encoding="utf-8"))
        assert set(numbers) <= {"911", "811", "211"}, path


def test_pages_for_errors_show_the_number_that_was_last_read(rf, client, django_assert_num_queries):
    from frontend.views import errors

    cache.clear()
    unread = errors.server_error(rf.get("/fr/")).content.decode()
    client.get("/fr/")
    with django_assert_num_queries(0):
        read = errors.server_error(rf.get("/fr/")).content.decode()

    assert "tel:911" in unread
    assert "602-9448" not in unread
    assert "tel:+18666029448" in read


# Languages


@pytest.mark.usefixtures("empty_directory")
def test_only_languages_that_some_public_service_has_can_be_chosen(client):
    ServiceFactory(at=GASPE, speaks=["es", "mul"])
    ServiceFactory(at=GASPE, hidden=True, speaks=["vi"])
    service = ServiceFactory(at=GASPE)
    PhoneFactory(service=service, languages=["ht"])
    PhoneFactory(service=service, languages=["zh"], number="+15145550124", trust="to_verify")

    form = SearchForm(client.get("/en/").wsgi_request.GET, language="en")

    offered = [code for code, _name in form.fields["language"].choices]
    assert offered == ["", "es", "ht", "mul"]


@pytest.mark.usefixtures("empty_directory")
def test_a_language_that_nobody_has_any_more_is_still_what_was_asked(client):
    ServiceFactory(at=GASPE, speaks=["es"], covering=["24"])

    page = content(client.get("/en/", {"language": "vi"}))

    assert "Nothing is listed for this question." in page
    assert "Search without “Vietnamese”" in page


def test_every_language_is_known_by_name():
    assert all(str(name) for name in SERVICE_LANGUAGES.values())


@pytest.mark.usefixtures("empty_directory")
def test_a_line_says_its_languages_on_the_card_and_on_the_sheet(client):
    service = ServiceFactory(at=GASPE, needs=["sante-clinique"])
    PhoneFactory(service=service, languages=["es", "fr"])

    card = content(client.get("/en/", {"need": "sante-clinique"}))

    assert '<span class="tongues">Spanish, French</span>' in card
    assert "Spanish, French" in sheet(client, service)


# Whom a service is for


def rule(service, targeting, dimension="", values=(), **fields):
    EligibilityRule.objects.create(
        service=service,
        targeting=targeting,
        dimension=dimension,
        values=list(values),
        source=service.source,
        as_of="2026-11",
        confidence="A",
        **fields,
    )


@pytest.mark.usefixtures("empty_directory")
@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([("open_to_all",)], "Open to everyone"),
        ([("exclusive", "nationality", ["MX"])], "Only for: Mexican nationality"),
        ([("priority", "sector", ["agriculture", "fishing"])], "First for: farm work, fishing"),
        ([("excluded", "permit", ["open"])], "Not for: open work permit"),
        ([("exclusive", "age", ["16-35"])], "Only for: age 16–35"),
        ([("exclusive", "nationality", ["ZZ"])], "Only for: ZZ"),
    ],
)
def test_whom_a_service_is_for_is_said_in_words(client, rules, words):
    service = ServiceFactory(at=GASPE, needs=["sante-clinique"])
    for each in rules:
        rule(service, *each)

    assert words in sheet(client, service)
    card = content(client.get("/en/", {"need": "sante-clinique"}))
    assert words in card
    assert "for whom" not in card


@pytest.mark.usefixtures("empty_directory")
def test_what_nobody_wrote_down_is_said_to_be_unknown(client):
    service = ServiceFactory(at=GASPE, needs=["sante-clinique"])

    page = sheet(client, service)

    assert '<dt>For whom</dt><dd class="unknown">Not stated: ask</dd>' in page
    card = content(client.get("/en/", {"need": "sante-clinique"}))
    assert "Not known: languages, cost, for whom, papers." in card


@pytest.mark.usefixtures("empty_directory")
def test_a_card_says_what_is_known_of_papers_and_employer(client):
    ServiceFactory(at=GASPE, papers_asked=False, employer_told=False, ramq_needed=True)

    card = content(client.get("/en/", {"place": "Gaspé"}))

    assert "No papers asked for · Health card (RAMQ) needed · The employer is not told" in card


def test_consulates_of_the_starter_data_say_whom_they_serve(client):
    service = Service.objects.get(pk=key("service", "consulat-mexique-montreal"))

    assert "Only for: Mexican nationality" in sheet(client, service)


# Without a car


@pytest.mark.usefixtures("empty_directory")
def test_what_drives_near_a_place_comes_before_the_map(client):
    service = ServiceFactory(at=GASPE)
    far = ServiceFactory(at=PERCE, needs=["transport-bus"])  # 41 km
    near = ServiceFactory(at=GASPE, needs=["transport-navette"], phone="+14185550177")
    bicycle = ServiceFactory(at=GASPE, needs=["transport-velo"])

    page = sheet(client, service)

    ways = page[page.index("Without a car") : page.index('href="geo:')]
    assert str(near.service_at_locations.get().pk) in ways
    assert "418 555-0177" in ways
    for other in (far, bicycle):
        assert str(other.service_at_locations.get().pk) not in ways


@pytest.mark.usefixtures("empty_directory")
def test_where_nothing_drives_the_page_says_so_and_who_may_come_is_asked(client):
    service = ServiceFactory(at=GASPE, delivery_modes=["on_site", "outreach_visit"])
    still = ServiceFactory(at=GASPE, delivery_modes=["on_site"])

    assert "No bus or shuttle is listed near this place." in sheet(client, service)
    assert "ask if they can come to you" in sheet(client, service)
    assert "ask if they can come to you" not in sheet(client, still)


# What is kept


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_the_list_of_what_is_kept_is_an_empty_frame_that_asks_nothing(client, language):
    with override(language):
        address = reverse("favourites")

    page = content(client.get(address))

    assert "<noscript>" in page
    assert re.search(r'<ol class="cards">\s*</ol>', page)


@pytest.mark.usefixtures("empty_directory")
def test_every_card_and_sheet_has_a_star_with_a_name(client):
    service = ServiceFactory(at=GASPE, needs=["sante-clinique"])
    place = service.service_at_locations.get().pk

    for page in [content(client.get("/en/", {"need": "sante"})), sheet(client, service)]:
        star = re.search(r'<button type="button" class="star"[^>]*>', page)[0]
        assert 'aria-pressed="false"' in star
        assert 'aria-label="Keep on this phone: Service inventé' in star
        assert f'data-star="{place}"' in star


# Titles


WORDS_THAT_TELL = re.compile(
    r"abus|travail|\bwork|trabaj|employ|patron|droit|derech|rights|permi|immigr|migra|\bTET\b|TFW|"
    r"étranger|foreign|extranj|violence|violencia|aide|help|ayuda|urgen|danger|peligro",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_no_title_or_description_tells_who_looks_over_a_shoulder(client, language):
    """What an employer would see: the tab, the history, the preview of a link."""
    some = Service.objects.get(pk=ABUSE_LINE)
    with override(language):
        paths = [
            *(reverse(name) for name in ("home", "region-list", "about", "privacy", "sources")),
            reverse("favourites"),
            reverse("worker-code"),
            reverse("worker-code-done"),
            reverse("region", kwargs={"code": "06", "slug": "montreal"}),
            reverse("resource", args=[some.pk]),
            reverse("feedback", args=[some.pk]),
            reverse("feedback-thanks", args=[some.pk]),
            f"/{language}/nowhere/",
        ]
    for path in paths:
        page = client.get(path).content.decode()
        head = page[: page.index("</head>")]
        said = re.findall(r"<title>(.*?)</title>", head, re.DOTALL)
        said += re.findall(r'<meta (?:name|property)="[^"]+" content="([^"]*)"', head)
        assert "Repère" in said[0]
        assert [text for text in said if WORDS_THAT_TELL.search(text)] == [], path


def test_no_template_gives_a_title_that_tells(settings):
    for path in (settings.BASE_DIR / "frontend" / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for title in re.findall(r"{% block (?:title|description) %}(.*?){% endblock %}", text):
            assert not WORDS_THAT_TELL.search(title), path
