"""What an organization of the network keeps itself: its listing, its room, its ways to be reached.

Every change is a form of its own on one page, which it comes back to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Prefetch, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from frontend.access import network_page
from frontend.listing_forms import (
    AddressesForm,
    CapacityForm,
    ContactForm,
    RoleForm,
    StatusForm,
)
from geo import phones
from geo.choices import CapacityLevel, ReferralRole
from geo.models import Organization, PartnerContact, Phone, Service, ServiceNeed
from geo.referrals import listing as saying
from geo.translation import wording


@network_page(to="member")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The organization and its services as the public sees them, with sources and dates."""
    return _page(request)


@network_page(to="refer")
@require_POST
def capacity(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """One tap: how much room there is."""
    form = CapacityForm(request.POST)
    if not form.is_valid():
        return _page(request, status=HTTPStatus.BAD_REQUEST)
    with _own_only():
        saying.say_capacity(
            request.staff.organization,
            service_id,
            level=CapacityLevel(form.cleaned_data["level"]),
            is_accepting=form.cleaned_data["is_accepting"],
            by=request.staff.user,
        )
    return _back(f"service-{service_id}")


@network_page(to="refer")
@require_POST
def confirm(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """All that is written of a service is still true today."""
    with _own_only():
        saying.confirm(request.staff.organization, service_id, timezone.localdate())
    messages.success(request, _("Thank you: marked as true today."))
    return _back(f"service-{service_id}")


@network_page(to="manage")
@require_POST
def status(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """A service is closed for a while, has ended, or is given again."""
    form = StatusForm(request.POST, auto_id=f"{service_id}-%s")
    if not form.is_valid():
        get_object_or_404(Service, pk=service_id, organization=request.staff.organization)
        return _page(request, {service_id: form}, HTTPStatus.BAD_REQUEST)
    with _own_only():
        saying.say_status(
            request.staff.organization,
            service_id,
            form.status_said,
            note=form.cleaned_data["note"],
            language=get_language(),
        )
    messages.success(request, _("Saved. The public sees it at once."))
    return _back(f"service-{service_id}")


@network_page(to="manage")
@require_POST
def addresses(request: HttpRequest) -> HttpResponse:
    """The website and the public e-mail address."""
    form = AddressesForm(request.POST, request.staff.organization)
    if not form.is_valid():
        return _page(request, {"addresses": form}, HTTPStatus.BAD_REQUEST)
    saying.say_addresses(request.staff.organization, **form.cleaned_data)
    messages.success(request, _("Saved. The public sees it at once."))
    return _back("public")


@network_page(to="manage")
@require_POST
def role(request: HttpRequest) -> HttpResponse:
    """Whether the organization takes part in referrals, and where its mails go."""
    form = RoleForm(request.POST, request.staff.organization)
    if not form.is_valid():
        return _page(request, {"role": form}, HTTPStatus.BAD_REQUEST)
    sent = form.cleaned_data
    saying.say_role(
        request.staff.organization,
        ReferralRole(sent["role"]),
        mailbox=sent["mailbox"],
        language=sent["language"],
    )
    messages.success(request, _("Saved."))
    return _back("network-role")


@network_page(to="manage")
@require_POST
def add_contact(request: HttpRequest) -> HttpResponse:
    """One more way for the network to reach the organization."""
    return _write_contact(request, None)


@network_page(to="manage")
@require_POST
def contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Change one of them; that of another organization does not exist."""
    return _write_contact(request, _own_contact(request, contact_id))


@network_page(to="manage")
@require_POST
def remove_contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Remove one of them."""
    _own_contact(request, contact_id).delete()
    messages.success(request, _("The contact is removed."))
    return _back("desks")


def _own_contact(request: HttpRequest, key: UUID) -> PartnerContact:
    return get_object_or_404(PartnerContact, pk=key, organization=request.staff.organization)


def _write_contact(request: HttpRequest, row: PartnerContact | None) -> HttpResponse:
    form = ContactForm(request.POST, row)
    if not form.is_valid():
        return _page(request, {row.pk if row else "desk": form}, HTTPStatus.BAD_REQUEST)
    with _own_only():
        saying.say_contact(
            request.staff.organization,
            row.pk if row else None,
            by=request.staff.user,
            **form.cleaned_data,
        )
    messages.success(request, _("Saved. Only the network sees it."))
    return _back("desks")


@contextmanager
def _own_only() -> Iterator[None]:
    """What belongs to another organization does not exist."""
    try:
        yield
    except ObjectDoesNotExist as error:
        raise Http404 from error


def _back(part: str) -> HttpResponse:
    return redirect(f"{reverse('network-listing')}#{part}")


def _page(
    request: HttpRequest,
    sent: dict[Any, Form] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The whole page; a form that was refused stands in the place of its own, by its name."""
    sent = sent or {}
    organization = request.staff.organization
    services = list(_services_of(organization))
    public = Service.objects.public().filter(organization=organization)
    shown = set(public.values_list("pk", flat=True))
    now = timezone.now()
    context = {
        "organization": organization,
        "services": [
            {
                "service": service,
                "is_shown": service.pk in shown,
                "room": _room(service, now),
                "form": sent.get(service.pk) or _status_form(service),
                "is_refused": service.pk in sent,
            }
            for service in services
        ],
        "levels": CapacityLevel.choices,
        "addresses": sent.get("addresses") or AddressesForm(None, organization),
        "role": sent.get("role") or RoleForm(None, organization),
        "contacts": [
            {
                "contact": row,
                "uri": phones.dial_uri(row.phone, row.extension),
                "number": _written(row),
                "form": sent.get(row.pk) or ContactForm(None, row),
                "is_refused": row.pk in sent,
            }
            for row in organization.partner_contacts.order_by("pk")
        ],
        "desk": sent.get("desk") or ContactForm(),
    }
    return render(request, "network/listing.html", context, status=status)


def _written(row: PartnerContact) -> str:
    """The number of a desk as people write it."""
    if not row.phone:
        return ""
    number = phones.spoken(row.phone)
    if not row.extension:
        return number
    return _("%(number)s, extension %(extension)s") % {
        "number": number,
        "extension": row.extension,
    }


def _services_of(organization: Organization) -> QuerySet[Service]:
    """The services of an organization with what the page shows, in a fixed number of queries."""
    return (
        Service.objects.filter(organization=organization)
        .select_related("source", "capacity")
        .prefetch_related(
            Prefetch(
                "phones",
                queryset=Phone.objects.trusted().select_related("source"),
                to_attr="trusted_phones",
            ),
            Prefetch(
                "service_needs",
                queryset=ServiceNeed.objects.select_related("term").order_by("rank"),
            ),
            "languages__source",
            "schedules__source",
            "service_areas__area",
            "service_areas__source",
            "service_at_locations__location__municipality",
            "service_at_locations__source",
        )
        .order_by("status", "pk")
    )


def _room(service: Service, now: datetime) -> dict[str, Any] | None:
    """What was said of the room of a service, or None; `holds` is false when it is too old."""
    said = getattr(service, "capacity", None)
    if said is None:
        return None
    return {
        "level": said.level,
        "label": said.get_level_display(),
        "is_accepting": said.is_accepting,
        "said": ago((timezone.localdate(now) - timezone.localdate(said.said_at)).days),
        "holds": not saying.has_lapsed(said, now),
    }


def ago(days: int) -> str:
    """How long ago something was said, in words."""
    if days < 1:
        return pgettext("said", "today")
    if days == 1:
        return pgettext("said", "yesterday")
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


def _status_form(service: Service) -> StatusForm:
    note = wording(service.status_note, get_language())
    return StatusForm(
        initial={"status": service.status, "note": note.text if note else ""},
        auto_id=f"{service.pk}-%s",
    )
