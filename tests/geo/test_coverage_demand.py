"""From published figures to workers at demand points."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage.demand import Difference, Figure, Municipality, Split, latest_period, spread

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
TODAY = date(2026, 11, 21)

# An invented region of three places and an MRC.
TOWN = Municipality("90001", "01", "900", 20_000, has_position=True)
VILLAGE = Municipality("90002", "01", "900", 1_000, has_position=True)
HAMLET = Municipality("90003", "01", "", 4_000, has_position=True)
PLACES = [TOWN, VILLAGE, HAMLET]


def read(name):
    with (FIXTURES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def published():
    """The figures that the product carries."""
    return [
        Figure(
            "region",
            row["region"],
            row["sector"],
            "lmia_positions",
            date.fromisoformat(row["period_starts_on"]),
            date.fromisoformat(row["period_ends_on"]),
            int(row["value"]),
            "ESDC",
            {"fr": {"text": row["caveats"], "state": "original"}},
        )
        for row in read("demand/lmia_positions.csv")
    ]


@pytest.fixture(scope="module")
def quebec():
    """The municipalities that the product carries."""
    return [
        Municipality(
            row["code"],
            row["region_code"],
            row["mrc_code"],
            int(row["population"] or 0) or None,
            has_position=bool(row["latitude"]),
        )
        for row in read("areas/municipalities.csv")
    ]


def figure(value, sector="agricultural", year=2023, **changes):
    """Of region 01, of a whole year."""
    facts = {
        "level": "region",
        "code": "01",
        "sector": sector,
        "measure": "lmia_positions",
        "starts_on": date(year, 1, 1),
        "ends_on": date(year, 12, 31),
        "value": value,
        "source": "ESDC",
    }
    return Figure(**facts | changes)


def quarter(number, value, sector="agricultural", year=2023, **changes):
    first = date(year, 3 * number - 2, 1)
    last = date(year, 3 * number, 31 if number in (1, 4) else 30)
    return figure(value, sector, starts_on=first, ends_on=last, **changes)


def estimate(value, sector="agricultural", level="mrc", code="900", **changes):
    """Of a partner, for a season."""
    season = {"starts_on": date(2025, 5, 1), "ends_on": date(2025, 10, 31)}
    facts = {"measure": "partner_estimate", "source": "Invented partner", **season}
    return figure(value, sector, level=level, code=code, **facts | changes)


def workers(demand, code):
    row = demand.codes.index(code)
    return demand.agricultural[row], demand.other[row]


# The latest complete year


def test_the_latest_complete_year_of_the_real_lists_is_2023(published):
    year = latest_period(published, TODAY)

    assert (year.starts_on, year.ends_on) == (date(2023, 1, 1), date(2023, 12, 31))
    assert year.regions["11"] == Split(agricultural=16, other=929)  # 945 positions
    assert sum(split.total for split in year.regions.values()) == 60_328


def test_a_half_year_and_two_quarters_are_a_year(published):
    year = latest_period(published, date(2018, 6, 1))

    assert year.ends_on == date(2017, 12, 31)
    assert year.regions["11"].total == 69


def test_a_region_that_no_list_of_a_quarter_names_had_no_position_then(published):
    year = latest_period(published, date(2019, 1, 1))

    assert year.regions["11"] == Split(unsplit=144)  # no list of early 2018 names it
    assert "10" not in year.regions


def test_a_past_day_never_sees_later_figures(published):
    assert latest_period(published, date(2023, 12, 30)).ends_on.year == 2022
    assert latest_period(published, date(2023, 12, 31)).ends_on.year == 2023
    assert latest_period(published, date(2017, 12, 30)) is None


def test_a_year_without_one_quarter_is_not_complete():
    three = [quarter(number, 10) for number in (1, 3, 4)]

    assert latest_period(three, TODAY) is None
    assert latest_period([*three, quarter(2, 5)], TODAY).regions["01"].agricultural == 35


def test_one_region_cannot_complete_a_year_for_the_others():
    others = [quarter(n, 10, code=code) for n in (1, 3, 4) for code in ("02", "03")]
    earlier = [figure(8, year=2022, code=code) for code in ("01", "02", "03")]

    year = latest_period([*others, *earlier, figure(40)], TODAY)

    assert year.ends_on.year == 2022


def test_a_figure_of_the_year_stands_for_its_quarters():
    quarters = [quarter(number, 10) for number in (1, 2, 3, 4)]

    year = latest_period([*quarters, figure(55)], TODAY)

    assert year.regions["01"].agricultural == 55


def test_one_region_corrected_by_a_year_leaves_the_others_their_quarters():
    quarters = [quarter(n, 10, code=code) for n in (1, 2, 3, 4) for code in ("01", "02", "03")]

    year = latest_period([*quarters, figure(55)], TODAY)

    assert year.regions == {
        "01": Split(agricultural=55),
        "02": Split(agricultural=40),
        "03": Split(agricultural=40),
    }


# The spread


def test_farm_work_follows_the_population_up_to_the_cap_and_other_work_follows_all_of_it():
    demand = spread([figure(100), figure(250, "other")], PLACES, TODAY)

    assert workers(demand, "90001") == pytest.approx((50, 200))  # 5,000 of 10,000; 20 of 25
    assert workers(demand, "90002") == pytest.approx((10, 10))
    assert workers(demand, "90003") == pytest.approx((40, 40))
    assert demand.differences == ()


def test_the_cap_is_a_parameter():
    demand = spread([figure(100)], PLACES, TODAY, cap=1_000)

    assert demand.agricultural == pytest.approx([100 / 3] * 3)


def test_gaspesie_keeps_its_945_positions_of_2023(published, quebec):
    demand = spread(published, quebec, TODAY)

    rows = [n for n, code in enumerate(demand.codes) if region_of(quebec)[code] == "11"]
    assert demand.agricultural[rows].sum() == pytest.approx(16, abs=1e-9)
    assert demand.other[rows].sum() == pytest.approx(929, abs=1e-9)
    # Gaspé has 15,260 of the 90,000 residents who count, and 5,000 of 68,265 under the cap.
    assert workers(demand, "03005") == pytest.approx((16 * 5_000 / 68_265, 929 * 15_260 / 90_000))


def region_of(quebec):
    return {place.code: place.region for place in quebec}


def test_every_region_keeps_its_total_and_only_places_with_people_and_a_position_have_any(
    published, quebec
):
    demand = spread(published, quebec, TODAY)

    sums = dict.fromkeys((place.region for place in quebec), 0.0)
    for code, total in zip(demand.codes, demand.total, strict=True):
        sums[region_of(quebec)[code]] += total
    expected = {c: s.total for c, s in latest_period(published, TODAY).regions.items()}
    assert sums == pytest.approx(expected, abs=1e-9)
    assert demand.differences == ()
    assert len(demand.without_position) == 64
    assert len(demand.without_population) == 9
    left_out = {*demand.without_position, *demand.without_population}
    assert all(workers(demand, code) == (0, 0) for code in left_out)


def test_what_no_municipality_can_take_is_said():
    nowhere = Municipality("90004", "02", "", None, has_position=True)

    demand = spread([figure(30), figure(7, code="02")], [*PLACES, nowhere], TODAY)

    assert demand.differences == (Difference("region", "02", "agricultural", 7, 0),)


def test_what_is_not_split_is_split_by_the_regions_share_of_the_nearest_year():
    split = [figure(30, year=2022), figure(10, "other", year=2022)]
    older = [figure(5, year=2021), figure(95, "other", year=2021)]

    demand = spread([*split, *older, figure(200, "all")], PLACES, TODAY)

    assert demand.agricultural.sum() == pytest.approx(150)
    assert demand.other.sum() == pytest.approx(50)
    assert demand.vintage.unsplit == 0


def test_a_region_that_tells_no_share_takes_the_provinces():
    others = [figure(60, code="02"), figure(40, "other", code="02")]
    elsewhere = Municipality("90005", "02", "", 800, has_position=True)

    demand = spread([*others, figure(200, "all")], [*PLACES, elsewhere], TODAY)

    assert demand.agricultural[:3].sum() == pytest.approx(120)


def test_a_handful_of_split_positions_tells_nothing_of_the_others(published, quebec):
    # The lists of 2018 split 38 of 17,533.
    demand = spread(published, quebec, date(2019, 6, 1))

    assert demand.vintage.unsplit == 17_495
    assert demand.total.sum() == pytest.approx(17_533, abs=1e-6)


def test_without_a_complete_year_demand_is_unknown_and_not_zero():
    demand = spread([quarter(1, 10)], PLACES, TODAY)

    assert demand.total.sum() == 0
    assert demand.ended_on == (None, None, None)
    assert demand.vintage.ends_on is None
    assert demand.vintage.age_years is None


# Finer figures


def test_a_figure_of_a_municipality_replaces_what_the_spread_gives_there():
    better = estimate(80, level="municipality", code="90002")

    demand = spread([figure(100), better], PLACES, TODAY)

    assert demand.agricultural == pytest.approx([50, 80, 40])
    assert demand.differences == (
        Difference("region", "01", "agricultural", 100, pytest.approx(170)),
    )
    assert demand.vintage.finer == (better,)
    assert demand.vintage.sources == ("ESDC", "Invented partner")


def test_a_figure_of_an_mrc_is_spread_inside_it_and_leaves_the_rest():
    demand = spread([figure(100), estimate(120)], PLACES, TODAY)

    assert demand.agricultural == pytest.approx([100, 20, 40])


def test_the_finest_figure_wins_inside_a_coarser_one():
    demand = spread(
        [figure(100), estimate(120), estimate(1, level="municipality", code="90002")],
        PLACES,
        TODAY,
    )

    assert demand.agricultural == pytest.approx([100, 1, 40])
    assert [d.level for d in demand.differences] == ["region", "mrc"]


def test_a_figure_of_one_sector_leaves_the_other_one():
    demand = spread([figure(100), figure(250, "other"), estimate(0)], PLACES, TODAY)

    assert workers(demand, "90001") == pytest.approx((0, 200))


def test_a_finer_figure_that_is_not_split_takes_the_regions_share():
    base = [figure(80), figure(20, "other")]

    demand = spread([*base, estimate(60, "all")], PLACES, TODAY)

    assert demand.agricultural[:2].sum() == pytest.approx(48)
    assert demand.other[:2].sum() == pytest.approx(12)


def test_a_village_needs_no_known_population_for_a_figure_of_its_own():
    uncounted = Municipality("90006", "01", "", None, has_position=True)

    demand = spread(
        [figure(10), estimate(25, level="municipality", code="90006")],
        [*PLACES, uncounted],
        TODAY,
    )

    assert workers(demand, "90006") == (25, 0)


def test_a_figure_of_a_place_that_nobody_can_draw_is_said_and_not_placed():
    hidden = Municipality("90007", "01", "", 300, has_position=False)

    demand = spread(
        [figure(10), estimate(25, level="municipality", code="90007")], [*PLACES, hidden], TODAY
    )

    assert workers(demand, "90007") == (0, 0)
    assert demand.differences == (Difference("municipality", "90007", "agricultural", 25, 0),)


def test_the_latest_finer_figure_wins_and_an_old_or_future_one_is_not_used():
    old = estimate(1, starts_on=date(2021, 5, 1), ends_on=date(2021, 10, 31))
    last = estimate(2, starts_on=date(2024, 5, 1), ends_on=date(2024, 10, 31))
    future = estimate(3, starts_on=date(2027, 5, 1), ends_on=date(2027, 10, 31))

    def placed(*figures, day=TODAY):
        demand = spread([figure(100), *figures], PLACES, day)
        return round(float(demand.agricultural[:2].sum()), 9)

    assert placed(old, last, estimate(4), future) == 4
    assert placed(old, last, future) == 2
    assert placed(old, future) == 60
    assert placed(old, day=date(2024, 6, 1)) == 1


def test_of_the_same_days_a_partner_on_the_spot_comes_before_permits():
    permits = estimate(300, measure="permits")

    demand = spread([figure(100), permits, estimate(60)], PLACES, TODAY)

    assert demand.agricultural[:2].sum() == pytest.approx(60)


def test_quarters_of_the_base_measure_are_added_up_for_an_mrc_too():
    inside = [quarter(n, 15, level="mrc", code="900") for n in (1, 2, 3, 4)]
    alone = [quarter(4, 15, level="mrc", code="900")]

    whole = spread([figure(100), *inside], PLACES, TODAY)
    part = spread([figure(100), *alone], PLACES, TODAY)

    assert whole.agricultural[:2].sum() == pytest.approx(60)
    # A quarter alone is no year: it would say a fourth of the truth.
    assert part.agricultural == pytest.approx([50, 10, 40])
    inside_2022 = [quarter(n, 45, year=2022, level="mrc", code="900") for n in (1, 2, 3, 4)]
    older = spread([figure(100), *inside_2022], PLACES, date(2024, 1, 1))
    assert older.agricultural[:2].sum() == pytest.approx(180)


def test_permits_of_a_region_replace_its_base_if_they_are_as_recent():
    permits = estimate(500, level="region", code="01", measure="permits")
    before = estimate(
        500,
        level="region",
        code="01",
        measure="permits",
        starts_on=date(2023, 1, 1),
        ends_on=date(2023, 6, 30),
    )

    assert spread([figure(100), permits], PLACES, TODAY).total.sum() == pytest.approx(500)
    day = date(2024, 1, 1)
    assert spread([figure(100), before], PLACES, day).total.sum() == pytest.approx(100)


def test_the_vintage_says_what_the_numbers_rest_on(published, quebec):
    demand = spread(published, quebec, date(2024, 12, 31))

    assert demand.vintage.measure == "lmia_positions"
    assert demand.vintage.ends_on == date(2023, 12, 31)
    assert demand.vintage.age_years == pytest.approx(366 / 365.25)
    assert demand.vintage.sources == ("ESDC",)
    assert len(demand.vintage.caveats) == 2  # those of Gaspésie speak of fish plants
    assert set(demand.ended_on) == {date(2023, 12, 31)}


def test_the_age_of_a_number_is_that_of_its_oldest_figure():
    demand = spread(
        [figure(100), figure(50, "other"), estimate(4, level="municipality", code="90002")],
        PLACES,
        TODAY,
    )
    both = spread(
        [figure(100), estimate(4, "all", level="municipality", code="90002")], PLACES, TODAY
    )

    assert demand.ended_on == (date(2023, 12, 31),) * 3
    assert both.ended_on[1] == date(2025, 10, 31)


@pytest.mark.parametrize(
    ("figures", "places", "cap", "message"),
    [
        ([figure(-1)], PLACES, 5_000, "not negative"),
        ([figure(1)], [TOWN, TOWN], 5_000, "twice"),
        ([figure(1)], PLACES, 0, "cap"),
    ],
)
def test_nonsense_is_refused(figures, places, cap, message):
    with pytest.raises(ValueError, match=message):
        spread(figures, places, TODAY, cap=cap)


# Properties


@st.composite
def provinces(draw):
    """Municipalities of three regions, and a complete year of figures for them."""
    drawn = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["01", "02", "03"]),
                st.sampled_from(["", "1", "2"]),
                st.none() | st.integers(0, 3_000_000),
                st.booleans(),
            ),
            max_size=12,
        )
    )
    places = [
        Municipality(f"{n:05}", region, mrc and f"{region}{mrc}", people, has_position=there)
        for n, (region, mrc, people, there) in enumerate(drawn)
    ]
    figures = [
        figure(draw(st.integers(0, 100_000)), sector, code=code)
        for code in ("01", "02", "03")
        for sector in ("agricultural", "other", "all")
    ]
    return places, figures


@given(provinces())
def test_the_total_of_a_region_is_kept_exactly_or_its_difference_is_named(province):
    places, figures = province
    demand = spread(figures, places, TODAY)

    missing = {(d.code, d.sector): d.published - d.placed for d in demand.differences}
    for code in ("01", "02", "03"):
        rows = [n for n, place in enumerate(places) if place.region == code]
        takers = [place for place in places if place.region == code and place.takes_part]
        published = sum(f.value for f in figures if f.code == code)
        placed = demand.total[rows].sum()
        lost = sum(missing.get((code, sector), 0) for sector in ("agricultural", "other"))
        assert placed + lost == pytest.approx(published, rel=1e-12, abs=1e-9)
        assert placed == pytest.approx(published if takers else 0, rel=1e-12, abs=1e-9)


@given(provinces())
def test_no_number_is_negative_and_none_is_where_nobody_lives_or_nothing_is_drawn(province):
    places, figures = province
    demand = spread(figures, places, TODAY)

    for place, agricultural, other in zip(places, demand.agricultural, demand.other, strict=True):
        assert agricultural >= 0
        assert other >= 0
        if not place.takes_part:
            assert agricultural == other == 0


@given(provinces())
def test_of_two_places_of_a_region_the_larger_has_no_fewer_workers(province):
    places, figures = province
    demand = spread(figures, places, TODAY)

    rows = [n for n, place in enumerate(places) if place.takes_part]
    for one in rows:
        for two in rows:
            if (
                places[one].region == places[two].region
                and places[one].population <= places[two].population
            ):
                assert demand.agricultural[one] <= demand.agricultural[two]
                assert demand.other[one] <= demand.other[two]


@given(provinces(), st.integers(0, 10_000))
def test_more_positions_in_a_region_take_workers_from_nobody(province, more):
    places, figures = province
    raised = [
        figure(f.value + more, f.sector, code=f.code) if f.sector != "all" else f for f in figures
    ]
    split = [f for f in figures if f.sector != "all"]
    split_raised = [f for f in raised if f.sector != "all"]

    before, after = spread(split, places, TODAY), spread(split_raised, places, TODAY)

    assert (after.agricultural >= before.agricultural - 1e-9).all()
    assert (after.other >= before.other - 1e-9).all()


@given(provinces(), st.integers(0, 50_000), st.sampled_from(["011", "022", "031"]))
def test_a_figure_of_an_mrc_changes_nothing_outside_it(province, value, mrc):
    places, figures = province
    before = spread(figures, places, TODAY)
    after = spread([*figures, estimate(value, "all", code=mrc)], places, TODAY)

    rows = [n for n, place in enumerate(places) if place.mrc != mrc]
    inside = [n for n, place in enumerate(places) if place.mrc == mrc]
    assert (after.total[rows] == before.total[rows]).all()
    takers = [place for place in places if place.mrc == mrc and place.takes_part]
    assert after.total[inside].sum() == pytest.approx(value if takers else 0, abs=1e-6)
