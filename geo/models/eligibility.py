"""Whom a service is for (HSDS keeps only a text)."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from geo.choices import EligibilityDimension, Targeting
from geo.models.directory import Service
from geo.models.fields import TranslatedField
from geo.models.provenance import Sourced


class EligibilityRule(Sourced):
    """One rule about who is served. No row means that nobody wrote it down."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        related_name="eligibility_rules",
        verbose_name=_("service"),
    )
    targeting = models.CharField(_("who is served"), max_length=12, choices=Targeting)
    dimension = models.CharField(_("by"), max_length=16, choices=EligibilityDimension, blank=True)
    values = ArrayField(
        models.CharField(max_length=24),
        verbose_name=_("codes"),
        default=list,
        blank=True,
        help_text=_("Nationalities as ISO 3166-1 (MX, GT), permits, sectors: separated by commas."),
    )
    text = TranslatedField(_("in words"), blank=True)

    class Meta(Sourced.Meta):
        verbose_name = _("rule on who is served")
        verbose_name_plural = _("rules on who is served")
        ordering = ["service", "dimension", "pk"]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(targeting__in=Targeting.values)
                & models.Q(dimension__in=["", *EligibilityDimension.values]),
                name="eligibilityrule_codes_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(targeting=Targeting.OPEN_TO_ALL, dimension="", values=[])
                | (~models.Q(targeting=Targeting.OPEN_TO_ALL) & ~models.Q(dimension="")),
                name="eligibilityrule_says_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_targeting_display()} {self.dimension} {', '.join(self.values)}".strip()
