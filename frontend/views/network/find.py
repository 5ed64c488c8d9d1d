"""Who can take a person: one question for caseworkers, and what goes with the answer."""

from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from frontend.access import Staff, network_page
from frontend.find_forms import FindForm
from geo.choices import OrganizationKind
from geo.coverage import reading
from geo.models import (
    AdminArea,
    ContactReveal,
    CoverageRun,
    Organization,
    PartnerContact,
    Resource,
)
from geo.referrals.receivers import FIRST, Question, elsewhere, find
from geo.referrals.whereabouts import whereabouts

# A contact that was asked for stays on the page so long; then one asks, and is counted, again.
SHOWN_S = 600
SALT = "contact-of-a-desk"

MOST_CONSULATES = 4


@require_safe
@network_page(to="belong")
def find_receiver(request: HttpRequest) -> HttpResponse:
    """The question, and who can take the person. Nothing is kept of it."""
    form = FindForm(request.GET)
    context = {"form": form, "query": request.GET}
    if form.is_bound and form.is_valid():
        context |= _answer(request, form)
    return render(request, "network/find.html", context)


def _answer(request: HttpRequest, form: FindForm) -> dict:
    question = form.question
    wants_all = request.GET.get("all") == "1"
    answer = find(question, first=None if wants_all else FIRST)
    return {
        "question": question,
        "tile": form.tile,
        "answer": answer,
        "others": [] if answer.in_person else elsewhere(question),
        "refer_query": _refer_query(request.staff, form),
        "shown_contacts": _shown_contacts(request.GET.get("desk", "")),
    } | _about(request.staff, question, form)


def _about(staff: Staff, question: Question, form: FindForm) -> dict:
    """What a caseworker wants to know of a region where they have never been."""
    run = CoverageRun.objects.current()
    need, language = form.tile.code, question.language
    home = _home(staff)
    consulates = (
        Resource.objects.of_kind(OrganizationKind.CONSULATE)
        .reached(region=question.region)
        .in_order()
        .with_details()
    )
    return {
        "is_home": home == question.region,
        "whereabouts": whereabouts(question.region, home)
        if home and home != question.region
        else None,
        "consulates": consulates[:MOST_CONSULATES],
        "coverage": (
            reading.pair(run, question.region, need, language)
            or reading.pair(run, question.region, need)
        )
        if run
        else None,
    }


def _home(staff: Staff) -> AdminArea | None:
    """The region of the account's organization, else one that it coordinates."""
    if staff.organization:
        return staff.organization.partner.region
    coordination = staff.user.coordinations.select_related("region").order_by("region__code")
    first = coordination.first()
    return first.region if first else None


def _refer_query(staff: Staff, form: FindForm) -> str:
    """What a new referral can be begun with; empty for who may write none."""
    if not staff.may_refer:
        return ""
    return urlencode(form.cleaned_data | {"need": form.tile.code})


@require_POST
@network_page(to="belong")
def show_contact(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Show the contact of a desk, and count that somebody looked: which month, not who.

    The address that follows carries a sealed note of the organization alone, good for ten minutes.
    """
    organization = get_object_or_404(
        Organization.objects.filter(partner_contacts__isnull=False).distinct(), pk=organization_id
    )
    ContactReveal.objects.count_one(organization, timezone.localdate())
    asked = request.GET.copy()
    asked["desk"] = signing.dumps(str(organization.pk), salt=SALT)
    return HttpResponseRedirect(f"{reverse('network-find')}?{asked.urlencode()}#desk", status=303)


def _shown_contacts(sealed: str) -> list[PartnerContact]:
    """The contacts that were asked for in the last ten minutes."""
    try:
        key = signing.loads(sealed, salt=SALT, max_age=SHOWN_S)
    except signing.BadSignature:
        return []
    return list(PartnerContact.objects.filter(organization=key).select_related("organization"))
