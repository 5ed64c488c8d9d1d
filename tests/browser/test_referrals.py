"""From one region to another, in a browser: two organizations with accounts, one with a mailbox."""

import json
import re
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Visit
from tests.browser.invented_network import PASSWORD
from tests.browser.test_accessibility import violations as found_by_axe


@pytest.fixture(scope="session")
def invented(base_url, site_environment) -> dict:
    """The invented network, in the database of the site."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.invented_network"],
        cwd=ROOT,
        env=site_environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(made.stdout)


@pytest.fixture
def desk(browser: Browser, base_url: str, browser_context_args: dict):
    """Opens a browser of somebody of an organization; no script error, no third party after it."""
    visits = []

    def open_desk(language: str = "fr-CA") -> Page:
        context = browser.new_context(
            **browser_context_args | {"locale": language, "base_url": base_url}
        )
        visits.append(Visit(context.new_page(), base_url))
        return visits[-1].page

    yield open_desk
    for visit in visits:
        assert visit.faults == []
        visit.page.context.close()


def address(name: str, language: str = "fr", **arguments) -> str:
    with override(language):
        return reverse(name, kwargs=arguments or None)


def violations(page: Page) -> list[str]:
    """From the top: further down, the way out covers what is under it, and axe says so."""
    page.evaluate("window.scrollTo(0, 0)")
    return found_by_axe(page)


def sign_in(page: Page, email: str) -> None:
    page.goto(address("network-inbox"))
    page.fill("[name=username]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page).to_have_url(re.compile(re.escape(address("network-inbox")) + "$"))


def submit(page: Page, selector: str) -> None:
    """Press a button by the keyboard, as who sees nothing does."""
    page.locator(selector).focus()
    page.keyboard.press("Enter")


def refer(page: Page, organization: str, region: str) -> str:
    """Find who can take somebody, write, ask, send; the code."""
    page.goto(f"{address('network-find')}?need=droits&region={region}&language=es")
    assert violations(page) == []
    page.locator(f'a[href*="organization={organization}"]').first.click()
    page.check(f'[name=organization][value="{organization}"]')
    page.locator("[name=urgency][value=today]").check()
    page.locator("[name=handover][value=worker_calls]").check()
    assert violations(page) == []
    submit(page, "main form[method=post] button.button:not(.quiet)")
    expect(page.locator(".aloud").first).to_contain_text("Organisme inventé")
    assert violations(page) == []
    page.locator("[name=method][value=oral]").check()
    page.locator("[name=agreed]").check()
    submit(page, "form:has([name=agreed]) button.button")
    code = page.locator("p.code")
    expect(code).to_have_text(re.compile(r"^\s*[0-9B-Z]{4} [0-9B-Z]{4}\s*$"))
    assert violations(page) == []
    return code.inner_text().strip()


def mails(site_environment: dict, site_folder: Path) -> list:
    """The mails that the jobs sent."""
    subprocess.run(
        [sys.executable, "manage.py", "run_jobs", "--only", "outbox"],
        cwd=ROOT,
        env=site_environment | {"SITE_URL": f"http://127.0.0.1:{site_environment['PORT']}"},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    found = []
    for file in sorted((site_folder / "mail").glob("*.log")):
        for part in file.read_bytes().split(b"-" * 79):
            if part.strip():
                found.append(message_from_bytes(part.strip(), policy=policy.default))
    return found


def test_a_person_is_referred_between_two_accounts_and_to_a_mailbox(
    desk, invented, site_environment, site_folder
):
    sender, receiver = desk(), desk()
    sign_in(sender, invented["people"]["sender"])
    sign_in(receiver, invented["people"]["receiver"])

    # To an organization with an account.
    code = refer(sender, invented["receiver"], "07")
    first = sender.url
    receiver.goto(address("network-inbox"))
    assert violations(receiver) == []
    assert code not in receiver.content()
    receiver.locator("ul.referrals a").first.click()
    assert code not in receiver.content()
    submit(receiver, "button[name=to][value=accepted]")
    receiver.fill("#code", "0000 0000")
    submit(receiver, "button[name=to][value=met]")
    expect(receiver.locator("#code_error")).not_to_be_empty()
    assert violations(receiver) == []
    receiver.fill("#code", code.lower().replace(" ", "-"))
    submit(receiver, "button[name=to][value=met]")
    receiver.locator("[name=outcome][value=resolved]").check()
    submit(receiver, "button[name=to][value=completed]")
    expect(receiver.locator(".state-completed").first).to_be_visible()
    sender.goto(first)
    expect(sender.locator(".state-completed").first).to_be_visible()
    assert code not in sender.content()

    # To an organization with a mailbox: the link of the mail, without an account or a cookie.
    second_code = refer(sender, invented["boxed"], "08")
    second = sender.url
    sent = mails(site_environment, site_folder)
    (mail,) = [mail for mail in sent if invented["mailbox"] in str(mail["to"])]
    text = mail.get_content()
    assert second_code in text
    (link,) = re.findall(r"http\S+", text)
    phone = desk("es-MX")
    phone.goto(link.replace(address("referral-link"), address("referral-link", "es")))
    expect(phone.locator("h1")).to_be_visible()
    assert violations(phone) == []
    assert second_code not in phone.content()
    submit(phone, "button[name=to][value=accepted]")
    phone.fill("#code", second_code)
    submit(phone, "button[name=to][value=met]")
    phone.locator("[name=outcome][value=partly]").check()
    submit(phone, "button[name=to][value=completed]")
    expect(phone.locator("#code")).to_have_count(0)
    assert phone.context.cookies() == []
    sender.goto(second)
    expect(sender.locator(".state-completed").first).to_be_visible()

    # Neither the mails nor the log of the server tell more than a code and a link.
    told = "\n".join(f"{mail['subject']}\n{mail.get_content()}" for mail in sent)
    for word in ("Droits", "Derechos", "Outaouais", "Abitibi", "Gaspésie", "salaire", "espagnol"):
        assert word not in told
    secret = link.partition("t=")[2]
    log = (site_folder / "gunicorn.log").read_text(errors="replace")
    assert address("referral-link", "es") in log
    for secret_word in (
        code,
        second_code,
        code.replace(" ", ""),
        second_code.replace(" ", ""),
        secret,
    ):
        assert secret_word not in log


def test_a_person_takes_it_back_with_the_code(desk, invented, phone):
    sender = desk()
    sign_in(sender, invented["people"]["sender"])
    code = refer(sender, invented["receiver"], "07")
    page = sender.url

    phone.goto(address("worker-code", "es"))
    assert violations(phone) == []
    phone.fill("[name=code]", code)
    phone.press("[name=code]", "Enter")
    expect(phone.locator("main")).to_contain_text("Outaouais")
    assert violations(phone) == []
    assert code.replace(" ", "") not in phone.url
    submit(phone, "button[name=wish][value=end]")
    expect(phone.locator("main")).not_to_contain_text("Outaouais")

    sender.goto(page)
    expect(sender.locator(".state-withdrawn").first).to_be_visible()
