"""`make referrals-report`: the pages of referrals in a small network and in a large one.

20 organizations with 2,000 referrals, then 2,000 organizations with 200,000: the same pages, asked
for the organization that has the most. What is printed is the number of queries, the median time,
and how much more the large network takes. Organizations are invented; all is rolled back.

    python -m benchmarks.referrals [--markdown] [--sizes 20x2000 2000x200000] [--rounds 7]
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import django
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.cluster import database
from config.run import Supervisor, collect_static_files, say

SIZES = ("20x2000", "2000x200000")

# Of a thousand referrals of the last weeks, how many stand in each state: a guess, to fill lists.
STATES = {
    "draft": 10,
    "held": 5,
    "sent": 30,
    "acknowledged": 20,
    "accepted": 50,
    "met": 20,
    "completed": 500,
    "refused": 120,
    "redirected": 40,
    "expired": 80,
    "lapsed": 35,
    "withdrawn": 90,
}

# A few organizations get most: the third power of chance.
FILL = """
CREATE TEMP TABLE invented_org ON COMMIT DROP AS
SELECT (row_number() OVER (ORDER BY id) - 1)::int AS n, id FROM geo_organization
WHERE alternate_name = 'benchmark';
CREATE TEMP TABLE invented_state (status text, low int, high int) ON COMMIT DROP;
INSERT INTO invented_state VALUES {states};
CREATE TEMP TABLE invented ON COMMIT DROP AS
SELECT drawn.*, invented_state.status, gen_random_uuid() AS id, gen_random_uuid() AS consent_id,
    now() - drawn.age AS began
FROM (
    SELECT n,
        floor({orgs} * power(random(), 3))::int AS receiver,
        floor({orgs} * random())::int AS sender,
        floor(1000 * random())::int AS chance,
        random() * interval '4 days' AS age,
        (ARRAY['today', 'this_week', 'this_month'])[1 + floor(3 * random())::int] AS urgency,
        floor(15 * random())::int AS need,
        floor(17 * random())::int AS region
    FROM generate_series(1, {referrals}) AS n
) AS drawn JOIN invented_state ON drawn.chance >= low AND drawn.chance < high;
UPDATE invented SET sender = (sender + 1) % {orgs} WHERE sender = receiver;
INSERT INTO geo_consent (id, method, language, text_version, given_on, expires_on)
SELECT consent_id, 'oral', 'es', 1, current_date, current_date + 50 FROM invented;
INSERT INTO geo_consent_organizations (consent_id, organization_id)
SELECT consent_id, invented_org.id FROM invented JOIN invented_org ON invented_org.n = receiver;
INSERT INTO geo_referral (id, public_code, from_org_id, to_org_id, need_id, language_needed,
    interpreter_needed, worker_region_id, urgency, handover, consent_id, status, refusal_reason,
    outcome, created_on, sent_at, due_at, answered_at, closed_at, purge_on, sandbox)
SELECT invented.id,
    CASE WHEN is_over THEN md5(invented.n::text) || md5(invented.id::text)
         ELSE translate(lpad(upper(to_hex(invented.n)), 8, '0'), 'AE', 'XZ') END,
    sender_org.id, receiver_org.id, needs.id, 'es', false, regions.id, invented.urgency,
    'worker_calls', consent_id, invented.status,
    CASE invented.status WHEN 'refused' THEN 'no_capacity' ELSE '' END,
    CASE invented.status WHEN 'completed' THEN 'resolved' ELSE '' END,
    current_date, sent, CASE WHEN sent IS NULL THEN NULL ELSE began + interval '15 days' END,
    CASE WHEN invented.status IN ('accepted', 'met', 'completed', 'refused', 'lapsed')
         THEN began + interval '5 hours' END,
    CASE WHEN is_over THEN began + interval '9 hours' END, current_date + 60, false
FROM invented
CROSS JOIN LATERAL (SELECT
    invented.status IN ('completed', 'refused', 'redirected', 'expired', 'lapsed', 'withdrawn')
        AS is_over,
    CASE WHEN invented.status NOT IN ('draft', 'held') THEN began END AS sent) AS said
JOIN invented_org AS sender_org ON sender_org.n = sender
JOIN invented_org AS receiver_org ON receiver_org.n = receiver
JOIN (SELECT (row_number() OVER (ORDER BY code) - 1)::int AS n, id FROM geo_needterm
      WHERE parent_id IS NULL) AS needs ON needs.n = need
JOIN (SELECT (row_number() OVER (ORDER BY code) - 1)::int AS n, id FROM geo_adminarea
      WHERE level = 'region') AS regions ON regions.n = region;
INSERT INTO geo_referralevent (referral_id, from_status, to_status, actor_kind, at)
SELECT id, '', 'draft', 'user', began FROM invented
UNION ALL SELECT id, 'draft', 'sent', 'user', began FROM invented WHERE status <> 'draft'
UNION ALL SELECT id, 'sent', status, 'user', began FROM invented
    WHERE status NOT IN ('draft', 'held', 'sent');
ANALYZE geo_referral, geo_referralevent, geo_consent, geo_consent_organizations,
    geo_organization, geo_partner, geo_membership;
"""

TABLES = ("geo_referral", "geo_referralevent")


@dataclass(frozen=True, slots=True)
class Measure:
    """A page that was asked for: its queries, and the median of its times."""

    page: str
    queries: int
    milliseconds: float


class _RolledBack(Exception):
    """Takes back what was invented."""


def fill(organizations: int, referrals: int) -> None:
    """Invent a network, in the transaction that runs; triggers are off while it is written."""
    from django.utils import timezone

    from geo.models import AdminArea, Membership, Organization, Partner, Source, User
    from geo.translation import compose

    source, _created = Source.objects.get_or_create(
        key="benchmark", defaults={"citation": "Invented for a benchmark"}
    )
    regions = list(AdminArea.objects.regions())
    made = Organization.objects.bulk_create(
        Organization(
            name=compose({"fr": f"Organisme inventé {number}"}),
            alternate_name="benchmark",
            kind="obnl",
            referral_role="send_receive",
            verified_status="verified",
            source=source,
            as_of="2026-11",
            confidence="A",
        )
        for number in range(organizations)
    )
    now = timezone.now()
    Partner.objects.bulk_create(
        Partner(organization=each, region=regions[number % len(regions)], admitted_at=now)
        for number, each in enumerate(made)
    )
    users = User.objects.bulk_create(
        User(email=f"benchmark{number}@example.org") for number in range(organizations)
    )
    Membership.objects.bulk_create(
        Membership(user=user, organization=each, role="admin")
        for user, each in zip(users, made, strict=True)
    )
    low, states = 0, []
    for status, share in STATES.items():
        states.append(f"('{status}', {low}, {low + share})")
        low += share
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            FILL.format(states=", ".join(states), orgs=organizations, referrals=referrals)
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def busiest() -> tuple[Client, dict[str, str]]:
    """Somebody of the organization that has received the most, signed in; a referral, a code."""
    from django.db.models import Count

    from geo.models import Membership, Referral

    top = (
        Referral.objects.values("to_org")
        .annotate(n=Count("pk"))
        .order_by("-n", "to_org")
        .values_list("to_org", flat=True)[0]
    )
    membership = Membership.objects.select_related("user").get(organization=top)
    waiting = Referral.objects.filter(to_org=top, status="sent").order_by("pk")[0]
    own = Referral.objects.filter(from_org=top).exclude(status="draft").order_by("pk")[0]
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    return client, {"referral": str(waiting.pk), "own": str(own.pk)}


def pages(known: dict[str, str]) -> dict[str, str]:
    """What is asked for, by its name."""
    from django.urls import reverse

    return {
        "inbox": reverse("network-inbox"),
        "inbox, what waits": reverse("network-inbox") + "?status=sent",
        "inbox, one region": reverse("network-inbox") + "?region=11",
        "inbox, what ended": reverse("network-inbox") + "?status=completed",
        "what was sent": reverse("network-sent"),
        "a referral received": reverse("referral", args=[known["referral"]]),
        "a referral sent": reverse("referral", args=[known["own"]]),
        "who can take someone": reverse("network-find") + "?need=droits&region=11&language=es",
        "figures": reverse("network-figures"),
    }


def measure(client: Client, name: str, address: str, rounds: int) -> Measure:
    """Ask for a page `rounds` times, and once more to count its queries."""
    times = []
    for _round in range(rounds + 1):
        began = time.perf_counter()
        response = client.get(address)
        times.append(1000 * (time.perf_counter() - began))
        if response.status_code != 200:
            raise SystemExit(f"{name} answers {response.status_code} at {address}.")
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return Measure(name, len(captured), statistics.median(times[1:]))


def measured(organizations: int, referrals: int, rounds: int) -> list[Measure]:
    """The pages in an invented network, of which nothing stays."""
    found: list[Measure] = []
    try:
        with transaction.atomic():
            fill(organizations, referrals)
            client, known = busiest()
            found = [
                measure(client, name, address, rounds) for name, address in pages(known).items()
            ]
            raise _RolledBack
    except _RolledBack:
        return found


def table(
    sizes: Sequence[str], columns: Sequence[Sequence[Measure]], *, markdown: bool
) -> Iterator[str]:
    """Lines of a table: a page each, queries and times in each network, and the growth."""
    heads = ["page", *(f"{size}: queries, ms" for size in sizes), "growth"]
    rows = [
        [
            row[0].page,
            *(f"{each.queries}, {each.milliseconds:.0f}" for each in row),
            f"{row[-1].milliseconds / row[0].milliseconds:.1f}",
        ]
        for row in zip(*columns, strict=True)
    ]
    if markdown:
        yield "| " + " | ".join(heads) + " |"
        yield "| --- " + "| ---: " * (len(heads) - 1) + "|"
        yield from ("| " + " | ".join(row) + " |" for row in rows)
        return
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    for row in [heads, *rows]:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))


def main() -> int:
    """Measure both networks, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--markdown", action="store_true", help="a table for a document")
    parser.add_argument("--sizes", nargs="+", default=SIZES, help="organizations x referrals")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    supervisor = Supervisor()
    with database(say):
        supervisor.step(
            "Bringing the tables up to date", "migrate", "--noinput", "--verbosity", "0"
        )
        supervisor.step("Loading the directory", "load_fixtures")
        collect_static_files(supervisor)
        django.setup()
        columns = []
        for size in options.sizes:
            organizations, referrals = (int(number) for number in size.split("x"))
            say(f"→ {organizations:,} organizations, {referrals:,} referrals")
            columns.append(measured(organizations, referrals, options.rounds))
        for line in table(options.sizes, columns, markdown=options.markdown):
            say(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
