"""Programmes, the projects they fund, and what is known of money and results."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from geo.choices import Disclosure, IndicatorKind, LifeStatus, PartnerRole, Qualifier
from geo.models.areas import AdminArea
from geo.models.fields import TranslatedField
from geo.models.provenance import PartialDateField, Sourced, partial_date_check
from geo.querysets import ProgramQuerySet, ProjectQuerySet
from geo.translation import wording


class Program(Sourced):
    """A programme that funds projects (HSDS `program`, with its period)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = TranslatedField(_("name"))
    description = TranslatedField(_("description"), blank=True)
    organization = models.ForeignKey(
        "geo.Organization",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="programs",
        verbose_name=_("coordinated by"),
    )
    funder = models.CharField(_("funder"), max_length=255, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=LifeStatus, default=LifeStatus.UNKNOWN
    )
    starts_on = PartialDateField(_("starts"))
    ends_on = PartialDateField(_("ends"))

    objects = ProgramQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["code"]
        constraints = [
            *Sourced.Meta.constraints,
            partial_date_check("starts_on"),
            partial_date_check("ends_on"),
            models.CheckConstraint(
                condition=models.Q(starts_on="")
                | models.Q(ends_on="")
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="program_ends_after_its_start",
            ),
        ]

    def __str__(self) -> str:
        return str(wording(self.name, "fr") or self.code)


class Project(Sourced):
    """What organizations did with the money of a programme. Ended projects are history."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code"), max_length=80, unique=True)
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="projects", verbose_name=_("programme")
    )
    title = TranslatedField(_("title"))
    summary = TranslatedField(_("summary"), blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=LifeStatus, default=LifeStatus.UNKNOWN
    )
    starts_on = PartialDateField(_("starts"))
    ends_on = PartialDateField(_("ends"))
    sectors = ArrayField(
        models.CharField(max_length=40), verbose_name=_("sectors"), default=list, blank=True
    )
    regions = models.ManyToManyField(
        AdminArea,
        related_name="projects",
        limit_choices_to={"level": "region"},
        blank=True,
        verbose_name=_("regions"),
    )
    partners = models.ManyToManyField(
        "geo.Organization",
        through="ProjectPartner",
        related_name="projects",
        verbose_name=_("partners"),
    )
    services = models.ManyToManyField(
        "geo.Service",
        related_name="projects",
        blank=True,
        verbose_name=_("services of the project"),
    )
    is_platform = models.BooleanField(_("passes requests on to others"), default=False)

    objects = ProjectQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["code"]
        constraints = [
            *Sourced.Meta.constraints,
            partial_date_check("starts_on"),
            partial_date_check("ends_on"),
            models.CheckConstraint(
                condition=models.Q(starts_on="")
                | models.Q(ends_on="")
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="project_ends_after_its_start",
            ),
        ]

    def __str__(self) -> str:
        return str(wording(self.title, "fr") or self.code)


class ProjectPartner(models.Model):
    """An organization's part in a project."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="project_partners")
    organization = models.ForeignKey(
        "geo.Organization",
        on_delete=models.PROTECT,
        related_name="project_partners",
        verbose_name=_("organization"),
    )
    role = models.CharField(
        _("role"), max_length=12, choices=PartnerRole, default=PartnerRole.PARTNER
    )

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["project", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "organization"], name="projectpartner_once"),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(role=PartnerRole.LEAD),
                name="projectpartner_one_lead",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} ({self.get_role_display()})"


class FundingAward(Sourced):
    """Money of a programme, or of one project. Totals are never split among projects."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code"), max_length=80, unique=True)
    program = models.ForeignKey(
        Program,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="awards",
        verbose_name=_("programme"),
    )
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="awards",
        verbose_name=_("project"),
    )
    recipient = models.ForeignKey(
        "geo.Organization",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="awards",
        verbose_name=_("recipient"),
    )
    funder = models.CharField(_("funder"), max_length=255, blank=True)
    amount_cad = models.DecimalField(
        _("amount, Canadian dollars"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    qualifier = models.CharField(
        _("how exact"), max_length=10, choices=Qualifier, default=Qualifier.EXACT
    )
    disclosure = models.CharField(_("what it is"), max_length=12, choices=Disclosure)
    starts_on = PartialDateField(_("from"))
    ends_on = PartialDateField(_("to"))
    note = TranslatedField(_("note"), blank=True)

    class Meta(Sourced.Meta):
        verbose_name = _("funding")
        verbose_name_plural = _("funding")
        ordering = ["code"]
        constraints = [
            *Sourced.Meta.constraints,
            partial_date_check("starts_on"),
            partial_date_check("ends_on"),
            models.CheckConstraint(
                condition=models.Q(amount_cad=None) | models.Q(amount_cad__gte=0),
                name="fundingaward_amount_is_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(program=None, project__isnull=False)
                | models.Q(program__isnull=False, project=None),
                name="fundingaward_of_a_program_or_of_a_project",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    disclosure=Disclosure.AMOUNT,
                    project__isnull=False,
                    amount_cad__isnull=False,
                )
                | models.Q(
                    disclosure__in=[Disclosure.AGGREGATE, Disclosure.CEILING],
                    project=None,
                    amount_cad__isnull=False,
                )
                | models.Q(disclosure=Disclosure.UNDISCLOSED, amount_cad=None),
                name="fundingaward_amount_has_its_scope",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ProjectIndicator(Sourced):
    """A published result. Results of different scopes are never added up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code"), max_length=80, unique=True)
    program = models.ForeignKey(
        Program,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name=_("programme"),
    )
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name=_("project"),
    )
    region = models.ForeignKey(
        AdminArea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        limit_choices_to={"level": "region"},
        verbose_name=_("region"),
    )
    kind = models.CharField(_("what was counted"), max_length=24, choices=IndicatorKind)
    value = models.PositiveIntegerField(_("value"))
    qualifier = models.CharField(
        _("how exact"), max_length=10, choices=Qualifier, default=Qualifier.EXACT
    )
    period_start = PartialDateField(_("from"))
    period_end = PartialDateField(_("to"))
    note = TranslatedField(_("note"), blank=True)

    class Meta(Sourced.Meta):
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["code"]
        constraints = [
            *Sourced.Meta.constraints,
            partial_date_check("period_start"),
            partial_date_check("period_end"),
            models.CheckConstraint(
                condition=models.Q(program=None, project__isnull=False)
                | models.Q(program__isnull=False, project=None),
                name="projectindicator_of_a_program_or_of_a_project",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=IndicatorKind.values),
                name="projectindicator_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code
