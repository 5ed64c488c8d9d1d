"""Where a project stood on a day, as far as its dates tell."""

from datetime import date

import pytest

from geo.choices import LifeStatus
from geo.coverage.projects import active_in, status_on, unsure_in
from geo.models import AdminArea

PILOT = date(2021, 6, 30)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "status"),
    [
        ("2021-03-04", "2021-12-15", "active"),
        ("2021-03-04", "2021-06-30", "active"),  # the last day is included
        ("2021-06-30", "2021-07", "active"),
        ("2021-07", "2021-12-15", "planned"),
        ("2022", "", "planned"),
        ("2020-01-01", "2021-06-29", "ended"),
        ("", "2020", "ended"),
        ("2021", "2021-12-15", "unknown"),  # begun in which month?
        ("2021-03", "2021", "unknown"),  # over in which month?
        ("2021-06", "2022", "active"),  # on the last day of June it has surely begun
        ("2021-03-04", "", "unknown"),
        ("", "2021-12-15", "unknown"),
        ("", "", "unknown"),
    ],
)
def test_the_status_of_a_day_is_what_the_dates_say_and_no_more(starts_on, ends_on, status):
    assert status_on(starts_on, ends_on, PILOT) == LifeStatus(status)


@pytest.mark.django_db
def test_projects_of_a_region_are_those_that_name_it():
    mauricie = AdminArea.objects.regions().get(code="04")

    assert [row.code for row in active_in(mauricie, PILOT)] == ["sana-shawinigan-tet"]
    assert active_in(mauricie, date(2021, 7, 1)) == []
    assert [row.code for row in unsure_in(mauricie, PILOT)] == ["sana-maskinonge-pdi"]
