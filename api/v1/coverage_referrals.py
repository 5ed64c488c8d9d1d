"""What is left of referrals between organizations: `/coverage/referrals/`."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.coverage_unmet import MOST_MONTHS, MonthsParams
from api.v1.views import LANG, PROBLEMS, PublicView, query_parameter
from geo.choices import RefusalReason
from geo.referrals import measure, statistics
from geo.referrals.figures import Figure

MONTH = {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}


class ReferralParams(MonthsParams):
    """What `/coverage/referrals/` can be asked."""

    months = staticmethod(measure.months)


class ReferralRowSerializer(serializers.Serializer):
    """How many referrals of a month; a dimension that is null stands for all."""

    month = serializers.CharField(help_text="In which they were written.")
    region_of_person = serializers.CharField(allow_null=True)
    region_of_receiver = serializers.CharField(allow_null=True)
    need = serializers.CharField(allow_null=True)
    outcome = serializers.ChoiceField(
        [str(end) for end in measure.ENDS],
        allow_null=True,
        help_text="`accepted` whether the person came or not; `expired`: nobody answered.",
    )
    refusal_reason = serializers.ChoiceField(RefusalReason.choices, allow_null=True)
    count = serializers.IntegerField(
        allow_null=True, help_text="Null: withheld, fewer than 5 or a way to them. Never zero."
    )
    median_hours = serializers.IntegerField(
        allow_null=True, help_text="Half were accepted or refused within so many hours."
    )


class ReferralFigures(PublicView):
    """The published figures of the network."""

    params = ReferralParams

    @extend_schema(
        operation_id="listReferralFigures",
        summary="How referrals between organizations ended, by month",
        description=(
            "Of each month that is erased, 90 days after its first day: need by outcome, region of "
            "the person by outcome, region of the receiver by outcome, region by region, reasons "
            "of refusals, and their totals. Fewer than five are shown to nobody, and no "
            "subtraction brings them back. A combination without a row is zero."
        ),
        parameters=[
            query_parameter("from", "First month.", MONTH),
            query_parameter("to", f"Last month, included; at most {MOST_MONTHS} in all.", MONTH),
            LANG,
        ],
        responses={
            200: inline_serializer(
                "ReferralFigures",
                {
                    "from": serializers.CharField(),
                    "to": serializers.CharField(),
                    "rows": ReferralRowSerializer(many=True),
                },
            )
        }
        | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        """Answer with the rows."""
        asked = self.read(request)
        wanted = [month for month in measure.months() if asked["from"] <= month <= asked["to"]]
        return Response(
            {
                "from": f"{asked['from']:%Y-%m}",
                "to": f"{asked['to']:%Y-%m}",
                "rows": [
                    row_of(month, figure)
                    for month, figures in statistics.kept(wanted).items()
                    for figure in figures
                ],
            },
            headers={"Cache-Control": "public, max-age=3600"},
        )


def row_of(month: date, figure: Figure) -> dict[str, Any]:
    """A row as `ReferralRowSerializer` describes it."""
    return {
        "month": f"{month:%Y-%m}",
        "region_of_person": figure.cell.from_region or None,
        "region_of_receiver": figure.cell.to_region or None,
        "need": figure.cell.need or None,
        "outcome": figure.cell.outcome or None,
        "refusal_reason": figure.cell.reason or None,
        "count": figure.count,
        "median_hours": figure.median_hours,
    }
