"""Administrative areas and postal codes."""

import uuid

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from geo.choices import AreaLevel, OutlineKind, Precision
from geo.models.provenance import Source, Sourced
from geo.querysets import AdminAreaQuerySet, PostalPointQuerySet


class AdminArea(Sourced):
    """The province, one of its 17 regions, an MRC, or a municipality.

    Outlines are plane geometry, not geography: many borders are parallels, and an edge of a
    geography would leave the parallel for the great circle. Positions are geography.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    level = models.CharField(_("level"), max_length=12, choices=AreaLevel)
    code = models.CharField(_("official code"), max_length=8)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=120)
    designation = models.CharField(_("designation"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("lies in"),
    )
    outline = models.MultiPolygonField(_("outline"), srid=4326, null=True, blank=True)
    outline_kind = models.CharField(
        _("kind of outline"), max_length=12, choices=OutlineKind, blank=True
    )
    outline_source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source of the outline"),
    )
    point = models.PointField(_("position"), geography=True, null=True, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)

    # Set by `AdminAreaQuerySet.with_region`.
    region_code: str | None
    region_name: str | None

    # Set by `AdminAreaQuerySet.with_drawing`.
    drawing: str | None

    objects = AdminAreaQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("administrative area")
        verbose_name_plural = _("administrative areas")
        ordering = ["level", "code"]
        constraints = [
            *Sourced.Meta.constraints,
            models.UniqueConstraint(fields=["level", "code"], name="adminarea_code_once"),
            models.CheckConstraint(
                condition=models.Q(level__in=AreaLevel.values), name="adminarea_level_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(level=AreaLevel.PROVINCE, parent=None)
                | (~models.Q(level=AreaLevel.PROVINCE) & ~models.Q(parent=None)),
                name="adminarea_only_the_province_has_no_parent",
            ),
            models.CheckConstraint(
                condition=~models.Q(level=AreaLevel.REGION)
                | models.Q(code__regex=r"^(0[1-9]|1[0-7])$"),
                name="adminarea_region_code_01_to_17",
            ),
            models.CheckConstraint(
                condition=~models.Q(level=AreaLevel.MUNICIPALITY)
                | models.Q(code__regex=r"^\d{5}$"),
                name="adminarea_municipality_code_has_5_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(outline=None, outline_kind="", outline_source=None)
                | models.Q(
                    outline__isnull=False,
                    outline_kind__in=OutlineKind.values,
                    outline_source__isnull=False,
                ),
                name="adminarea_outline_says_its_kind_and_source",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PostalPoint(Sourced):
    """A rural postal code, or the first half of an urban one, with its position.

    The first half of a rural code (its second character is 0) spans hundreds of kilometres and
    has no row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("postal code"), max_length=7, unique=True)
    place = models.CharField(_("place"), max_length=120)
    point = models.PointField(_("position"), geography=True)
    precision = models.CharField(
        _("precision"), max_length=12, choices=Precision, default=Precision.POSTAL_CODE
    )

    objects = PostalPointQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("postal code")
        verbose_name_plural = _("postal codes")
        ordering = ["code"]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[GHJK]\d[A-Z]( \d[A-Z]\d)?$"),
                name="postalpoint_code_is_one_of_quebec",
            ),
            models.CheckConstraint(
                condition=models.Q(precision__in=Precision.values),
                name="postalpoint_precision_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code
