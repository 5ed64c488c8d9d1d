"""Alerts: for whom, how long, and in what order."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from geo.alerts import alerts_for
from geo.models import AdminArea, Alert
from tests.factories import AlertFactory, OrganizationFactory, UserFactory, in_days
from tests.geo.test_admin import values_of
from tests.network import verified_login

pytestmark = pytest.mark.usefixtures("empty_directory")


def region(code):
    return AdminArea.objects.regions().get(code=code)


def test_an_alert_expires_by_itself():
    alert = AlertFactory()

    assert list(alerts_for(None, timezone.now())) == [alert]
    assert not alerts_for(None, alert.expires_at).exists()
    assert not alerts_for(None, alert.starts_at - timedelta(seconds=1)).exists()


def test_an_alert_of_a_region_is_for_that_region_only():
    everywhere = AlertFactory()
    gaspesie = AlertFactory(regions=["11", "01"])

    now = timezone.now()
    assert set(alerts_for(region("11"), now)) == {everywhere, gaspesie}
    assert set(alerts_for(region("06"), now)) == {everywhere}
    assert set(alerts_for(None, now)) == {everywhere}


def test_an_alert_about_a_need_is_for_those_who_ask_for_it_or_for_nothing():
    anything = AlertFactory()
    health = AlertFactory(needs=["sante"])

    now = timezone.now()
    assert set(alerts_for(None, now)) == {anything, health}
    assert set(alerts_for(None, now, need="sante")) == {anything, health}
    assert set(alerts_for(None, now, need="sante-clinique")) == {anything, health}
    assert set(alerts_for(None, now, need="droits")) == {anything}


def test_danger_comes_first_then_the_latest():
    info = AlertFactory(severity="info", starts_at=in_days(-1))
    old = AlertFactory(severity="warn", starts_at=in_days(-3))
    new = AlertFactory(severity="warn", starts_at=in_days(-2))
    danger = AlertFactory(severity="critical", starts_at=in_days(-5))

    assert list(alerts_for(None, timezone.now())) == [danger, new, old, info]


@pytest.mark.parametrize("wrong", [{"is_public": False}, {"verified_status": "suspended"}])
def test_an_alert_of_a_body_that_is_not_public_is_not_shown(wrong):
    AlertFactory(organization=OrganizationFactory(**wrong))

    assert not alerts_for(None, timezone.now()).exists()


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"expires_at": in_days(61)}, "alert_expires_within_60_days"),
        ({"expires_at": in_days(-2)}, "alert_expires_within_60_days"),
        ({"severity": "panic"}, "alert_severity_is_known"),
        ({"text": {}}, "alert_has_a_text"),
        ({"confidence": "C"}, "alert_is_not_doubtful"),
    ],
)
def test_the_database_refuses(wrong, rule):
    with pytest.raises(IntegrityError, match=rule):
        AlertFactory(**wrong)


@pytest.mark.parametrize("days", [-2, 61])
def test_an_alert_without_a_proper_end_is_refused_in_words(days):
    alert = AlertFactory()
    alert.expires_at = in_days(days)

    with pytest.raises(ValidationError) as refused:
        alert.full_clean()

    assert "expires_at" in refused.value.message_dict


def test_an_editor_writes_an_alert_that_stands_for_a_week(client):
    verified_login(client, UserFactory(is_staff=True, is_superuser=True))
    organization = OrganizationFactory()
    url = reverse("admin:geo_alert_add")
    values = values_of(client.get(url)) | {
        "organization": organization.pk,
        "text_fr": "Avis inventé",
        "source": organization.source_id,
    }
    for name in ("starts_at", "expires_at"):
        values[f"{name}_0"], values[f"{name}_1"] = str(values[f"{name}_0"]), values[f"{name}_1"]

    saved = client.post(url, values)

    assert saved.status_code == 302, saved.context["errors"]
    alert = Alert.objects.get()
    assert alert.expires_at - alert.starts_at == timedelta(days=7)
    shown = client.get(reverse("admin:geo_alert_changelist"), {"now": "current"})
    assert list(shown.context["cl"].queryset) == [alert]


def test_editors_see_which_alerts_are_over(client):
    verified_login(client, UserFactory(is_staff=True, is_superuser=True))
    expired = AlertFactory(starts_at=in_days(-20))
    to_come = AlertFactory(starts_at=in_days(2))
    url = reverse("admin:geo_alert_changelist")

    assert list(client.get(url, {"now": "expired"}).context["cl"].queryset) == [expired]
    assert list(client.get(url, {"now": "to_come"}).context["cl"].queryset) == [to_come]
