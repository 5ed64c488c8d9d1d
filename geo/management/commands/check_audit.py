"""`manage.py check_audit`: whether the audit trail of referrals is the one that was written."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from geo.referrals import audit


class Command(BaseCommand):
    """Reckon the chain again, and give the last digest to write down elsewhere."""

    help = (
        "Check that no line of the audit trail was changed or taken out. Write the last digest "
        "down elsewhere, and ask for it later with --contains: so lines taken off the end show too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--contains", type=_digest, metavar="DIGEST", help="One that was written down."
        )

    def handle(self, *, contains: str | None, **options) -> None:
        """Check, and say so."""
        chain = audit.verify_chain()
        if not chain.holds:
            raise CommandError(f"The audit trail was changed at or before line {chain.broken_at}.")
        if contains and not audit.holds_digest(contains):
            raise CommandError("The line with that digest is not there any more.")
        self.stdout.write(f"Lines: {chain.lines}. Each follows from the one before.")
        self.stdout.write(f"Last digest: {chain.last or 'none'}")


def _digest(text: str) -> str:
    return bytes.fromhex(text).hex()
