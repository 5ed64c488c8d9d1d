"""The taxonomy of needs."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from geo.models.fields import TranslatedField
from geo.querysets import NeedTermQuerySet
from geo.translation import wording


class NeedTerm(models.Model):
    """A need in the words of the taxonomy `tet-besoins`; HSDS calls this a taxonomy term.

    Two levels: tiles, and the leaves that services carry. It is our own wording, so it has no
    source. Synonyms are what people really say, by language.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code"), max_length=60, unique=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    name = TranslatedField(_("name"))
    synonyms = models.JSONField(_("synonyms"), default=dict, blank=True)
    icon = models.SlugField(_("icon"), max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_everyday = models.BooleanField(
        _("everyday place"),
        default=False,
        help_text=_("Found by search, left out of the figures of coverage."),
    )
    same_as = models.CharField(_("same as"), max_length=200, blank=True)

    objects = NeedTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name__has_keys=["fr", "en", "es"]),
                name="needterm_name_in_three_languages",
            ),
        ]

    def __str__(self) -> str:
        return str(wording(self.name, "fr") or self.code)
