"""Which side moved a referral: the page names organizations, never people."""

from geo.choices import ActorKind, ReferralStatus
from geo.models import Referral, ReferralEvent
from geo.referral_states import MOVES, Party

_BY_KIND = {
    ActorKind.SYSTEM: Party.SYSTEM,
    ActorKind.CODE: Party.WORKER,
    ActorKind.LINK: Party.RECEIVER,
}


def side_of(event: ReferralEvent, referral: Referral) -> Party:
    """In what capacity a move was made, as far as the trace tells.

    Args:
        event: a move, with `actor_user__membership`.
        referral: what was moved.
    """
    if side := _BY_KIND.get(ActorKind(event.actor_kind)):
        return side
    if not event.from_status:
        return Party.SENDER
    may = MOVES.get((event.from_status, event.to_status), frozenset()) - {Party.SYSTEM}
    if len(may) == 1:
        return next(iter(may))
    membership = getattr(event.actor_user, "membership", None)
    organization = membership.organization_id if membership else None
    if organization == referral.from_org_id:
        return Party.SENDER
    if organization == referral.to_org_id and event.to_status == ReferralStatus.REDIRECTED:
        return Party.RECEIVER
    # Software of an organization keeps no account: what it withdraws is its own.
    return Party.SENDER if event.actor_kind == ActorKind.TOKEN else Party.COORDINATOR
