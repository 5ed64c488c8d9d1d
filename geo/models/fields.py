"""Field types that several models share."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from geo import translation


def validate_translated(content) -> None:
    """Refuse what is not a translated text (see `geo.translation`)."""
    if not isinstance(content, dict):
        raise ValidationError(_("A translated text is an object keyed by language."))
    for language, entry in content.items():
        if not isinstance(entry, dict) or not str(entry.get("text", "")).strip():
            raise ValidationError(
                _("The text in “%(language)s” is empty."), params={"language": language}
            )
        if entry.get("state") not in translation.STORED_STATES:
            raise ValidationError(
                _("The text in “%(language)s” has no known state."), params={"language": language}
            )


class TranslatedField(models.JSONField):
    """A text in several languages, stored as `geo.translation` describes; `{}` if there is none."""

    default_validators = [validate_translated]

    def __init__(self, *args, **kwargs) -> None:
        """Take `JSONField`'s arguments; the default is no text."""
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)
