"""Where help is missing: demand, costs of travel, and the runs that measure coverage."""

import uuid
from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.choices import (
    CoverageBasis,
    CoverageClass,
    CoverageStatus,
    DemandMeasure,
    DemandSector,
    GapKind,
)
from geo.models.areas import AdminArea
from geo.models.directory import Location
from geo.models.fields import TranslatedField
from geo.models.provenance import Sourced
from geo.querysets import CoverageCellQuerySet, CoverageRunQuerySet, DemandEstimateQuerySet


class DemandEstimate(Sourced):
    """How many workers there may be in an area, in a period, by one way of counting.

    Never a person, a farm or an employer. A figure says what it does not tell: the caveat is
    printed wherever the figure serves.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area = models.ForeignKey(
        AdminArea, on_delete=models.PROTECT, related_name="demand_estimates", verbose_name=_("area")
    )
    measure = models.CharField(_("what is counted"), max_length=20, choices=DemandMeasure)
    sector = models.CharField(_("sector"), max_length=12, choices=DemandSector)
    period_starts_on = models.DateField(_("first day of the period"))
    period_ends_on = models.DateField(_("last day of the period"))
    value = models.PositiveIntegerField(_("value"))
    method = models.TextField(_("how it was made"), blank=True)
    caveat = TranslatedField(_("what it does not tell"))

    objects = DemandEstimateQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("demand estimate")
        verbose_name_plural = _("demand estimates")
        ordering = ["area", "period_ends_on", "sector", "pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(
                fields=["area", "measure", "sector", "period_starts_on", "period_ends_on"],
                name="demandestimate_once",
            ),
            models.CheckConstraint(
                condition=models.Q(period_ends_on__gte=models.F("period_starts_on")),
                name="demandestimate_ends_after_its_start",
            ),
            models.CheckConstraint(
                condition=models.Q(measure__in=DemandMeasure.values),
                name="demandestimate_measure_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(sector__in=DemandSector.values),
                name="demandestimate_sector_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(caveat__has_keys=["fr", "en", "es"]),
                name="demandestimate_caveat_in_three_languages",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}, {self.sector}, {self.period_ends_on}: {self.value}"

    @property
    def identity(self) -> tuple[uuid.UUID, str, str, date, date]:
        """What makes it this figure and no other: area, measure, sector, first and last day."""
        return (
            self.area_id,
            self.measure,
            self.sector,
            self.period_starts_on,
            self.period_ends_on,
        )


class TravelCost(Sourced):
    """The way by road from a municipality to another one, or to one place of help.

    Where there is a row it takes precedence over the estimate by the distance as the crow flies;
    a row to a place takes precedence over one to its municipality.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    origin = models.ForeignKey(
        AdminArea,
        on_delete=models.CASCADE,
        related_name="+",
        limit_choices_to={"level": "municipality"},
        verbose_name=_("from the municipality"),
    )
    destination_area = models.ForeignKey(
        AdminArea,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"level": "municipality"},
        verbose_name=_("to the municipality"),
    )
    destination_location = models.ForeignKey(
        Location,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to the place"),
    )
    km = models.FloatField(_("kilometres by road"))
    minutes = models.FloatField(_("minutes"), null=True, blank=True)

    class Meta(Sourced.Meta):
        verbose_name = _("cost of travel")
        verbose_name_plural = _("costs of travel")
        ordering = ["origin", "pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(destination_area=None, destination_location__isnull=False)
                | models.Q(destination_area__isnull=False, destination_location=None),
                name="travelcost_to_an_area_or_to_a_place",
            ),
            models.CheckConstraint(
                condition=models.Q(km__gte=0) & (models.Q(minutes=None) | models.Q(minutes__gte=0)),
                name="travelcost_is_not_negative",
            ),
            models.UniqueConstraint(
                fields=["origin", "destination_area"], name="travelcost_once_to_an_area"
            ),
            models.UniqueConstraint(
                fields=["origin", "destination_location"], name="travelcost_once_to_a_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} – {self.destination_area or self.destination_location}: {self.km} km"


class CoverageRun(models.Model):
    """One computation of coverage for one day. The database refuses to change or delete it.

    `known_at` is the moment whose state of the directory was read; `parameters` are the
    conventions, `vintages` the editions of the data, by which anybody can compute it again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    as_of = models.DateField(_("for the day"))
    known_at = models.DateTimeField(_("directory as it was known at"))
    computed_at = models.DateTimeField(_("computed at"), default=timezone.now)
    is_published = models.BooleanField(_("published"), default=True)
    label = models.CharField(_("label"), max_length=120, blank=True)
    parameters = models.JSONField(_("parameters"))
    vintages = models.JSONField(_("editions of the data"))
    code_version = models.CharField(_("version of the code"), max_length=64)
    seconds = models.FloatField(_("seconds"))

    objects = CoverageRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of coverage")
        verbose_name_plural = _("runs of coverage")
        ordering = ["-as_of", "-computed_at", "pk"]

    def __str__(self) -> str:
        return f"{self.as_of} ({self.computed_at:%Y-%m-%d %H:%M})"


class CoverageArea(models.Model):
    """An area in a run: its demand as it may be published, its neighbours.

    `demand` holds, by sector (`all`, `agricultural`, `other`), workers rounded to five, or null
    where the number is withheld: it is small, or it would give a small one away. Which of the two
    is not kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(CoverageRun, on_delete=models.CASCADE, related_name="areas")
    area = models.ForeignKey(AdminArea, on_delete=models.PROTECT, related_name="+")
    demand = models.JSONField(_("demand"))
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("area of a run")
        verbose_name_plural = _("areas of a run")
        ordering = ["run", "area__level", "area__code"]
        constraints = [
            models.UniqueConstraint(fields=["run", "area"], name="coveragearea_once"),
        ]

    def __str__(self) -> str:
        return f"{self.area}, {self.run}"


class CoverageService(models.Model):
    """A service as a run saw it: frozen, so that a run can be read when the directory has moved on.

    `facts` has the names, needs, languages, places and dates that the run counted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(CoverageRun, on_delete=models.CASCADE, related_name="services")
    service_id = models.UUIDField(_("service"))
    is_verified = models.BooleanField(_("verified in time"))
    facts = models.JSONField(_("facts"))

    class Meta:
        verbose_name = _("service of a run")
        verbose_name_plural = _("services of a run")
        ordering = ["run", "service_id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "service_id"], name="coverageservice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id}, {self.run}"


class CoverageCell(models.Model):
    """What a run says of an area, a need and a language of service.

    `need` is a code of level 1, or empty for any need; `language` a code, or empty for any.
    `basis` is `verified` (the honest answer: only what was verified in time counts) or `listed`
    (what the answer would be if everything that is listed were confirmed).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(CoverageRun, on_delete=models.CASCADE, related_name="cells")
    area = models.ForeignKey(AdminArea, on_delete=models.PROTECT, related_name="+")
    need = models.CharField(_("need"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    basis = models.CharField(_("basis"), max_length=8, choices=CoverageBasis)
    coverage_class = models.CharField(_("class"), max_length=12, choices=CoverageClass)
    status = models.CharField(_("status"), max_length=12, choices=CoverageStatus)
    is_robust = models.BooleanField(_("robust"), null=True)
    measures = models.JSONField(_("measures"))
    evidence = models.JSONField(_("evidence"), default=dict)

    objects = CoverageCellQuerySet.as_manager()

    class Meta:
        verbose_name = _("cell of a run")
        verbose_name_plural = _("cells of a run")
        ordering = ["run", "area__code", "need", "language", "basis"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "area", "need", "language", "basis"], name="coveragecell_once"
            ),
            models.CheckConstraint(
                condition=models.Q(coverage_class__in=CoverageClass.values),
                name="coveragecell_class_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=CoverageStatus.values),
                name="coveragecell_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(basis__in=CoverageBasis.values),
                name="coveragecell_basis_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}, {self.need or '*'}, {self.language or '*'}: {self.coverage_class}"


class SearchGap(models.Model):
    """How often, in a month, somebody looked for help where there was none, or was refused.

    A count and nothing else: no words, no position, no session, no hour. What was counted fewer
    than five times is shown to nobody (`geo.coverage.disclosure`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    month = models.DateField(_("month"), help_text=_("Its first day."))
    kind = models.CharField(_("kind"), max_length=12, choices=GapKind)
    region = models.ForeignKey(
        AdminArea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"level": "region"},
        verbose_name=_("region"),
    )
    need = models.CharField(_("need"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    count = models.PositiveIntegerField(_("how often"), default=0)

    class Meta:
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        ordering = ["month", "kind", "region", "need", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "kind", "region", "need", "language"],
                nulls_distinct=False,
                name="searchgap_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=GapKind.values), name="searchgap_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="searchgap_month_is_its_first_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind}: {self.count}"


class HistoryRow(models.Model):
    """A row of the directory as it stood for a time; kept by triggers of the database.

    What coverage was on a past day is computed from these, so that an edit of today does not
    rewrite it.
    """

    id = models.BigAutoField(primary_key=True)
    table_name = models.CharField(_("table"), max_length=63)
    row_id = models.CharField(_("key of the row"), max_length=36)
    row = models.JSONField(_("row"))
    recorded_from = models.DateTimeField(_("from"))
    recorded_to = models.DateTimeField(_("to"), null=True)

    class Meta:
        verbose_name = _("row of the history")
        verbose_name_plural = _("rows of the history")
        ordering = ["table_name", "row_id", "recorded_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["table_name", "row_id"],
                condition=models.Q(recorded_to=None),
                name="historyrow_one_current",
            ),
        ]
        indexes = [
            models.Index(fields=["table_name", "recorded_from"], name="historyrow_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"
