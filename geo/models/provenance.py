"""Where a fact was read, when, and how far it can be trusted."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from geo.choices import Confidence

# EDTF level 0: a year, a month or a day. A page often gives no more than its year.
PARTIAL_DATE = r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"


class PartialDateField(models.CharField):
    """A date of which the day or the month may be unknown: `2021`, `2021-07`, `2021-07-14`."""

    default_validators = [
        RegexValidator(
            PARTIAL_DATE, _("Write a year, a month or a day: 2021, 2021-07 or 2021-07-14.")
        )
    ]

    def __init__(self, *args, **kwargs) -> None:
        """Take `CharField`'s arguments; the length is that of a whole date."""
        kwargs["max_length"] = 10
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)


def partial_date_check(field: str, model: str = "%(class)s") -> models.CheckConstraint:
    """The database's own check that a partial date is one; empty means unknown."""
    return models.CheckConstraint(
        condition=models.Q(**{field: ""}) | models.Q(**{f"{field}__regex": PARTIAL_DATE}),
        name=f"{model}_{field}_is_a_date",
    )


class Source(models.Model):
    """What was read: a page, a few pages that say the same, or a data set.

    A fact points to its source and keeps its own date, since one page may give facts of
    different ages.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(_("key"), max_length=120, unique=True)
    citation = models.TextField(_("citation"))
    urls = ArrayField(models.TextField(), verbose_name=_("addresses"), default=list, blank=True)
    publisher = models.CharField(_("publisher"), max_length=255, blank=True)
    licence = models.CharField(_("licence"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(citation=""), name="source_has_a_citation"),
        ]

    def __str__(self) -> str:
        return self.citation


class Sourced(models.Model):
    """A fact that says where it was read."""

    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="+", verbose_name=_("source")
    )
    as_of = PartialDateField(
        _("date of the source"), help_text=_("2021, 2021-07 or 2021-07-14; empty if it has none.")
    )
    confidence = models.CharField(
        _("confidence"), max_length=1, choices=Confidence, default=Confidence.B
    )

    class Meta:
        abstract = True
        constraints = [
            partial_date_check("as_of"),
            models.CheckConstraint(
                condition=models.Q(confidence__in=Confidence.values),
                name="%(class)s_confidence_is_known",
            ),
        ]
