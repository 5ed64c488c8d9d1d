"""The ledger of unmet needs: `/coverage/unmet/`."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.params import Params
from api.v1.views import LANG, PROBLEMS, PublicView, query_parameter
from geo.choices import GapKind
from geo.coverage import unmet

_MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)

# Two years: a season beside the one before it.
MOST_MONTHS = 24


class MonthField(serializers.Field):
    """A month of the calendar, as 2026-11, to its first day."""

    default_error_messages = {"invalid": "Expected a month, as 2026-11."}

    def to_internal_value(self, data: str) -> date:
        """Text to the first day of the month."""
        if not _MONTH.fullmatch(data.strip()):
            self.fail("invalid")
        try:
            return date.fromisoformat(f"{data.strip()}-01")
        except ValueError:
            self.fail("invalid")


class MonthsParams(Params):
    """The months that are asked for.

    Attributes:
        months: gives those of which something can be told, the latest first.
    """

    months: Callable[[], list[date]]

    to = MonthField(required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        """The fields, with `from`, which is no name for an attribute."""
        return super().get_fields() | {"from": MonthField(required=False)}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Months in their order, and not too many; the latest of them if none is named."""
        known = self.months()
        last = attrs.get("to") or (known[0] if known else unmet.this_month())
        attrs["to"] = last
        attrs.setdefault("from", _before(last, MOST_MONTHS - 1))
        if attrs["from"] > last:
            raise serializers.ValidationError({"to": "The last month comes before the first."})
        if _before(last, MOST_MONTHS - 1) > attrs["from"]:
            raise serializers.ValidationError({"from": f"At most {MOST_MONTHS} months at a time."})
        return attrs


class UnmetParams(MonthsParams):
    """What `/coverage/unmet/` can be asked."""

    months = staticmethod(unmet.months)


def _before(month: date, months: int) -> date:
    """The first day of so many months before."""
    number = max(12, month.year * 12 + month.month - 1 - months)
    return date(number // 12, number % 12 + 1, 1)


class UnmetRowSerializer(serializers.Serializer):
    """How often help was missing in a month."""

    month = serializers.CharField()
    kind = serializers.ChoiceField(GapKind.choices)
    region = serializers.CharField(allow_null=True, help_text="Null: nobody knows.")
    need = serializers.CharField()
    language = serializers.CharField(allow_null=True, help_text="Null: none was asked for.")
    is_all_languages = serializers.BooleanField(help_text="All languages together.")
    count = serializers.IntegerField(
        allow_null=True, help_text="Null: withheld, fewer than 5 or a way to them. Never zero."
    )


class UnmetNeeds(PublicView):
    """The ledger."""

    params = UnmetParams

    @extend_schema(
        operation_id="listUnmetNeeds",
        summary="How often somebody looked for help where there was none, or was refused",
        description=(
            "Counts by month of what is over: no words, no position, no person. What was counted "
            "fewer than five times is shown to nobody."
        ),
        parameters=[
            query_parameter(
                "from", "First month.", {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}
            ),
            query_parameter(
                "to",
                f"Last month, included; at most {MOST_MONTHS} in all.",
                {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
            ),
            LANG,
        ],
        responses={
            200: inline_serializer(
                "UnmetNeeds",
                {
                    "from": serializers.CharField(),
                    "to": serializers.CharField(),
                    "rows": UnmetRowSerializer(many=True),
                },
            )
        }
        | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """Answer with the rows."""
        asked = self.read(request)
        rows = unmet.published(asked["from"], asked["to"])
        return Response(
            {
                "from": _month(asked["from"]),
                "to": _month(asked["to"]),
                "rows": [row_of(row) for row in rows],
            },
            headers={"Cache-Control": "public, max-age=3600"},
        )


def row_of(row: unmet.Row) -> dict[str, Any]:
    """A row as `UnmetRowSerializer` describes it."""
    return {
        "month": _month(row.month),
        "kind": row.kind,
        "region": row.region or None,
        "need": row.need,
        "language": row.language or None,
        "is_all_languages": row.language is unmet.ALL_LANGUAGES,
        "count": row.count,
    }


def _month(day: date) -> str:
    return f"{day:%Y}-{day:%m}"
