"""Pages, below `/fr/`, `/en/` and `/es/`."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.utils.translation import gettext_lazy as _

from frontend.views import home, information, regions, resources


class RegionCode(StringConverter):
    """The two digits of a region: `11` in `11-gaspesie-iles-de-la-madeleine`."""

    regex = r"\d\d"


register_converter(RegionCode, "region_code")

urlpatterns = [
    path("", home.home, name="home"),
    path("regions/", regions.region_list, name="region-list"),
    path("regions/<region_code:code>/", regions.region),
    path("regions/<region_code:code>-<slug:slug>/", regions.region, name="region"),
    path(_("resources/<uuid:resource_id>/"), resources.resource, name="resource"),
    path(_("about/"), information.about, name="about"),
    path(_("sources/"), information.sources, name="sources"),
    path(_("privacy/"), information.privacy, name="privacy"),
]
