"""How pages of the network say moments, codes and numbers."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from frontend.templatetags.repere import LANGUAGE_NAMES
from geo import codes, moments, phones
from geo.models import Referral
from geo.referral_states import lapses

register = template.Library()


@register.filter
def day_in_words(day: date) -> str:
    """A day, as `jeudi 26 novembre`."""
    return moments.day_words(day, timezone.localdate())


@register.filter
def moment_in_words(moment: datetime) -> str:
    """A day and its time, as `jeudi 26 novembre, 13 h 30`."""
    local = timezone.localtime(moment)
    return f"{day_in_words(local.date())}, {moments.time_words(local)}"


@register.filter
def comes_until(referral: Referral) -> str:
    """The last day on which the person of an accepted referral may come."""
    return day_in_words(timezone.localdate(lapses(referral.answered_at)))


@register.filter
def code_in_words(code: str) -> str:
    """A code in two halves."""
    return codes.spaced(code)


@register.filter
def phone_in_words(number: str) -> str:
    """A number as it is read."""
    return phones.spoken(number)


@register.filter
def own_language_name(code: str) -> str:
    """The name of a language of the site, in itself."""
    return LANGUAGE_NAMES[code]
