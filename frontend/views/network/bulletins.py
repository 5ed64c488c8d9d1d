"""Bulletins of the network."""

from collections.abc import Iterable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontend.access import network_page
from frontend.bulletin_forms import BulletinForm, BulletinQuestion
from geo.models import AdminArea, Bulletin
from geo.referrals import bulletins as telling
from geo.translation import wording


@network_page(to="belong")
@require_http_methods(["GET", "HEAD", "POST"])
def bulletins(request: HttpRequest) -> HttpResponse:
    """What stands for a region and a need; a member who refers may write one."""
    staff = request.staff
    form = BulletinForm(None, staff) if staff.may_refer else None
    status = HTTPStatus.OK
    if request.method == "POST":
        if not staff.may_refer:
            raise PermissionDenied
        form = BulletinForm(request.POST, staff)
        if form.is_valid():
            telling.publish(form.bulletin, regions=form.regions_chosen, needs=form.needs_chosen)
            messages.success(request, _("Published. Those whom it concerns are told."))
            return redirect("network-bulletins")
        status = HTTPStatus.BAD_REQUEST
    return _page(request, form, status)


@network_page(to="belong")
@require_POST
def withdraw(request: HttpRequest, bulletin_id: UUID) -> HttpResponse:
    """Take one back: whoever may not is told that there is none."""
    mine = Bulletin.objects.withdrawable_by(request.staff.user)
    telling.withdraw(get_object_or_404(mine, pk=bulletin_id))
    messages.success(request, _("The bulletin is withdrawn."))
    return redirect("network-bulletins")


def _page(request: HttpRequest, form: BulletinForm | None, status: HTTPStatus) -> HttpResponse:
    question = BulletinQuestion(request.GET, request.staff)
    question.is_valid()
    region = question.region_asked
    current = list(Bulletin.objects.current().about(region, question.need_asked).gravest_first())
    mine = Bulletin.objects.withdrawable_by(request.staff.user).filter(
        pk__in=[bulletin.pk for bulletin in current]
    )
    context = {
        "question": question,
        "region": region,
        "bulletins": current,
        "withdrawable": set(mine.values_list("pk", flat=True)),
        "digest": in_words(current, region),
        "form": form,
    }
    return render(request, "network/bulletins.html", context, status=status)


def in_words(bulletins: Iterable[Bulletin], region: AdminArea | None) -> str:
    """Bulletins as one text to paste into a group: it names no tool and links nowhere."""
    today = formats.date_format(timezone.localdate(), "DATE_FORMAT")
    heading = _("News, {place}, {day}").format(
        place=region.name if region else _("All of Québec"), day=today
    )
    lines = [
        _("{severity}: {text} ({organization}, until {day})").format(
            severity=bulletin.get_severity_display(),
            text=wording(bulletin.text, get_language()),
            organization=wording(bulletin.organization.name, get_language()),
            day=formats.date_format(bulletin.last_day, "DATE_FORMAT"),
        )
        for bulletin in bulletins
    ]
    return "\n\n".join([heading, *lines])
