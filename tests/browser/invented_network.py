"""Writes an invented network into the database of the settings, and says how to get in.

A process of its own: the database is that of the site which the browser visits, and not the one of
the tests. Prints JSON: addresses of the accounts, keys of the organizations.
"""

import json
import sys

import django

PASSWORD = "an invented password for tests"


def main() -> None:
    """Three organizations: two with an account, one with a mailbox only."""
    django.setup()
    from tests import network
    from tests.factories import ServiceFactory

    sender = network.organization("11", name=_named("Organisme inventé de Gaspé"))
    receiver = network.organization("07", name=_named("Organisme inventé de Gatineau"))
    boxed = network.organization("08", name=_named("Organisme inventé de Rouyn"))
    services = {}
    for key, organization, region in (("receiver", receiver, "07"), ("boxed", boxed, "08")):
        services[key] = ServiceFactory(
            organization=organization,
            name=_named(f"Aide juridique inventée ({region})"),
            needs=["droits-salaire"],
            covering=[region],
            speaks=["es"],
            delivery_modes=["phone"],
            phone="+15145550123",
        )
    people = {}
    for name, organization in (("sender", sender), ("receiver", receiver)):
        user = network.member(organization, "admin", email=f"{name}@example.org", language="fr")
        user.set_password(PASSWORD)
        user.save()
        people[name] = user.email
    told = {
        "people": people,
        "receiver": str(receiver.pk),
        "boxed": str(boxed.pk),
        "mailbox": boxed.partner.mailbox,
    }
    sys.stdout.write(json.dumps(told))


def _named(name: str) -> dict:
    from geo.translation import compose

    return compose({"fr": name, "es": name, "en": name})


if __name__ == "__main__":
    main()
