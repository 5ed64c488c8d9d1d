"""Write a referral, ask the person, send."""

from datetime import date
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontend.access import network_page
from frontend.referral_forms import SPOKEN, ConsentForm, WriteForm
from frontend.templatetags.repere import language_in_sentence
from frontend.views.network.offering import offer, regions
from geo import moments
from geo.choices import Handover, ReferralStatus
from geo.errors import DomainError
from geo.models import NeedTerm, Organization, Referral, Service
from geo.referrals import consent
from geo.referrals.sending import record_and_send
from geo.translation import LANGUAGES, wording


@network_page(to="refer")
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """A form of coded choices; what was searched for is filled in already."""
    sender = request.staff.organization
    needs = list(NeedTerm.objects.tiles())
    areas = regions()
    # Another region was asked for: what is filled in stays, and nothing is judged yet.
    is_sent = request.method == "POST" and "show" not in request.POST
    asked = request.POST if request.method == "POST" else request.GET
    form = WriteForm(
        asked if is_sent else None,
        sender=sender,
        needs=needs,
        regions=areas,
        initial={"handover": Handover.WORKER_CALLS} | asked.dict(),
    )
    error, status = "", HTTPStatus.OK
    if is_sent and form.is_valid():
        referral = form.referral()
        try:
            referral.write(referral.actor(request.user))
        except DomainError as refused:
            error, status = str(refused), HTTPStatus.CONFLICT
        else:
            return redirect("referral-consent", referral.pk)
    elif is_sent:
        status = HTTPStatus.BAD_REQUEST
    chosen = _keys([asked.get("organization", "")])
    need = next((term for term in needs if term.code == asked.get("need")), None)
    offered = offer(asked, sender, need, among=areas, chosen=chosen)
    is_theirs = any(row.organization_id in chosen for row in offered.partners)
    context = {
        "form": form,
        "error": error,
        "offer": offered,
        "asked_organization": str(next(iter(chosen), "")),
        "services": _services(chosen) if is_theirs else [],
        "asked_service": asked.get("service", ""),
    }
    return render(request, "network/write.html", context, status=status)


def _services(organization: list[UUID]) -> list[Service]:
    return list(Service.objects.public().filter(organization__in=organization).order_by("pk"))


@network_page(to="refer")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The text to read aloud, for the organizations that are chosen; then the yes, and off."""
    referral = _draft(request, referral_id)
    form = ConsentForm(request.POST if request.method == "POST" else None, referral)
    error, status = "", HTTPStatus.OK
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            sent = record_and_send(
                referral,
                referral.actor(request.user),
                method=said["method"],
                language=said["language"],
                organizations=said["organizations"],
                expires_on=said["until"],
            )
        except DomainError as refused:
            error, status = str(refused), HTTPStatus.CONFLICT
        else:
            messages.success(request, _sent_words(sent))
            return redirect("referral", referral.pk)
    elif form.is_bound:
        status = HTTPStatus.BAD_REQUEST
    context = _reading(request, referral, form) | {
        "form": form,
        "error": error,
        "referral": referral,
    }
    return render(request, "network/consent.html", context, status=status)


@network_page(to="refer")
@require_POST
def discard(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Delete a draft."""
    referral = get_object_or_404(Referral.objects.visible_to(request.user), pk=referral_id)
    try:
        referral.discard(referral.actor(request.user))
    except DomainError as refused:
        messages.error(request, str(refused))
        return redirect("referral", referral.pk)
    messages.success(request, _("The draft is deleted."))
    return redirect("network-sent")


def _draft(request: HttpRequest, referral_id: UUID) -> Referral:
    """A draft of the sender's own; coordinators record no consent."""
    drafts = Referral.objects.visible_to(request.user).sent_by(request.staff.organization)
    return get_object_or_404(
        drafts.filter(status=ReferralStatus.DRAFT)
        .select_related("from_org__partner", "to_org", "to_service", "need", "worker_region")
        .defer("worker_region__outline"),
        pk=referral_id,
    )


def _sent_words(status: ReferralStatus) -> str:
    if status == ReferralStatus.SENT:
        return _("Sent. Give the person the code now.")
    return _("Recorded. It is held for the coordinator of the region.")


def _reading(request: HttpRequest, referral: Referral, form: ConsentForm) -> dict:
    """What is read aloud, to whom it names, and who else could be named."""
    asked = request.POST if request.method == "POST" else request.GET
    ticked = set(_keys(asked.getlist("organizations")))
    spoken = _reading_language(asked, referral)
    ends = dict(form.fields["until"].choices)
    until = asked.get("until", "")
    until = until if until in ends else form.fields["until"].initial
    receiver = referral.to_org_id
    offered = offer(
        request.GET,
        referral.from_org,
        referral.need,
        among=regions(),
        chosen=ticked - {receiver},
        without={receiver} - {None},
    )
    named = [row.organization for row in offered.partners if row.organization_id in ticked]
    if referral.to_org:
        named.insert(0, referral.to_org)
    return {
        "offer": offered,
        "named": named,
        "spoken": spoken,
        "spoken_choices": SPOKEN,
        "ticked": ticked,
        "until": until,
        "texts": _texts(referral, named, spoken, date.fromisoformat(until)) if named else [],
        "version": consent.CURRENT,
        "is_interpreted": spoken not in LANGUAGES,
    }


def _reading_language(asked: QueryDict, referral: Referral) -> str:
    spoken = asked.get("language", "")
    return spoken if spoken in dict(SPOKEN) else referral.language_needed


def _texts(
    referral: Referral, named: list[Organization], spoken: str, until: date
) -> list[tuple[str, list[str]]]:
    """The text by language: the one that is read first, then the others."""
    first = spoken if spoken in LANGUAGES else get_language()
    order = [first, *(code for code in consent.languages() if code != first)]
    return [(code, _text(referral, named, code, until)) for code in order]


def _text(referral: Referral, named: list[Organization], language: str, until: date) -> list[str]:
    with override(language):
        return consent.text(
            language,
            organizations=[str(wording(one.name, language)) for one in named],
            need=str(wording(referral.need.name, language)),
            spoken=language_in_sentence(referral.language_needed),
            region=referral.worker_region.name,
            until=moments.day_words(until, timezone.localdate()),
        )


def _keys(texts: list[str]) -> list[UUID]:
    """Keys of rows; what is none is passed over."""
    keys = []
    for text in texts:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    return keys
