"""Pages of the network, below `/fr/reseau/`, `/en/network/` and `/es/red/`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from frontend.views.network import (
    account,
    admission,
    coordination,
    find,
    inbox,
    invitations,
    link,
    paper,
    people,
    referral,
    second_step,
    sign_in,
    write,
)

urlpatterns = [
    path(_("sign-in/"), sign_in.sign_in, name="network-login"),
    path(_("sign-out/"), sign_in.sign_out, name="network-logout"),
    path(_("sign-in/forgotten/"), sign_in.forgotten, name="network-forgotten"),
    path(_("sign-in/forgotten/sent/"), sign_in.forgotten_sent, name="network-forgotten-sent"),
    path(_("sign-in/new-password/"), sign_in.new_password, name="network-new-password"),
    path(_("second-step/"), second_step.second_step, name="network-second-step"),
    path(_("second-step/new/"), second_step.new_device, name="network-second-step-new"),
    path(_("second-step/codes/"), second_step.backup_codes, name="network-backup-codes"),
    path(
        _("second-step/codes/new/"),
        second_step.new_backup_codes,
        name="network-backup-codes-new",
    ),
    path(_("second-step/remove/"), second_step.remove_device, name="network-second-step-remove"),
    path(_("invitation/"), invitations.invitation, name="network-invitation"),
    path(_("account/"), account.account, name="network-account"),
    path(_("account/password/"), account.password, name="network-password"),
    path(
        _("account/sign-out-everywhere/"),
        account.sign_out_everywhere,
        name="network-logout-everywhere",
    ),
    path(_("people/"), people.people, name="network-people"),
    path(_("organizations/"), admission.admission, name="network-admission"),
    path(
        _("organizations/propose/<uuid:organization_id>/"),
        admission.proposal,
        name="network-proposal",
    ),
    path(
        _("organizations/<uuid:partner_id>/"),
        admission.organization,
        name="network-organization",
    ),
    path(_("coordinators/"), admission.coordinators, name="network-coordinators"),
    path("", inbox.inbox, name="network-inbox"),
    path(_("sent/"), inbox.sent, name="network-sent"),
    path(_("by-code/"), inbox.by_code, name="referral-by-code"),
    path(_("referrals/new/"), write.write, name="referral-write"),
    path(_("referrals/<uuid:referral_id>/"), referral.referral, name="referral"),
    path(_("referrals/<uuid:referral_id>/consent/"), write.ask, name="referral-consent"),
    path(_("referrals/<uuid:referral_id>/move/"), referral.move, name="referral-move"),
    path(_("referrals/<uuid:referral_id>/pass-on/"), referral.pass_on, name="referral-redirect"),
    path(_("referrals/<uuid:referral_id>/delete/"), write.discard, name="referral-discard"),
    path(_("referrals/<uuid:referral_id>/card/"), paper.paper, name="referral-paper"),
    path(_("link/"), link.referral_link, name="referral-link"),
    path(_("coordination/"), coordination.overview, name="network-coordination"),
    path(
        _("coordination/referrals/<uuid:referral_id>/"),
        coordination.referral,
        name="coordination-referral",
    ),
    path(
        _("coordination/mails/<uuid:mail_id>/"),
        coordination.try_mail_again,
        name="coordination-mail",
    ),
    path(
        _("coordination/organizations/<uuid:partner_id>/"),
        coordination.verify,
        name="coordination-verify",
    ),
    path(_("find/"), find.find_receiver, name="network-find"),
    path(_("find/contact/<uuid:organization_id>/"), find.show_contact, name="network-contact"),
]
