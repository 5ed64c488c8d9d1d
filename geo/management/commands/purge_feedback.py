"""`manage.py purge_feedback`: forget what visitors wrote long ago."""

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from geo.models import Feedback

DAYS = 90


class Command(BaseCommand):
    """Empty the words of old messages; the codes stay, and tell nothing of anybody."""

    help = (
        "Take the words out of the messages of visitors that are older than --days. What they "
        "ticked stays. Run it every day (docs/operations.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--days", type=int, default=DAYS, help=f"{DAYS} if not given")

    def handle(self, *, days: int, **options) -> None:
        """Empty them, and say how many."""
        old = Feedback.objects.with_old_words(timezone.localdate(), days)
        self.stdout.write(f"Messages that lost their words: {old.update(comment='')}")
