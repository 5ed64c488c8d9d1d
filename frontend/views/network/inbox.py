"""The lists of an organization: what it received, what it sent, and a referral by its code."""

from http import HTTPStatus

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from frontend.access import network_page
from frontend.filters import need_choices, region_choices
from frontend.referral_forms import BoxFilters
from frontend.views.network.offering import regions
from frontend.views.network.referral import may_try_a_code, too_many
from geo.choices import AuditVerb, ReferralStatus
from geo.codes import read_code
from geo.models import NeedTerm, Referral, ReferralAudit
from geo.referral_states import OPEN, TERMINAL

PAGE = 25

# Whoever looks for an older one narrows the list, or has the code.
MOST_COUNTED = 1_000


class BoundedPaginator(Paginator):
    """Counts no further than somebody turns pages."""

    @cached_property
    def count(self) -> int:
        """How many there are, at most `MOST_COUNTED`."""
        return self.object_list[:MOST_COUNTED].count()


@network_page(to="belong")
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What the organization received; who coordinates without one has another page."""
    if request.staff.organization is None:
        return redirect("network-coordination")
    rows = Referral.objects.visible_to(request.user).received_by(request.staff.organization)
    return _list(request, rows, "network/inbox.html", OPEN)


@network_page(to="member")
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What the organization wrote, drafts included."""
    rows = Referral.objects.visible_to(request.user).sent_by(request.staff.organization)
    return _list(request, rows, "network/sent.html", OPEN | {ReferralStatus.DRAFT})


@network_page(to="belong")
@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    """The referral of a code, among those that the account may know of.

    The code comes in the body, never in an address; a code that is nobody's and one of strangers
    have the same answer.
    """
    page = "network/by_code.html"
    if request.method != "POST":
        return render(request, page)
    if not may_try_a_code(request):
        return too_many(render(request, page, {"error": _("Too many codes. Wait a minute.")}))
    found = _with_code(request)
    if found:
        return redirect("referral", found.pk)
    ReferralAudit.objects.note(
        AuditVerb.CODE_FAILED, user=request.user.pk, organization=_organization(request), ok=False
    )
    error = _("No referral that you may see has this code.")
    return render(request, page, {"error": error}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _with_code(request: HttpRequest) -> Referral | None:
    code = read_code(request.POST.get("code", ""))
    if code is None:
        return None
    visible = Referral.objects.visible_to(request.user)
    return visible.with_code(code).first() or visible.once_with_code(code).first()


def _organization(request: HttpRequest):
    return request.staff.organization.pk if request.staff.organization else None


def _list(
    request: HttpRequest, rows: QuerySet, template: str, at_first: frozenset[ReferralStatus]
) -> HttpResponse:
    areas = regions()
    form = BoxFilters(
        request.GET,
        need=need_choices(list(NeedTerm.objects.tiles())),
        region=region_choices(areas),
    )
    wants_ended = request.GET.get("ended") == "1"
    counts = rows.counted_by_state()
    states = {form.asked("status")} if form.asked("status") else at_first
    if wants_ended and not form.asked("status"):
        states = TERMINAL
    pages = BoundedPaginator(_narrowed(rows, form, states), PAGE)
    query = form.query()
    if wants_ended:
        query["ended"] = "1"
    context = {
        "form": form,
        "query": query,
        "page": pages.get_page(request.GET.get("page")),
        "counts": [(state, counts[state]) for state in ReferralStatus if state in counts],
        "open_count": sum(counts.get(state, 0) for state in at_first),
        "ended_count": sum(counts.get(state, 0) for state in TERMINAL),
        "wants_ended": wants_ended,
        "is_narrowed": bool(form.query()),
    }
    response = render(request, template, context)
    ReferralAudit.objects.note(
        AuditVerb.LISTED, user=request.user.pk, organization=_organization(request)
    )
    return response


def _narrowed(
    rows: QuerySet, form: BoxFilters, states: frozenset[ReferralStatus] | set[str]
) -> QuerySet:
    found = rows.in_inbox_order().filter(state__in=states)
    if need := form.asked("need"):
        found = found.filter(need__code=need)
    if region := form.asked("region"):
        found = found.filter(worker_region__code=region)
    if urgency := form.asked("urgency"):
        found = found.filter(urgency=urgency)
    named = found.select_related("from_org", "to_org", "need", "worker_region")
    return named.defer("worker_region__outline")
