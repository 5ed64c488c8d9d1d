"""What can be refused by a rule of the domain. The edges turn these into words."""


class DomainError(Exception):
    """A rule of the domain was broken; the message tells a person what to do."""


class UnreadableFile(DomainError):
    """A file cannot be taken: wrong kind, damaged, or without the fields that are needed."""


class IncompleteFixtures(DomainError):
    """The files of `fixtures/` contradict one another; nothing was written."""


class TransitionNotAllowed(DomainError):
    """A stop or a referral cannot go from the state it is in to the one that was asked for."""


class NoConsent(DomainError):
    """The person has not agreed to this, or not any more: the referral stays where it is."""


class NotAdmitted(DomainError):
    """The organization is not in the network, or it is suspended."""


class WrongCode(DomainError):
    """The code is not the one of this referral."""


class AddressRefused(DomainError):
    """A webhook may not be called there: no address of the public Internet, or not in secret."""


class InvitationEnded(DomainError):
    """The invitation was used, taken back, or its time is over."""


class NotEntitled(DomainError):
    """The account may not do this there."""


class InvitationRefused(DomainError):
    """The person cannot be invited, or cannot come in by this invitation."""


class AdmissionRefused(DomainError):
    """The organization cannot be proposed or endorsed."""


class LastAdmin(DomainError):
    """Nobody would be left to keep the people of the organization."""


class TooManySearches(DomainError):
    """An account has saved as many searches as it may."""


class TooManyMessages(DomainError):
    """A service has had as many messages today as editors can read."""


class NoDemand(DomainError):
    """Nothing is known of how many workers there are: coverage cannot be measured."""


class ImpossibleChange(DomainError):
    """What is to be tried cannot be: a place is nowhere, or nothing has that identifier."""


class ImpossiblePlan(DomainError):
    """A question about where help should go next makes no sense."""
