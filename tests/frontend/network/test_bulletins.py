"""The page of bulletins: who reads, who writes, who takes back, and that nobody else sees them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django_otp.plugins.otp_static.models import StaticDevice

from geo.models import Bulletin, OutboxMail
from geo.referrals import bulletins
from geo.translation import compose
from tests.network import coordinator, member, organization, region

pytestmark = pytest.mark.django_db

MARK = "Fermeture inventée du comptoir"


@pytest.fixture
def url():
    return reverse("network-bulletins")


def sign_in(client, user):
    """Signed in, and twice: coordinators have to."""
    client.force_login(user)
    device = StaticDevice.objects.create(user=user, name="test")
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    return user


def standing(by, *codes, **columns) -> Bulletin:
    now = timezone.now()
    made = Bulletin(
        organization=by,
        starts_at=now,
        expires_at=now + timedelta(days=7),
        **{"text": compose({"fr": MARK, "es": "Cierre inventado"})} | columns,
    )
    bulletins.publish(made, regions=[region(code) for code in codes])
    return made


def written(**fields):
    return {
        "severity": "warn",
        "text_fr": MARK,
        "until": (timezone.localdate() + timedelta(days=3)).isoformat(),
        "regions": ["11"],
    } | fields


def test_an_anonymous_visitor_is_sent_to_the_door(client, url, settings):
    settings.LOGIN_URL = "/door/"
    standing(organization("11"))
    response = client.get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/door/?next=")
    assert client.post(url, written()).status_code == 302
    assert Bulletin.objects.count() == 1


def test_an_account_that_belongs_nowhere_is_refused(client, url):
    sign_in(client, member(organization(admitted=False)))
    assert client.get(url).status_code == 403


def test_a_member_reads_the_bulletins_of_the_own_region_with_severity_in_words(client, url):
    standing(organization("06"), "11", severity="critical")
    standing(organization("06"), "01", text=compose({"fr": "Ailleurs inventé"}))
    sign_in(client, member(organization("11"), "viewer"))
    page = client.get(url).content.decode()
    assert MARK in page
    assert "<strong>Danger</strong>" in page
    assert "sign-warning" in page
    assert "Ailleurs inventé" not in page
    everywhere = client.get(url, {"region": "all"}).content.decode()
    assert "Ailleurs inventé" in everywhere


def test_a_reader_of_spanish_reads_spanish(client):
    standing(organization("06"))
    sign_in(client, member(organization("11")))
    with override("es"):
        page = client.get(reverse("network-bulletins"))
    assert "Cierre inventado" in page.content.decode()


def test_a_viewer_neither_sees_the_form_nor_may_use_it(client, url):
    sign_in(client, member(organization("11"), "viewer"))
    assert 'name="text_fr"' not in client.get(url).content.decode()
    assert client.post(url, written()).status_code == 403
    assert not Bulletin.objects.exists()


def test_an_editor_publishes_and_the_others_get_a_mail(client, url):
    author, other = member(organization("11")), member(organization("11"))
    sign_in(client, author)
    response = client.post(url, written(text_es="Cierre", needs=[]))
    assert (response.status_code, response["Location"]) == (302, url)
    made = Bulletin.objects.get()
    assert (made.organization, made.author) == (author.membership.organization, author)
    assert made.last_day == timezone.localdate() + timedelta(days=3)
    assert set(made.text) == {"fr", "es"}
    assert [mail.user for mail in OutboxMail.objects.filter(kind="bulletin")] == [other]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text_fr": ""}, "text_fr"),
        ({"text_fr": "Appelez le 514 555-0123"}, "text_fr"),
        ({"text_es": "Escriba a alguien@example.org"}, "text_es"),
        ({"text_fr": "x" * 601}, "text_fr"),
        ({"severity": "huge"}, "severity"),
        ({"until": "2001-01-01"}, "until"),
        ({"until": (timezone.localdate() + timedelta(days=61)).isoformat()}, "until"),
        ({"regions": ["99"]}, "regions"),
    ],
)
def test_what_may_not_be_published_comes_back_with_its_error_at_the_field(
    client, url, fields, field
):
    sign_in(client, member(organization("11")))
    response = client.post(url, written(**fields))
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert f'id="new-{field}_error"' in response.content.decode()
    assert not Bulletin.objects.exists()
    assert not OutboxMail.objects.exists()


def test_the_organization_in_the_form_is_that_of_the_account_whatever_is_sent(client, url):
    author, other = member(organization("11")), organization("06")
    sign_in(client, author)
    client.post(url, written(organization=str(other.pk), author=str(other.pk)))
    assert Bulletin.objects.get().organization == author.membership.organization


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (lambda own: member(own), 302),
        (lambda own: member(own, "viewer"), 404),
        (lambda own: member(organization("11"), "admin"), 404),
        (lambda own: coordinator("11"), 302),
        (lambda own: coordinator("06"), 404),
    ],
)
def test_who_may_take_a_bulletin_back(client, who, status):
    own = organization("01")
    made = standing(own, "11")
    sign_in(client, who(own))
    response = client.post(reverse("network-bulletin-withdraw", args=[made.pk]))
    assert response.status_code == status
    assert Bulletin.objects.current().exists() is (status == 404)


def test_a_bulletin_is_not_taken_back_by_a_link(client):
    own = organization("01")
    made = standing(own)
    sign_in(client, member(own))
    assert client.get(reverse("network-bulletin-withdraw", args=[made.pk])).status_code == 405


def test_the_text_to_paste_holds_the_news_and_names_no_tool(client, url):
    standing(organization("06"), "11", severity="warn")
    sign_in(client, member(organization("11")))
    text = client.get(url).context["digest"]
    assert MARK in text
    assert region("11").name in text
    assert "http" not in text
    assert "Repère" not in text


def test_no_cache_keeps_the_page(client, url):
    sign_in(client, member(organization("11")))
    assert "no-store" in client.get(url)["Cache-Control"]


@pytest.mark.parametrize(
    "public",
    [
        "/fr/",
        "/fr/?region=11",
        "/api/v1/resources?region=11",
        "/api/v1/alerts/",
        "/api/v1/alerts",
        "/fr/packs/11.json",
        "/api/v1/schema/",
    ],
)
def test_the_public_sees_no_bulletin(client, public):
    standing(organization("11"))
    response = client.get(public, follow=True)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert MARK not in body.decode()


def test_the_number_of_queries_does_not_grow_with_the_bulletins(
    client, url, django_assert_max_num_queries
):
    here = organization("11")
    for _number in range(12):
        standing(here, "11")
    sign_in(client, member(here))
    with django_assert_max_num_queries(25):
        client.get(url)
