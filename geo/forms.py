"""Form fields of the admin for what Django has no widget for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from geo import translation

_STATES = [
    (translation.ORIGINAL, _("written in this language")),
    (translation.MACHINE, _("machine translation")),
    (translation.REVIEWED, _("reviewed translation")),
]


class TranslatedWidget(forms.MultiWidget):
    """For each language a box for the text, and how it came to be."""

    template_name = "geo/translated.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Make a pair of inputs for each language."""
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {}
        for language in translation.LANGUAGES:
            text = {"rows": 2, "cols": 70, "lang": language, "aria-label": language}
            widgets[language] = forms.Textarea(text | (attrs or {}))
            widgets[f"{language}_state"] = forms.Select(
                {"aria-label": f"{language} – {_('state')}"}, choices=_STATES
            )
        super().__init__(widgets)

    def decompress(self, value: dict[str, Any] | None) -> list[str]:
        """The stored text as the values of the inputs."""
        values = []
        for language in translation.LANGUAGES:
            entry = (value or {}).get(language, {})
            values += [entry.get("text", ""), entry.get("state", translation.ORIGINAL)]
        return values


class TranslatedFormField(forms.MultiValueField):
    """A text in several languages. A translation is bound to the wording it was made from.

    Saving a translation says that it fits the original as it stands now.
    """

    widget = TranslatedWidget

    def __init__(self, **kwargs: Any) -> None:
        """Take a form field's arguments; those of `JSONField` mean nothing here."""
        for name in ("encoder", "decoder"):
            kwargs.pop(name, None)
        fields = [
            field
            for _language in translation.LANGUAGES
            for field in (
                forms.CharField(required=False),
                forms.ChoiceField(choices=_STATES, required=False),
            )
        ]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, Any]:
        """The values of the inputs as the stored text."""
        texts: dict[str, Any] = {}
        for number, language in enumerate(translation.LANGUAGES):
            text, state = data_list[2 * number : 2 * number + 2] if data_list else ("", "")
            if text and text.strip():
                original = state in ("", translation.ORIGINAL)
                texts[language] = text if original else {state: text}
        if self.required and not texts:
            raise ValidationError(_("Write this in one language at least."))
        try:
            return translation.compose(texts)
        except ValueError as error:
            raise ValidationError(
                _("A translation needs a text that is “written in this language”.")
            ) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the text or a state differs from what is stored."""
        try:
            return (initial or {}) != self.clean(data)
        except ValidationError:
            return True
