"""The ground of every page, in a real browser under the real content security policy."""

from pathlib import Path

import pytest
from django.conf import settings

AXE = Path(settings.BASE_DIR / "node_modules/axe-core/axe.min.js")
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SMALLEST = {"width": 360, "height": 740}
OPEN_PAGES = ["/sign-in/", "/law/dalian-2024/", "/law/dalian-2024/四.4/", "/nowhere/"]


def serious(page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def too_wide(page) -> int:
    """By how many pixels the page is wider than its window, once it has come in whole."""
    page.wait_for_load_state("load")
    return page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("address", OPEN_PAGES)
def test_an_open_page_is_readable_for_everyone_and_breaks_no_policy(live_server, page, address, size):
    complaints = []
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    page.set_viewport_size(size)
    page.goto(live_server.url + address)

    assert serious(page) == []
    assert complaints == []
    assert too_wide(page) <= 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(250, 247, 241)"


def test_large_type_is_remembered_and_still_fits_the_smallest_phone(live_server, page):
    page.set_viewport_size(SMALLEST)
    page.goto(f"{live_server.url}/law/dalian-2024/")
    before = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    page.evaluate("localStorage.setItem('large-type', 'on')")
    page.reload()

    assert (before, page.evaluate("getComputedStyle(document.documentElement).fontSize")) == ("16px", "20px")
    assert too_wide(page) <= 0


def test_htmx_shows_a_refused_form_and_keeps_no_history_on_a_shared_phone(live_server, page):
    page.goto(f"{live_server.url}/law/dalian-2024/")
    config = page.evaluate("htmx.config")

    assert {"code": "422", "swap": True} in config["responseHandling"]
    assert (config["allowEval"], config["includeIndicatorStyles"], config["historyCacheSize"]) == (False, False, 0)


def test_a_step_without_network_says_so(live_server, page, context):
    page.goto(f"{live_server.url}/law/dalian-2024/")
    context.set_offline(True)
    page.evaluate("htmx.ajax('GET', '/law/dalian-2024/', {target: '#main'}).catch(() => {})")

    page.get_by_role("status").get_by_text("没有连上网络").wait_for()
