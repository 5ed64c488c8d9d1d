"""Opening hours in the grammar of OpenStreetMap."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]  # its stub


def validate_hours(expression: str) -> None:
    """Refuse what is not OpenStreetMap's `opening_hours` grammar.

    Raises:
        ValidationError: the expression cannot be parsed.
    """
    try:
        OpeningHours(expression)
    except ParserError as error:
        raise ValidationError(
            _("“%(hours)s” is not in the grammar of opening_hours, as Mo-Fr 08:00-16:00; PH off."),
            params={"hours": expression},
        ) from error
