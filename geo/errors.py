"""What can be refused by a rule of the domain. The edges turn these into words."""


class DomainError(Exception):
    """A rule of the domain was broken; the message tells a person what to do."""


class UnreadableFile(DomainError):
    """A file cannot be taken: wrong kind, damaged, or without the fields that are needed."""


class IncompleteFixtures(DomainError):
    """The files of `fixtures/` contradict one another; nothing was written."""


class TransitionNotAllowed(DomainError):
    """A stop cannot go from the state it is in to the one that was asked for."""


class TooManyMessages(DomainError):
    """A service has had as many messages today as editors can read."""


class NoDemand(DomainError):
    """Nothing is known of how many workers there are: coverage cannot be measured."""


class ImpossibleChange(DomainError):
    """What is to be tried cannot be: a place is nowhere, or nothing has that identifier."""


class ImpossiblePlan(DomainError):
    """A question about where help should go next makes no sense."""
