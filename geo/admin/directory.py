"""The admin: where editors keep the directory true. Each change is kept with its author."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import ForeignKey, QuerySet, URLField
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from leaflet.admin import LeafletGeoAdmin

from geo import models
from geo.forms import TranslatedFormField
from geo.models.fields import TranslatedField

admin.site.site_header = _("Repère – directory")
admin.site.site_title = "Repère"
admin.site.index_title = _("Keep the directory true")


# Translated texts are edited language by language; an address without a scheme is https.
FIELDS: dict[Any, dict[str, Any]] = {
    TranslatedField: {"form_class": TranslatedFormField},
    URLField: {"assume_scheme": "https"},
}


class DirectoryAdmin(LeafletGeoAdmin):
    """What all lists share: the map widget, and saving in reach."""

    formfield_overrides: ClassVar = FIELDS
    save_on_top = True
    list_per_page = 50
    show_full_result_count = False


class SourcedInline(admin.StackedInline):
    """A part of a service, with its own source."""

    formfield_overrides: ClassVar = FIELDS
    extra = 0
    autocomplete_fields = ["source"]
    classes: tuple[str, ...] = ("collapse",)


class NeedInline(admin.TabularInline):
    """Needs of a service."""

    model = models.ServiceNeed
    extra = 0
    autocomplete_fields = ("term",)


class PlaceInline(SourcedInline):
    """Places of a service."""

    model = models.ServiceAtLocation
    autocomplete_fields = ["location", "source"]


class AreaInline(SourcedInline):
    """Areas of a service."""

    model = models.ServiceArea
    autocomplete_fields = ["area", "source"]


class PhoneInline(SourcedInline):
    """Phones of a service."""

    model = models.Phone


class LanguageInline(SourcedInline):
    """Languages of a service."""

    model = models.ServiceLanguage


class HoursInline(SourcedInline):
    """Hours of a service, or of one of its own places."""

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        """Offer no places of other services."""
        if db_field.name == "service_at_location":
            match = request.resolver_match
            service = match.kwargs.get("object_id") if match else None
            places = models.ServiceAtLocation.objects.select_related(
                "service", "location__municipality"
            )
            kwargs["queryset"] = places.filter(service=service) if service else places.none()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ScheduleInline(HoursInline):
    """The usual hours."""

    model = models.Schedule


class ScheduleExceptionInline(HoursInline):
    """Days on which it is otherwise."""

    model = models.ScheduleException


class EligibilityInline(SourcedInline):
    """Rules on who is served."""

    model = models.EligibilityRule


class ToVerifyFilter(admin.SimpleListFilter):
    """The queue of what has to be verified."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one queue there is."""
        return [("to_verify", _("To verify")), ("public", _("Seen by the public"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        """Narrow the list."""
        if self.value() == "to_verify":
            return queryset.to_verify()
        if self.value() == "public":
            return queryset.public()
        return queryset


@admin.register(models.Service)
class ServiceAdmin(DirectoryAdmin):
    """Services, with all that belongs to them."""

    list_display = ("__str__", "organization", "status", "review_status", "confidence", "as_of")
    list_filter = (
        ToVerifyFilter,
        "status",
        "review_status",
        "review_reason",
        "confidence",
        "is_everyday",
        "program",
        "organization__kind",
    )
    search_fields = ("name", "description", "organization__name")
    autocomplete_fields = ("organization", "program", "source")
    list_select_related = ("organization",)
    inlines = (
        NeedInline,
        PlaceInline,
        AreaInline,
        PhoneInline,
        LanguageInline,
        ScheduleInline,
        ScheduleExceptionInline,
        EligibilityInline,
    )


@admin.register(models.Organization)
class OrganizationAdmin(DirectoryAdmin):
    """Organizations."""

    list_display = ("__str__", "kind", "verified_status", "is_public", "as_of")
    list_filter = ("kind", "verified_status", "is_public", "confidence")
    search_fields = ("name", "alternate_name")
    autocomplete_fields = ("parent", "source")


@admin.register(models.Location)
class LocationAdmin(DirectoryAdmin):
    """Places, on a map."""

    list_display = ("__str__", "organization", "region", "precision", "address_visibility")
    list_filter = ("region", "precision", "address_visibility", "location_type")
    search_fields = ("name", "address", "municipality__name", "locality", "organization__name")
    autocomplete_fields = ("organization", "municipality", "source", "position_source")
    list_select_related = ("organization", "region", "municipality")
    readonly_fields = ("region",)


@admin.register(models.ServiceAtLocation)
class ServiceAtLocationAdmin(DirectoryAdmin):
    """Services at places."""

    list_display = ("service", "location", "as_of")
    search_fields = ("service__name", "location__municipality__name")
    autocomplete_fields = ("service", "location", "source")
    list_select_related = ("service", "location__municipality")


@admin.register(models.ServiceArea)
class ServiceAreaAdmin(DirectoryAdmin):
    """Areas of services."""

    list_display = ("service", "area", "evidence", "as_of")
    list_filter = ("area__level", "evidence")
    search_fields = ("service__name", "area__name")
    autocomplete_fields = ("service", "area", "source")
    list_select_related = ("service", "area")


@admin.register(models.Phone)
class PhoneAdmin(DirectoryAdmin):
    """Phones; those to verify are never shown to the public."""

    list_display = ("number", "extension", "type", "trust", "service", "as_of")
    list_filter = ("trust", "type", "is_toll_free", "confidence")
    search_fields = ("number", "service__name")
    autocomplete_fields = ("service", "source")
    list_select_related = ("service",)


@admin.register(models.ServiceLanguage)
class ServiceLanguageAdmin(DirectoryAdmin):
    """Languages of services."""

    list_display = ("service", "code", "mode", "as_of")
    list_filter = ("code", "mode")
    search_fields = ("service__name",)
    autocomplete_fields = ("service", "source")
    list_select_related = ("service",)


@admin.register(models.NeedTerm)
class NeedTermAdmin(DirectoryAdmin):
    """Needs."""

    list_display = ("code", "__str__", "parent", "is_everyday", "order")
    list_filter = ("is_everyday", ("parent", admin.RelatedOnlyFieldListFilter))
    search_fields = ("code", "name", "synonyms")
    autocomplete_fields = ("parent",)
    list_select_related = ("parent",)


@admin.register(models.AdminArea)
class AdminAreaAdmin(DirectoryAdmin):
    """Administrative areas; outlines come from files, with `load_areas`."""

    list_display = ("name", "level", "code", "parent", "population", "outline_kind")
    list_filter = ("level", "outline_kind")
    search_fields = ("name", "code")
    autocomplete_fields = ("parent", "source")
    list_select_related = ("parent",)
    exclude = ("outline",)
    readonly_fields = ("outline_kind", "outline_source")


@admin.register(models.PostalPoint)
class PostalPointAdmin(DirectoryAdmin):
    """Postal codes."""

    list_display = ("code", "place", "as_of")
    search_fields = ("code", "place")
    autocomplete_fields = ("source",)


@admin.register(models.Source)
class SourceAdmin(DirectoryAdmin):
    """What facts were read in."""

    list_display = ("key", "citation", "publisher", "licence")
    list_filter = ("licence",)
    search_fields = ("key", "citation", "urls", "publisher")


@admin.register(models.Program)
class ProgramAdmin(DirectoryAdmin):
    """Programmes."""

    list_display = ("__str__", "funder", "status", "starts_on", "ends_on")
    list_filter = ("status",)
    search_fields = ("code", "name", "funder")
    autocomplete_fields = ("organization", "source")


class PartnerInline(admin.TabularInline):
    """Partners of a project."""

    model = models.ProjectPartner
    extra = 0
    autocomplete_fields = ("organization",)


@admin.register(models.Project)
class ProjectAdmin(DirectoryAdmin):
    """Projects."""

    list_display = ("__str__", "program", "status", "starts_on", "ends_on")
    list_filter = ("status", "program", "regions")
    search_fields = ("code", "title", "summary")
    autocomplete_fields = ("program", "source", "services")
    filter_horizontal = ("regions",)
    inlines = (PartnerInline,)


@admin.register(models.FundingAward)
class FundingAwardAdmin(DirectoryAdmin):
    """Money."""

    list_display = ("code", "disclosure", "amount_cad", "program", "project", "as_of")
    list_filter = ("disclosure", "program")
    search_fields = ("code", "funder")
    autocomplete_fields = ("program", "project", "recipient", "source")


@admin.register(models.ProjectIndicator)
class ProjectIndicatorAdmin(DirectoryAdmin):
    """Results."""

    list_display = ("code", "kind", "value", "qualifier", "program", "project", "as_of")
    list_filter = ("kind", "program")
    search_fields = ("code",)
    autocomplete_fields = ("program", "project", "source")


@admin.register(models.FixtureLoad)
class FixtureLoadAdmin(admin.ModelAdmin):
    """When the starter data was loaded; a trace, not to be edited."""

    list_display = ("loaded_at", "digest")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only a load writes here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing to change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Deleting it would bring back rows that editors deleted."""
        return False


class UserCreationForm(AdminUserCreationForm):
    """A new account, by its e-mail address."""

    class Meta:
        model = models.User
        fields = ("email", "name")


@admin.register(models.User)
class UserAdmin(DjangoUserAdmin):
    """Accounts."""

    add_form = UserCreationForm
    list_display = ("email", "name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("name",)}),
        (
            _("Rights"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "name", "usable_password", "password1", "password2"),
            },
        ),
    )
