"""The admin edits everything, keeps a history, and loads nothing from elsewhere."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.forms import SelectMultiple
from django.urls import reverse

from geo.models import Location, NeedTerm, Service, User
from tests.factories import ServiceFactory, UserFactory
from tests.network import verified_login
from tests.places import MONTREAL

pytestmark = pytest.mark.django_db

MODELS = [model for model in admin.site._registry if model._meta.app_label == "geo"]


@pytest.fixture
def editor(client):
    verified_login(client, UserFactory(is_staff=True, is_superuser=True))
    return client


def values_of(form_page):
    """What a browser would send back from a form of the admin, unchanged."""
    values = {}
    for part in [
        form_page.context["adminform"].form,
        *(f for s in form_page.context["inline_admin_formsets"] for f in s.formset.forms),
        *(s.formset.management_form for s in form_page.context["inline_admin_formsets"]),
    ]:
        for bound in part:
            widget = bound.field.widget
            value = bound.value()
            if hasattr(widget, "decompress") and not isinstance(value, list):
                for number, each in enumerate(widget.decompress(value)):
                    values[f"{bound.html_name}{widget.widgets_names[number]}"] = each or ""
            elif isinstance(value, bool):
                if value:
                    values[bound.html_name] = "on"
            elif isinstance(getattr(widget, "widget", widget), SelectMultiple):
                values[bound.html_name] = value or []
            elif isinstance(value, list):
                values[bound.html_name] = ",".join(map(str, value))
            else:
                values[bound.html_name] = "" if value is None else bound.field.prepare_value(value)
    return {name: "" if value is None else value for name, value in values.items()}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_list_can_be_read_and_searched(editor, model):
    url = reverse(f"admin:geo_{model._meta.model_name}_changelist")

    assert editor.get(url).status_code == 200
    if admin.site._registry[model].search_fields:
        assert editor.get(url, {"q": "québec"}).status_code == 200


@pytest.mark.parametrize(
    "model",
    # A load and a visitor write these.
    [m for m in MODELS if m.__name__ not in {"FixtureLoad", "Feedback"}],
    ids=lambda model: model.__name__,
)
def test_everything_can_be_added(editor, model):
    url = reverse(f"admin:geo_{model._meta.model_name}_add")

    response = editor.get(url)

    assert response.status_code == 200
    assert "https://" not in response.content.decode().split("<body", 1)[0]


def test_the_public_sees_no_admin(client):
    response = client.get("/admin/")

    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]


def test_a_change_is_kept_with_its_author_and_what_changed(editor, empty_directory):
    service = ServiceFactory(at=MONTREAL)
    url = reverse("admin:geo_service_change", args=[service.pk])
    values = values_of(editor.get(url))
    values |= {
        "description_fr": "Une description inventée",
        "description_fr_state": "original",
        "description_es": "Una descripción inventada",
        "description_es_state": "machine",
    }

    response = editor.post(url, values)

    assert response.status_code == 302, response.context["errors"]
    service.refresh_from_db()
    assert service.description["es"]["state"] == "machine"
    assert service.description["es"]["of"] == "fr"
    entry = LogEntry.objects.get(object_id=str(service.pk))
    assert "escription" in entry.get_change_message()
    history = editor.get(reverse("admin:geo_service_history", args=[service.pk]))
    assert str(entry.user) in history.content.decode()


def test_a_translation_without_an_original_is_refused_in_words(editor, empty_directory):
    service = ServiceFactory(at=MONTREAL)
    url = reverse("admin:geo_service_change", args=[service.pk])
    values = values_of(editor.get(url))
    values |= {"name_fr": "", "name_es": "Ayuda inventada", "name_es_state": "machine"}

    response = editor.post(url, values)

    assert response.status_code == 200
    assert response.context["adminform"].form.errors["name"]


def test_the_queue_holds_what_has_to_be_verified(editor):
    url = reverse("admin:geo_service_changelist")

    waiting = editor.get(url, {"queue": "to_verify"}).context["cl"].queryset
    public = editor.get(url, {"queue": "public"}).context["cl"].queryset

    assert {service.review_status for service in waiting} == {"to_verify"}
    assert waiting.count() == Service.objects.filter(review_status="to_verify").count() > 40
    assert public.count() == Service.objects.public().count()


def test_a_point_is_edited_on_a_map_without_a_third_party(editor):
    place = Location.objects.exclude(point=None).first()

    page = editor.get(reverse("admin:geo_location_change", args=[place.pk])).content.decode()

    assert "leaflet/leaflet" in page
    assert "admin_basemap" in page
    assert "openstreetmap" not in page


def test_the_region_of_a_place_cannot_be_typed(editor):
    place = Location.objects.exclude(point=None).first()

    page = editor.get(reverse("admin:geo_location_change", args=[place.pk]))

    assert "region" not in page.context["adminform"].form.fields


def test_accounts_are_made_by_their_address(editor):
    response = editor.post(
        reverse("admin:geo_user_add"),
        {
            "email": "newcomer@example.org",
            "name": "",
            "usable_password": "true",
            "password1": "a long invented password",
            "password2": "a long invented password",
        },
    )

    assert response.status_code == 302
    user = User.objects.get(email="newcomer@example.org")
    assert user.check_password("a long invented password")
    assert user.password.startswith("argon2")


def test_needs_that_services_carry_cannot_be_deleted(editor):
    term = NeedTerm.objects.filter(services__isnull=False).first()

    page = editor.post(reverse("admin:geo_needterm_delete", args=[term.pk]), {"post": "yes"})

    assert NeedTerm.objects.filter(pk=term.pk).exists()
    assert page.status_code == 200
