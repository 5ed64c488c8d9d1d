import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import geo.models.fields
import geo.models.provenance


class Migration(migrations.Migration):
    dependencies = [
        ("geo", "0006_rules_of_stops_and_alerts"),
    ]

    operations = [
        migrations.CreateModel(
            name="CoverageRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("as_of", models.DateField(verbose_name="for the day")),
                ("known_at", models.DateTimeField(verbose_name="directory as it was known at")),
                (
                    "computed_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="computed at"
                    ),
                ),
                ("is_published", models.BooleanField(default=True, verbose_name="published")),
                ("label", models.CharField(blank=True, max_length=120, verbose_name="label")),
                ("parameters", models.JSONField(verbose_name="parameters")),
                ("vintages", models.JSONField(verbose_name="editions of the data")),
                (
                    "code_version",
                    models.CharField(max_length=64, verbose_name="version of the code"),
                ),
                ("seconds", models.FloatField(verbose_name="seconds")),
            ],
            options={
                "verbose_name": "run of coverage",
                "verbose_name_plural": "runs of coverage",
                "ordering": ["-as_of", "-computed_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoryRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("table_name", models.CharField(max_length=63, verbose_name="table")),
                ("row_id", models.CharField(max_length=36, verbose_name="key of the row")),
                ("row", models.JSONField(verbose_name="row")),
                ("recorded_from", models.DateTimeField(verbose_name="from")),
                ("recorded_to", models.DateTimeField(null=True, verbose_name="to")),
            ],
            options={
                "verbose_name": "row of the history",
                "verbose_name_plural": "rows of the history",
                "ordering": ["table_name", "row_id", "recorded_from"],
                "indexes": [
                    models.Index(fields=["table_name", "recorded_from"], name="historyrow_by_time")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("recorded_to", None)),
                        fields=("table_name", "row_id"),
                        name="historyrow_one_current",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CoverageCell",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("need", models.CharField(blank=True, max_length=60, verbose_name="need")),
                ("language", models.CharField(blank=True, max_length=8, verbose_name="language")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("verified", "Verified in time"),
                            ("listed", "Everything listed, as if confirmed"),
                        ],
                        max_length=8,
                        verbose_name="basis",
                    ),
                ),
                (
                    "coverage_class",
                    models.CharField(
                        choices=[
                            ("local", "In the area"),
                            ("itinerant", "Comes to the area"),
                            ("within_reach", "Within reach, next door"),
                            ("remote_only", "By phone or online only"),
                            ("stale", "Listed, not verified in time"),
                            ("none", "Nothing known"),
                        ],
                        max_length=12,
                        verbose_name="class",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("insufficient", "Not enough data"),
                            ("unserved", "Not served"),
                            ("poor", "Poorly served"),
                            ("fragile", "Fragile"),
                            ("served", "Served"),
                        ],
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("is_robust", models.BooleanField(null=True, verbose_name="robust")),
                ("measures", models.JSONField(verbose_name="measures")),
                ("evidence", models.JSONField(default=dict, verbose_name="evidence")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.adminarea",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cells",
                        to="geo.coveragerun",
                    ),
                ),
            ],
            options={
                "verbose_name": "cell of a run",
                "verbose_name_plural": "cells of a run",
                "ordering": ["run", "area__code", "need", "language", "basis"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "area", "need", "language", "basis"),
                        name="coveragecell_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "coverage_class__in",
                                [
                                    "local",
                                    "itinerant",
                                    "within_reach",
                                    "remote_only",
                                    "stale",
                                    "none",
                                ],
                            )
                        ),
                        name="coveragecell_class_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["insufficient", "unserved", "poor", "fragile", "served"],
                            )
                        ),
                        name="coveragecell_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["verified", "listed"])),
                        name="coveragecell_basis_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CoverageArea",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("demand", models.JSONField(verbose_name="demand")),
                ("facts", models.JSONField(default=dict, verbose_name="facts")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.adminarea",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="areas",
                        to="geo.coveragerun",
                    ),
                ),
            ],
            options={
                "verbose_name": "area of a run",
                "verbose_name_plural": "areas of a run",
                "ordering": ["run", "area__level", "area__code"],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "area"), name="coveragearea_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CoverageService",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("service_id", models.UUIDField(verbose_name="service")),
                ("is_verified", models.BooleanField(verbose_name="verified in time")),
                ("facts", models.JSONField(verbose_name="facts")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="services",
                        to="geo.coveragerun",
                    ),
                ),
            ],
            options={
                "verbose_name": "service of a run",
                "verbose_name_plural": "services of a run",
                "ordering": ["run", "service_id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "service_id"), name="coverageservice_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DemandEstimate",
            fields=[
                (
                    "as_of",
                    geo.models.provenance.PartialDateField(
                        blank=True,
                        default="",
                        help_text="2021, 2021-07 or 2021-07-14; empty if it has none.",
                        max_length=10,
                        verbose_name="date of the source",
                    ),
                ),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("A", "A – read at a first-hand or recent source"),
                            ("B", "B – read at a second-hand or older source"),
                            ("C", "C – doubtful: verify before showing"),
                        ],
                        default="B",
                        max_length=1,
                        verbose_name="confidence",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("lmia_positions", "Positions on positive labour market assessments"),
                            ("permits", "Work permits"),
                            ("partner_estimate", "Estimate of a partner"),
                        ],
                        max_length=20,
                        verbose_name="what is counted",
                    ),
                ),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("agricultural", "Farm work"),
                            ("other", "Other work"),
                            ("all", "All work"),
                        ],
                        max_length=12,
                        verbose_name="sector",
                    ),
                ),
                ("period_starts_on", models.DateField(verbose_name="first day of the period")),
                ("period_ends_on", models.DateField(verbose_name="last day of the period")),
                ("value", models.PositiveIntegerField(verbose_name="value")),
                ("method", models.TextField(blank=True, verbose_name="how it was made")),
                (
                    "caveat",
                    geo.models.fields.TranslatedField(
                        default=dict, verbose_name="what it does not tell"
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demand_estimates",
                        to="geo.adminarea",
                        verbose_name="area",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "demand estimate",
                "verbose_name_plural": "demand estimates",
                "ordering": ["area", "period_ends_on", "sector", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("as_of", ""),
                            (
                                "as_of__regex",
                                "^\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?$",
                            ),
                            _connector="OR",
                        ),
                        name="demandestimate_as_of_is_a_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__in", ["A", "B", "C"])),
                        name="demandestimate_confidence_is_known",
                    ),
                    models.UniqueConstraint(
                        fields=("area", "measure", "sector", "period_starts_on", "period_ends_on"),
                        name="demandestimate_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period_ends_on__gte", models.F("period_starts_on"))),
                        name="demandestimate_ends_after_its_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("measure__in", ["lmia_positions", "permits", "partner_estimate"])
                        ),
                        name="demandestimate_measure_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sector__in", ["agricultural", "other", "all"])),
                        name="demandestimate_sector_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("caveat__has_keys", ["fr", "en", "es"])),
                        name="demandestimate_caveat_in_three_languages",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchGap",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.DateField(help_text="Its first day.", verbose_name="month")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("no_result", "A search without any answer"),
                            ("no_place", "A search with lines to call and no place"),
                            ("refused", "A referral that was refused"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("need", models.CharField(blank=True, max_length=60, verbose_name="need")),
                ("language", models.CharField(blank=True, max_length=8, verbose_name="language")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="how often")),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        limit_choices_to={"level": "region"},
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.adminarea",
                        verbose_name="region",
                    ),
                ),
            ],
            options={
                "verbose_name": "gap",
                "verbose_name_plural": "gaps",
                "ordering": ["month", "kind", "region", "need", "language"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "kind", "region", "need", "language"),
                        name="searchgap_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["no_result", "no_place", "refused"])),
                        name="searchgap_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)),
                        name="searchgap_month_is_its_first_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TravelCost",
            fields=[
                (
                    "as_of",
                    geo.models.provenance.PartialDateField(
                        blank=True,
                        default="",
                        help_text="2021, 2021-07 or 2021-07-14; empty if it has none.",
                        max_length=10,
                        verbose_name="date of the source",
                    ),
                ),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("A", "A – read at a first-hand or recent source"),
                            ("B", "B – read at a second-hand or older source"),
                            ("C", "C – doubtful: verify before showing"),
                        ],
                        default="B",
                        max_length=1,
                        verbose_name="confidence",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("km", models.FloatField(verbose_name="kilometres by road")),
                ("minutes", models.FloatField(blank=True, null=True, verbose_name="minutes")),
                (
                    "destination_area",
                    models.ForeignKey(
                        blank=True,
                        limit_choices_to={"level": "municipality"},
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="geo.adminarea",
                        verbose_name="to the municipality",
                    ),
                ),
                (
                    "destination_location",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="geo.location",
                        verbose_name="to the place",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        limit_choices_to={"level": "municipality"},
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="geo.adminarea",
                        verbose_name="from the municipality",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "cost of travel",
                "verbose_name_plural": "costs of travel",
                "ordering": ["origin", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("as_of", ""),
                            (
                                "as_of__regex",
                                "^\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?$",
                            ),
                            _connector="OR",
                        ),
                        name="travelcost_as_of_is_a_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__in", ["A", "B", "C"])),
                        name="travelcost_confidence_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("destination_area", None), ("destination_location__isnull", False)
                            ),
                            models.Q(
                                ("destination_area__isnull", False), ("destination_location", None)
                            ),
                            _connector="OR",
                        ),
                        name="travelcost_to_an_area_or_to_a_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("km__gte", 0),
                            models.Q(("minutes", None), ("minutes__gte", 0), _connector="OR"),
                        ),
                        name="travelcost_is_not_negative",
                    ),
                    models.UniqueConstraint(
                        fields=("origin", "destination_area"), name="travelcost_once_to_an_area"
                    ),
                    models.UniqueConstraint(
                        fields=("origin", "destination_location"), name="travelcost_once_to_a_place"
                    ),
                ],
            },
        ),
    ]
