"""What keeps people safe, and what tells whom a service is for."""

from django import template
from django.core.cache import cache
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geo import phones
from geo.choices import (
    ELIGIBILITY_CODES,
    DeliveryMode,
    EligibilityDimension,
    FeedbackOutcome,
    FeedbackReason,
    Targeting,
)
from geo.imports.fixtures import key
from geo.models import EligibilityRule, Phone, Service
from geo.translation import wording as choose

register = template.Library()

# Where abuse by an employer is told of; its number is that of the directory, and no other.
ABUSE_LINE = key("service", "service-canada-signalement-tet")

# Pages for errors ask nothing of the database: they show the number that was last read.
LAST_READ = "abuse-line"
LAST_READ_S = 3600


@register.simple_tag(takes_context=True)
def abuse_line(context) -> dict[str, str] | None:
    """The line for abuse at work, `uri` and `number`, while the directory shows and trusts it."""
    if context.get("is_error"):
        return cache.get(LAST_READ)
    phone = Phone.objects.public().filter(service=ABUSE_LINE).order_by("rank").first()
    line = None
    if phone:
        line = {
            "uri": phones.dial_uri(phone.number, phone.extension),
            "number": phones.spoken(phone.number),
        }
    cache.set(LAST_READ, line, LAST_READ_S)
    return line


@register.filter
def who_is_served(service: Service) -> list[str]:
    """Whom a service is for, a sentence for each rule; empty where nobody wrote it down."""
    return [_rule_in_words(rule) for rule in service.eligibility_rules.all()]


def _rule_in_words(rule: EligibilityRule) -> str:
    own_words = choose(rule.text, get_language())
    if own_words:
        return own_words.text
    who = ", ".join(_code_in_words(rule.dimension, code) for code in rule.values)
    return {
        Targeting.OPEN_TO_ALL: _("Open to everyone"),
        Targeting.PRIORITY: _("First for: %(who)s"),
        Targeting.EXCLUSIVE: _("Only for: %(who)s"),
        Targeting.EXCLUDED: _("Not for: %(who)s"),
    }[Targeting(rule.targeting)] % {"who": who}


def _code_in_words(dimension: str, code: str) -> str:
    if dimension == EligibilityDimension.AGE:
        return _("age %(years)s") % {"years": code.replace("-", "–")}
    return str(ELIGIBILITY_CODES.get(EligibilityDimension(dimension), {}).get(code, code))


@register.filter
def conditions(service: Service) -> list[str]:
    """What is known of papers, of the health card and of the employer, for a card."""
    said = [
        (service.papers_asked, _("Papers are asked for"), _("No papers asked for")),
        (service.ramq_needed, _("Health card (RAMQ) needed"), _("No health card (RAMQ) needed")),
        (service.employer_told, _("The employer is told"), _("The employer is not told")),
    ]
    return [yes if answer else no for answer, yes, no in said if answer is not None]


@register.filter
def may_come(service: Service) -> bool:
    """The service goes to people, at least sometimes: one may ask."""
    return bool({DeliveryMode.OUTREACH_VISIT, DeliveryMode.ITINERANT} & {*service.delivery_modes})


@register.simple_tag
def without(query: QueryDict, name: str) -> str:
    """The address of the same question without one of its choices."""
    less = query.copy()
    less.pop(name, None)
    less.pop("page", None)
    return f"?{less.urlencode()}"


@register.simple_tag
def feedback_reasons() -> list[tuple[str, str]]:
    """What can be wrong: code and words."""
    return FeedbackReason.choices


@register.simple_tag
def feedback_outcomes() -> list[tuple[str, str]]:
    """How it went: code and words."""
    return FeedbackOutcome.choices
