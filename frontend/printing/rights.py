"""Whose data a sheet of paper shows; the same words as the page of the sources."""

from django.utils.translation import gettext as _


def rights() -> str:
    """The sentences that the licences ask for, in the language in use."""
    return " ".join(
        [
            _(
                "Source: ministère des Affaires municipales et de l'Habitation, Répertoire des "
                "municipalités, November 2023, Données Québec, CC BY 4.0. Data modified."
            ),
            _("Positions: GeoNames (geonames.org), 2022, CC BY 4.0. Data modified."),
            _(
                "Contains information licensed under the Open Government Licence – Canada: "
                "Statistics Canada, Open Database of Healthcare Facilities, version 1.1, 2020. "
                "Statistics Canada does not endorse this product."
            ),
            _("Base map: Natural Earth (public domain)."),
        ]
    )
