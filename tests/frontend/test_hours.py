"""What pages say of hours."""

import re
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from geo.models import Resource
from geo.translation import compose
from tests.factories import (
    MobileStopFactory,
    PhoneFactory,
    ScheduleExceptionFactory,
    ScheduleFactory,
    ServiceFactory,
)
from tests.places import GASPE

pytestmark = pytest.mark.usefixtures("empty_directory")

# Wednesday, 10:00 in Québec.
MORNING = datetime(2026, 11, 25, 15, tzinfo=UTC)
EVENING = datetime(2026, 11, 25, 22, tzinfo=UTC)
NEAR_GASPE = {"lat": "48.83", "lon": "-64.48"}


@pytest.fixture
def live_at(monkeypatch):
    """Live at another moment."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture(autouse=True)
def _in_the_morning(live_at):
    live_at(MORNING)


def page(client, language="en", **asked) -> str:
    response = client.get(f"/{language}/", NEAR_GASPE | asked)
    assert response.status_code == 200
    return response.content.decode().replace("\xa0", " ").replace("&#x27;", "'")


def sheet(client, service) -> str:
    response = client.get(f"/en/resources/{service.pk}/")
    assert response.status_code == 200
    return response.content.decode().replace("\xa0", " ")


def hours_of(content: str) -> str:
    """The line of hours in plain words."""
    line = content[content.index('<p class="line hours"') :].split("</p>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", line.replace("<br>", " / ")).split())


@pytest.mark.parametrize(
    ("language", "now", "evening"),
    [
        ("fr", "Ouvert · ferme à 16 h 30", "Fermé · ouvre demain à 8 h 30"),
        ("en", "Open · closes at 4:30 p.m.", "Closed · opens tomorrow at 8:30 a.m."),
        ("es", "Abierto · cierra 16:30", "Cerrado · abre mañana, 08:30"),
    ],
)
def test_each_language_has_its_own_habits(client, live_at, language, now, evening):
    ScheduleFactory(service=ServiceFactory(at=GASPE))

    assert hours_of(page(client, language)) == now
    live_at(EVENING)
    assert hours_of(page(client, language)) == evening


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "Fermé du lundi 7 décembre au vendredi 11 décembre (vacances)"),
        ("en", "Closed from Monday, December 7 to Friday, December 11 (vacation)"),
        ("es", "Cerrado del lunes 7 de diciembre al viernes 11 de diciembre (vacaciones)"),
    ],
)
def test_each_language_announces_a_closure(client, language, words):
    ScheduleExceptionFactory(
        service=ServiceFactory(at=GASPE),
        starts_on=date(2026, 12, 7),
        ends_on=date(2026, 12, 11),
        reason="vacation",
    )

    assert words in page(client, language)


def test_a_card_says_open_and_until_when(client):
    ScheduleFactory(service=ServiceFactory(at=GASPE, phone="+14185550123"))

    content = page(client)

    assert hours_of(content) == "Open · closes at 4:30 p.m."
    assert 'data-state="open" data-hours="1795564800 -300 c810o480c960' in content


def test_a_card_says_closed_and_when_it_opens(client, live_at):
    live_at(EVENING)
    ScheduleFactory(service=ServiceFactory(at=GASPE))

    assert hours_of(page(client)) == "Closed · opens tomorrow at 8:30 a.m."


def test_a_card_says_that_one_needs_an_appointment(client):
    ScheduleFactory(service=ServiceFactory(at=GASPE), by_appointment=True)

    assert hours_of(page(client)) == "By appointment"


def test_hours_that_nobody_knows_are_no_closed_door(client):
    ServiceFactory(at=GASPE, phone="+14185550123")

    content = page(client)

    assert hours_of(content) == "Hours not known: call first"
    assert "data-hours=" not in content


def test_without_a_number_nobody_is_told_to_call(client, live_at):
    live_at(datetime(2026, 12, 25, 15, tzinfo=UTC))
    ScheduleFactory(service=ServiceFactory(at=GASPE))

    content = page(client)

    assert hours_of(content) == "Public holiday: hours not known"
    assert " data-no-call" in content


def test_on_a_holiday_nobody_spoke_of_one_is_told_to_call_first(client, live_at):
    live_at(datetime(2026, 12, 25, 15, tzinfo=UTC))
    ScheduleFactory(service=ServiceFactory(at=GASPE, phone="+14185550123"))

    assert hours_of(page(client)) == "Public holiday: call first"


def test_a_text_alone_is_shown_as_it_is(client):
    ScheduleFactory(
        service=ServiceFactory(at=GASPE, phone="+14185550123"),
        opening_hours="",
        text=compose({"fr": "Deux samedis soirs par mois", "en": {"machine": "Two Saturdays"}}),
    )

    assert hours_of(page(client)) == "Two Saturdays / Call before you go."


def test_day_and_night_needs_no_hour(client):
    ScheduleFactory(service=ServiceFactory(at=GASPE), opening_hours="24/7", hours_status="always")

    assert hours_of(page(client)) == "Open / Day and night, every day"


def test_a_stop_says_its_own_day_and_no_hours_of_the_week(client, monkeypatch):
    monkeypatch.undo()
    stop = MobileStopFactory(location__point=GASPE)
    ScheduleFactory(service=stop.tour.service)

    assert '<p class="line hours"' not in page(client)


def test_a_closure_is_announced_in_words(client):
    service = ServiceFactory(at=GASPE)
    ScheduleFactory(service=service)
    ScheduleExceptionFactory(
        service=service,
        starts_on=date(2026, 12, 7),
        ends_on=date(2026, 12, 11),
        reason="vacation",
        message=compose({"fr": "Le 211 répond."}),
    )

    content = page(client)

    assert "Closed from Monday, December 7 to Friday, December 11 (vacation)" in content
    assert '<span lang="fr">Le 211 répond.</span>' in content
    # Midnight after 11 December in Québec: a phone without a signal takes it away then.
    assert 'data-told-until="1797051600"' in content


def test_other_hours_are_announced_with_their_times(client):
    service = ServiceFactory(at=GASPE)
    ScheduleExceptionFactory(
        service=service,
        starts_on=date(2026, 11, 26),
        kind="hours",
        opening_hours="10:00-12:00,13:00-14:30",
    )

    assert "Other hours on Thursday, November 26: 10 a.m. to noon, 1 p.m. to 2:30 p.m." in page(
        client
    )


def test_a_message_is_announced_for_its_days(client):
    service = ServiceFactory(at=GASPE)
    ScheduleExceptionFactory(
        service=service,
        starts_on=date(2026, 11, 25),
        kind="message",
        message=compose({"fr": "Entrée par la cour."}),
    )

    content = page(client)

    assert "On Wednesday, November 25" in content
    assert "Entrée par la cour." in content


def test_the_page_of_a_service_has_the_hours_of_seven_days(client):
    service = ServiceFactory(at=GASPE)
    ScheduleFactory(
        service=service,
        opening_hours='Mo-Fr 08:30-12:00; Sa 09:00-12:00 "sur rendez-vous"; Su unknown',
    )
    ScheduleExceptionFactory(service=service, starts_on=date(2026, 11, 27))

    content = sheet(client, service)

    table = content[content.index('<table class="week">') :].split("</table>")[0]
    rows = [
        " ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<tr.*?</tr>", table)
    ]
    assert rows == [
        "Wednesday, November 25 8:30 a.m. to noon",
        "Thursday, November 26 8:30 a.m. to noon",
        "Friday, November 27 Closed (not as usual)",
        "Saturday, November 28 9 a.m. to noon by appointment",
        "Sunday, November 29 not known: call first",
        "Monday, November 30 8:30 a.m. to noon",
        "Tuesday, December 1 8:30 a.m. to noon",
    ]
    assert table.count('scope="row"') == 7
    assert '<tr class="today"' in table


def test_a_week_that_says_no_more_than_the_words_is_left_out(client):
    service = ServiceFactory(at=GASPE)
    ScheduleFactory(service=service, opening_hours="24/7", hours_status="always")

    assert '<table class="week">' not in sheet(client, service)
    assert '<table class="week">' not in sheet(client, ServiceFactory(at=GASPE))


def test_the_source_of_hours_is_named(client):
    service = ServiceFactory(at=GASPE)
    ScheduleFactory(service=service, as_of="2019")

    assert '<a class="ref" href="#source-' in sheet(client, service).split("Hours</dt>")[1][:3000]


def test_what_is_open_now_comes_first_and_what_nobody_knows_after_a_heading(client):
    unknown = ServiceFactory(at=GASPE)
    ScheduleFactory(service=(open_ := ServiceFactory(at=GASPE)))
    ScheduleFactory(service=(closed := ServiceFactory(at=GASPE)), opening_hours="Sa 10:00-12:00")

    content = page(client, open_now="true")

    ids = {
        name: str(Resource.objects.get(service=service).pk)
        for name, service in [("unknown", unknown), ("open", open_), ("closed", closed)]
    }
    assert ids["closed"] not in content
    assert (
        content.index('<h3 class="group">Open now</h3>')
        < content.index(ids["open"])
        < content.index('<h3 class="group">Hours not known: call first</h3>')
        < content.index(f'id="r-{ids["unknown"]}"')
    )
    assert '<ol class="cards" start="2">' in content


def test_a_list_that_was_not_asked_for_what_is_open_has_no_groups(client):
    ServiceFactory(at=GASPE)
    ScheduleFactory(service=ServiceFactory(at=GASPE))

    assert '<h3 class="group">Open now' not in page(client)


def test_open_now_is_kept_by_the_form_the_languages_the_pages_and_the_map(client):
    for _number in range(25):
        ScheduleFactory(service=ServiceFactory(at=GASPE))

    content = page(client, open_now="true")

    assert re.search(r'<input type="checkbox" name="open_now" value="true"[^>]*checked', content)
    assert re.search(r'href="/fr/\?[^"]*open_now=true', content)
    assert re.search(r'rel="next" href="\?[^"]*open_now=true', content)
    assert re.search(r'data-query="[^"]*open_now=true', content)
    assert "checked" not in page(client).split('name="open_now"')[1].split(">")[0]


def test_open_now_alone_is_a_question(client):
    ScheduleFactory(service=ServiceFactory(covering=["24"], phone="+18005550123"))

    content = client.get("/en/", {"open_now": "true"}).content.decode()

    assert '<h3 class="group">Open now</h3>' in content


def test_the_words_of_the_phone_are_on_every_page(client):
    for path in ("/fr/", "/fr/regions/", "/fr/a-propos/"):
        response = client.get(path)
        if response.status_code == 200:
            assert '<template id="hours-words" data-open=' in response.content.decode()


def test_the_number_of_queries_does_not_grow_with_hours(client, django_assert_max_num_queries):
    def make(number):
        for _each in range(number):
            service = ServiceFactory(at=GASPE)
            ScheduleFactory(service=service)
            ScheduleExceptionFactory(service=service, starts_on=date(2026, 11, 27))
            PhoneFactory(service=service)

    make(3)
    page(client, open_now="true")
    with django_assert_max_num_queries(40) as few:
        page(client, open_now="true")
    make(17)
    with django_assert_max_num_queries(len(few)):
        page(client, open_now="true")
