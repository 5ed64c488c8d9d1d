"""Pages, below `/fr/`, `/en/` and `/es/`."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter
from django.utils.translation import gettext_lazy as _

from frontend.views import (
    calendars,
    coverage,
    coverage_plans,
    coverage_report,
    favourites,
    feedback,
    handout,
    home,
    information,
    offline,
    packs,
    printing,
    projects,
    quick_exit,
    regions,
    resources,
    tours,
    unmet,
    who_does_what,
)
from frontend.views.network import code


class RegionCode(StringConverter):
    """The two digits of a region: `11` in `11-gaspesie-iles-de-la-madeleine`."""

    regex = r"\d\d"


class MrcCode(StringConverter):
    """The digits of an MRC: `040` in `040-la-haute-gaspesie`."""

    regex = r"\d{3}"


class PackCode(StringConverter):
    """A region, or the whole province."""

    regex = r"\d\d|all"


register_converter(RegionCode, "region_code")
register_converter(MrcCode, "mrc_code")
register_converter(PackCode, "pack_code")

urlpatterns = [
    path("", home.home, name="home"),
    path("regions/", regions.region_list, name="region-list"),
    path("regions/<region_code:code>/", regions.region),
    path("regions/<region_code:code>-<slug:slug>/", regions.region, name="region"),
    path(
        _("regions/<region_code:code>-<slug:slug>/leaflet.pdf"),
        printing.region_leaflet,
        name="region-leaflet",
    ),
    path(
        _("mrc/<mrc_code:code>-<slug:slug>/leaflet.pdf"),
        printing.mrc_leaflet,
        name="mrc-leaflet",
    ),
    path(
        _("coverage/<region_code:code>-<slug:slug>/report.pdf"),
        coverage_report.coverage_report,
        name="coverage-report",
    ),
    path(_("poster.pdf"), printing.province_poster, name="poster"),
    path(_("resources/<uuid:resource_id>/"), resources.resource, name="resource"),
    path(_("resources/<uuid:resource_id>/card.pdf"), printing.resource_card, name="resource-card"),
    path("packs/", packs.pack_list, name="pack-list"),
    path("packs/<pack_code:code>.json", packs.pack, name="pack"),
    path("packs/areas.json", packs.areas, name="pack-areas"),
    path("packs/vocabulary.json", packs.vocabulary, name="pack-vocabulary"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path(_("offline/"), offline.offline, name="offline"),
    path(_("tours/"), tours.tour_list, name="tour-list"),
    path(_("tours/<uuid:tour_id>/"), tours.tour, name="tour"),
    path(
        "calendars/regions/<region_code:code>.ics",
        calendars.region_calendar,
        name="region-calendar",
    ),
    path("calendars/tours/<uuid:tour_id>.ics", calendars.tour_calendar, name="tour-calendar"),
    path("calendars/stops/<uuid:stop_id>.ics", calendars.stop_calendar, name="stop-calendar"),
    path(_("resources/<uuid:resource_id>/feedback/"), feedback.feedback, name="feedback"),
    path(
        _("resources/<uuid:resource_id>/feedback/thanks/"),
        feedback.thanks,
        name="feedback-thanks",
    ),
    path(_("coverage/unmet-needs/"), unmet.unmet_needs, name="unmet-needs"),
    path(_("coverage/who-does-what/"), who_does_what.who_does_what, name="who-does-what"),
    path(_("coverage/projects/"), projects.projects, name="projects"),
    path(_("favourites/"), favourites.favourites, name="favourites"),
    path(_("list/"), handout.handout, name="handout"),
    path("exit/", quick_exit.leave, name="exit"),
    path(_("coverage/next/"), coverage_plans.where_next, name="coverage-next"),
    path(_("coverage/what-if/"), coverage_plans.try_changes, name="coverage-what-if"),
    path(_("coverage/"), coverage.overview, name="coverage"),
    path(_("coverage/method/"), coverage.method, name="coverage-method"),
    path(_("coverage/<region_code:code>-<slug:slug>/"), coverage.region, name="coverage-region"),
    path(
        _("coverage/<region_code:code>-<slug:slug>/<slug:need>/"),
        coverage.cell,
        name="coverage-cell",
    ),
    path(_("code/"), code.worker_code, name="worker-code"),
    path(_("code/done/"), code.done, name="worker-code-done"),
    path(_("network/"), include("frontend.network_urls")),
    path(_("about/"), information.about, name="about"),
    path(_("sources/"), information.sources, name="sources"),
    path(_("privacy/"), information.privacy, name="privacy"),
]
