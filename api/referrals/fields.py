"""Fields of what software sends. None of them repeats what was sent when it refuses it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from geo.choices import SERVICE_LANGUAGES
from geo.models import NeedTerm, Organization, Partner
from geo.referrals.consent import TEXTS

NOTHING_PERSONAL = (
    "No personal data is accepted here, in any member: the person carries the code, and is spoken "
    "of by voice."
)

SPOKEN = [code for code in SERVICE_LANGUAGES if code != "mul"]

MOST_ORGANIZATIONS = 10


def word_field(choices: Iterable[Any], **kwargs: Any) -> serializers.ChoiceField:
    """One word of a closed list."""
    listed = list(choices)
    expected = ", ".join(serializers.ChoiceField(listed).choices)
    refusal: dict[str, Any] = {"invalid_choice": f"Unknown value. Expected one of: {expected}."}
    return serializers.ChoiceField(listed, error_messages=refusal, **kwargs)


def key_field(**kwargs: Any) -> serializers.UUIDField:
    """The identifier of something."""
    return serializers.UUIDField(error_messages={"invalid": "Expected a UUID."}, **kwargs)


@extend_schema_field({"type": "boolean"})
class YesNoField(serializers.Field):
    """`true` or `false`, and no word that means the same."""

    default_error_messages = {"invalid": "Expected true or false."}

    def to_internal_value(self, data: Any) -> bool:
        """The value as it is."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return data

    def to_representation(self, value: bool) -> bool:
        """The value as it is."""
        return value


@extend_schema_field({"type": "integer", "enum": sorted(TEXTS)})
class VersionField(serializers.Field):
    """The number of a version of a text."""

    default_error_messages = {
        "invalid": f"Expected one of: {', '.join(map(str, TEXTS))}, as numbers."
    }

    def to_internal_value(self, data: Any) -> int:
        """A whole number of JSON: 1.0 is one too."""
        if isinstance(data, bool) or not isinstance(data, int | float) or data not in TEXTS:
            self.fail("invalid")
        return int(data)


@extend_schema_field({"type": "string", "maxLength": 20})
class CodeField(serializers.Field):
    """The code that a person shows, as it is written."""

    default_error_messages = {"invalid": "Expected a code of 8 signs, as text."}

    def to_internal_value(self, data: Any) -> str:
        """Text."""
        if not isinstance(data, str) or len(data) > 20:
            self.fail("invalid")
        return data


class Sent(serializers.Serializer):
    """An object that software sends. A member that nobody declared is refused, and not kept."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what is not declared, then read the rest."""
        if isinstance(data, Mapping):
            expected = ", ".join(self.fields) or "none"
            wrong = {
                # A name of a member may be anything: cut, it still says which one is meant.
                str(name)[:40]: f"Unknown member. Expected some of: {expected}. {NOTHING_PERSONAL}"
                for name in data
                if name not in self.fields
            }
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)

    @classmethod
    def read(cls, data: Any) -> dict[str, Any]:
        """The typed values of a body.

        Raises:
            ValidationError: a member is wrong; says which and what it wants.
        """
        sent = cls(data=data)
        sent.is_valid(raise_exception=True)
        return sent.validated_data


class NothingSent(Sent):
    """No member at all."""


def read_need(code: str) -> NeedTerm:
    """The need of a code of level 1.

    Raises:
        ValidationError: there is no such need.
    """
    need = NeedTerm.objects.filter(parent=None, code=code).first()
    if need is None:
        raise serializers.ValidationError(
            "Unknown need. Expected a code of level 1; /api/v1/needs/ lists them."
        )
    return need


def read_organizations(keys: Iterable[UUID]) -> list[Organization]:
    """Organizations of the network that take referrals.

    Raises:
        ValidationError: one of them is none.
    """
    wanted = set(keys)
    partners = Partner.objects.receiving().filter(organization__in=wanted)
    found = [partner.organization for partner in partners.select_related("organization")]
    if len(found) < len(wanted):
        raise serializers.ValidationError(
            "Expected organizations of the network that take referrals."
        )
    return found


def read_organization(key: UUID) -> Organization:
    """An organization of the network that takes referrals.

    Raises:
        ValidationError: it is none.
    """
    return read_organizations([key])[0]
