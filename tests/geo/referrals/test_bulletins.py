"""Bulletins stand for a while, reach those whom they concern, and leave."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from geo.models import AdminArea, Bulletin, NeedTerm, OutboxMail
from geo.referrals import bulletins
from geo.translation import compose
from tests.factories import ServiceFactory
from tests.network import coordinator, member, organization, region

pytestmark = pytest.mark.django_db


def bulletin(by=None, **columns) -> Bulletin:
    now = timezone.now()
    columns = {
        "organization": by or organization(),
        "text": compose({"fr": "La route 132 est fermée à Cap-Inventé."}),
        "starts_at": now,
        "expires_at": now + timedelta(days=7),
    } | columns
    return Bulletin(**columns)


def published(by=None, *, regions=(), needs=(), **columns) -> Bulletin:
    made = bulletin(by, **columns)
    bulletins.publish(
        made,
        regions=[region(code) for code in regions],
        needs=NeedTerm.objects.filter(code__in=needs),
    )
    return made


def told(made: Bulletin) -> set:
    return {mail.user for mail in OutboxMail.objects.filter(kind="bulletin", bulletin=made)}


def test_a_bulletin_for_all_is_told_to_every_member_but_its_author():
    here, there = organization("06"), organization("11")
    author, colleague, far = member(here), member(here, "viewer"), member(there)
    assert told(published(here, author=author)) == {colleague, far}


def test_a_bulletin_for_a_region_is_told_there_and_nowhere_else():
    near, far = member(organization("11")), member(organization("06"))
    assert told(published(regions=["11"])) == {near}
    assert far not in told(published(regions=["11"]))


def test_a_bulletin_about_a_need_is_told_to_those_who_answer_it():
    answering, other, ended = organization("11"), organization("11"), organization("11")
    leaf = NeedTerm.objects.filter(parent__code="droits").first()
    ServiceFactory(organization=answering, needs=[leaf.code])
    ServiceFactory(organization=other, needs=["sante"])
    ServiceFactory(organization=ended, needs=["droits"], ended=True)
    people = [member(each) for each in (answering, other, ended)]
    assert told(published(needs=["droits"])) == {people[0]}


def test_who_wants_no_mail_gets_none_and_who_wants_one_a_day_waits_for_it():
    here = organization("11")
    member(here, mail_frequency="never")
    daily = member(here, mail_frequency="daily")
    mail = OutboxMail.objects.get(bulletin=published(regions=["11"]))
    assert (mail.user, mail.in_digest) == (daily, True)


def test_an_organization_that_was_not_admitted_or_is_suspended_is_not_told():
    member(organization("11", admitted=False))
    member(organization("11", verified_status="suspended"))
    assert told(published(regions=["11"])) == set()


def test_a_bulletin_that_is_refused_leaves_neither_a_row_nor_a_mail():
    member(organization("11"))
    with pytest.raises(ValidationError):
        bulletins.publish(bulletin(expires_at=timezone.now() + timedelta(days=61)))
    assert not Bulletin.objects.exists()
    assert not OutboxMail.objects.exists()


def test_a_bulletin_disappears_by_the_clock():
    made = published()
    current = Bulletin.objects.current
    assert list(current(made.expires_at - timedelta(seconds=1))) == [made]
    assert not current(made.expires_at).exists()


def test_the_last_day_is_whole_and_never_beyond_sixty_days():
    now = timezone.make_aware(timezone.datetime(2026, 11, 24, 15))
    end = bulletins.end_of(date(2026, 11, 30), now)
    assert timezone.localtime(end).isoformat() == "2026-12-01T00:00:00-05:00"
    assert bulletin(starts_at=now, expires_at=end).last_day == date(2026, 11, 30)
    assert bulletins.end_of(date(2027, 1, 23), now) == now + timedelta(days=60)


def test_the_organization_and_the_coordinators_of_its_regions_may_withdraw():
    here = organization("06")
    made, of_all = published(here, regions=["11", "01"]), published(here)
    may = Bulletin.objects.withdrawable_by
    assert set(may(member(here))) == {made, of_all}
    assert set(may(member(here, "viewer"))) == set()
    assert set(may(member(organization("11"), "admin"))) == set()
    assert set(may(coordinator("11"))) == {made, of_all}
    assert set(may(coordinator("06"))) == {of_all}


def test_what_is_withdrawn_stands_no_more_and_keeps_its_first_moment():
    made = published()
    bulletins.withdraw(made)
    made.refresh_from_db()
    first = made.withdrawn_at
    bulletins.withdraw(made)
    made.refresh_from_db()
    assert first is not None
    assert made.withdrawn_at == first
    assert not Bulletin.objects.current().exists()


def test_a_bulletin_about_no_region_is_about_each_and_danger_comes_first():
    info, danger = published(), published(severity="critical", regions=["11"])
    elsewhere = published(regions=["06"])
    found = Bulletin.objects.current().about(region("11")).gravest_first()
    assert list(found) == [danger, info]
    assert elsewhere not in found


def test_bulletins_are_erased_ninety_days_after_their_end():
    started = timezone.now() - timedelta(days=120)
    old = published(starts_at=started, expires_at=started + timedelta(days=20))
    kept = published(starts_at=started, expires_at=started + timedelta(days=40))
    assert bulletins.erase_old(timezone.localdate()) == 1
    assert list(Bulletin.objects.all()) == [kept]
    assert bulletins.erase_old(timezone.localdate()) == 0
    assert old.pk not in Bulletin.objects.values_list("pk", flat=True)


def test_the_regions_of_a_bulletin_are_those_that_were_chosen():
    made = published(regions=["11"], needs=["droits"])
    assert list(made.regions.all()) == [AdminArea.objects.regions().get(code="11")]
    assert [term.code for term in made.needs.all()] == ["droits"]
