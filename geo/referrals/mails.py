"""What the e-mails of the network say: a code and a link. No need, no region, nobody's name.

A mail travels over servers that are not ours and is read on screens that others see. Who wants to
know more follows the link, and signs in or shows it.
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from geo import codes
from geo.choices import MailFrequency, MailKind, ReferralStatus
from geo.membership import invitation_secret
from geo.models import (
    Bulletin,
    Invitation,
    Membership,
    OutboxMail,
    Partner,
    Referral,
    ReferralLink,
)
from geo.referral_states import WAITING

SUBJECTS = {
    MailKind.INVITATION: gettext_lazy("Repère: an invitation"),
    MailKind.REFERRAL_WAITS: gettext_lazy("Repère: one item waits"),
    MailKind.REMINDER: gettext_lazy("Repère: one item still waits"),
    MailKind.REFERRAL_MOVED: gettext_lazy("Repère: something has changed"),
    MailKind.REFERRAL_HELD: gettext_lazy("Repère: one item waits"),
    MailKind.LINK_RENEWED: gettext_lazy("Repère: one item waits"),
    MailKind.BULLETIN: gettext_lazy("Repère: there is news"),
    MailKind.WATCH: gettext_lazy("Repère: there is news"),
}

SENTENCES = {
    MailKind.INVITATION: gettext_lazy("You are invited to open an account."),
    MailKind.REFERRAL_WAITS: gettext_lazy("One item waits for your answer."),
    MailKind.REMINDER: gettext_lazy("One item still waits for your answer."),
    MailKind.REFERRAL_MOVED: gettext_lazy("Something has changed."),
    MailKind.REFERRAL_HELD: gettext_lazy("One item waits for a coordinator."),
    MailKind.LINK_RENEWED: gettext_lazy("Here is the new link that was asked for."),
    MailKind.BULLETIN: gettext_lazy("There is a bulletin for you."),
    MailKind.WATCH: gettext_lazy("A search that you saved finds something else now."),
}

# In what states a referral can be for a mail still to be true; in any, where a kind is not named.
TRUE_IN = {
    MailKind.REFERRAL_WAITS: WAITING,
    MailKind.REMINDER: WAITING,
    MailKind.REFERRAL_HELD: {ReferralStatus.HELD},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a mail tells.

    Attributes:
        sentence: that something waits or has changed; never what.
        code: the code that the person carries, with its space, or nothing.
        link: where to read on.
        is_signed: the link opens without an account.
    """

    sentence: str
    code: str
    link: str
    is_signed: bool


def still_holds(mail: OutboxMail, now: datetime) -> bool:
    """Whether a mail is still true, and its reader still has a right to it."""
    if mail.invitation_id:
        live = Invitation.objects.live().exclude(email="")
        return live.filter(pk=mail.invitation_id).exists()
    if not _may_be_written_to(mail):
        return False
    if mail.referral_id:
        return _is_true_of(mail, now)
    if mail.bulletin_id:
        return Bulletin.objects.current(now).filter(pk=mail.bulletin_id).exists()
    return True


def compose(mails: list[OutboxMail]) -> EmailMessage:
    """The e-mail that says what one or several rows of the outbox tell the same reader.

    It makes the secrets of the links that it holds: they are to be committed before it is sent.
    """
    first = mails[0]
    with override(_language(first)):
        lines = [_line(mail) for mail in mails]
        subject = (
            _("Repère: your daily list") if first.in_digest else SUBJECTS[MailKind(first.kind)]
        )
        context = {
            # Twice the same is said once: a referral that moved twice since yesterday.
            "lines": list(dict.fromkeys(lines)),
            "is_digest": first.in_digest,
            "is_signed": any(line.is_signed for line in lines),
        }
        body = render_to_string("geo/mails/mail.txt", context)
        return EmailMessage(
            subject=str(subject),
            body=body,
            to=[_address(first)],
            headers={
                # Nobody's holiday answers a machine, and no machine's name leaves the house.
                "Auto-Submitted": "auto-generated",
                "Message-ID": make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
            },
        )


def _may_be_written_to(mail: OutboxMail) -> bool:
    if mail.partner is not None:
        return bool(mail.partner.mailbox) and (
            Partner.objects.admitted().filter(pk=mail.partner.pk).exists()
        )
    user = mail.user
    assert user is not None, "a mail goes to somebody"
    if not user.is_active or user.mail_frequency == MailFrequency.NEVER:
        return False
    return Membership.objects.of(user) is not None or user.coordinations.exists()


def _is_true_of(mail: OutboxMail, now: datetime) -> bool:
    if mail.partner is not None:
        visible = Referral.objects.visible_to_organization(mail.partner.organization)
    else:
        visible = Referral.objects.visible_to(mail.user)
    referral = visible.filter(pk=str(mail.referral_id)).first()
    if referral is None:
        return False
    kind = MailKind(mail.kind)
    return kind not in TRUE_IN or referral.shown_status(now) in TRUE_IN[kind]


def _line(mail: OutboxMail) -> Line:
    sentence = str(SENTENCES[MailKind(mail.kind)])
    code = mail.referral.code if mail.referral else None
    return Line(
        sentence=sentence,
        code=codes.spaced(code) if code else "",
        link=_link(mail),
        is_signed=_is_signed(mail),
    )


def _link(mail: OutboxMail) -> str:
    if mail.invitation is not None:
        return _page("network-invitation", t=invitation_secret(mail.invitation))
    if mail.referral is not None:
        if _is_signed(mail):
            return _page("referral-link", t=ReferralLink.issue(mail.referral))
        if mail.kind == MailKind.REFERRAL_HELD:
            return _page("network-coordination")  # where held ones are released
        return _page("referral", [mail.referral.pk])
    return _page("network-bulletins" if mail.bulletin_id else "network-watches")


def _is_signed(mail: OutboxMail) -> bool:
    """A mailbox gets a link that acts for the receiver: so only that of the receiver."""
    return (
        mail.partner is not None
        and mail.referral is not None
        and mail.referral.to_org_id == mail.partner.organization_id
    )


def _page(name: str, arguments: list | None = None, **question: str) -> str:
    """The public address of a page in the language of the mail."""
    asked = f"?{urlencode(question)}" if question else ""
    return f"{settings.SITE_URL}{reverse(name, args=arguments)}{asked}"


def _language(mail: OutboxMail) -> str:
    if mail.partner is not None:
        return mail.partner.language
    # An invitation speaks like who invites.
    person = mail.invitation.invited_by if mail.invitation is not None else mail.user
    return person.language if person else settings.LANGUAGE_CODE


def _address(mail: OutboxMail) -> str:
    if mail.invitation is not None:
        return mail.invitation.email
    if mail.partner is not None:
        return mail.partner.mailbox
    assert mail.user is not None, "a mail goes to somebody"
    return mail.user.email
