"""Texts in the language asked for."""

from rest_framework import serializers

from geo import translation


class TextSerializer(serializers.Serializer):
    """A text, the language it is in, and how it was translated."""

    text = serializers.CharField()
    language = serializers.CharField(help_text="May differ from `lang` where no text exists.")
    state = serializers.ChoiceField(["original", "machine", "reviewed", "outdated"])


def text_of(content: dict, language: str) -> dict[str, str] | None:
    """A translated text as `TextSerializer` describes it."""
    wording = translation.wording(content, language)
    if wording is None:
        return None
    return {"text": wording.text, "language": wording.language, "state": wording.state}
