"""Telephones at the gate, in a real browser: their taps are counted, their clocks can be put on, their network cut."""

import re

from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from tests.test_look import too_wide

PHONE = {"width": 390, "height": 844}
# What a finger does, without Playwright's patience: the child's tile, the adult's tile, and twelve seconds go by.
FINGER = """async ([names, adult]) => {
  const until = async (find) => {
    for (const began = performance.now(); performance.now() - began < 20000; await new Promise((go) => setTimeout(go, 2))) {
      const it = find();
      if (it) return it;
    }
    throw new Error(`${names}: ${find}`);
  };
  const tile = (name) => [...document.querySelectorAll("#waiting .child-tile")].find((one) => one.firstChild.textContent === name);
  const chosen = () => [...document.querySelectorAll("#picked .adult-tile")].find((one) => one.textContent.includes(adult));
  for (const name of names) {
    (await until(() => tile(name))).click();
    (await until(chosen)).click();
    await until(() => !tile(name) && !chosen());
    localStorage.setItem("ahead", Number(localStorage.getItem("ahead") || 0) + 12000);
  }
}"""
# The page asks the time by Date.now alone; a reload does not put the clock back.
CLOCK = "const real = Date.now; Date.now = () => real() + Number(localStorage.getItem('ahead') || 0);"


class Phone:
    """One signed-in person's telephone."""

    def __init__(self, browser, site, person, **context):
        client = Client()
        client.force_login(person)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": site}
        self.context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="zh-CN", **context)
        self.context.add_cookies([cookie])
        self.context.add_init_script(CLOCK)
        self.page, self.site, self.taps = self.context.new_page(), site, 0
        self.sent: list[str] = []
        self.page.on("request", self._note)

    def _note(self, request):
        if request.url.endswith("/gate/events/"):
            self.sent.append(request.post_data)

    def open(self, path):
        self.page.goto(self.site + path)

    def open_gate(self, children):
        self.open("/attendance/handover/")
        expect(self.page.locator("#waiting .child-tile")).to_have_count(children)

    def tap(self, words):
        self.taps += 1
        button = self.page.get_by_role("button", name=words)
        button.or_(self.page.get_by_role("link", name=words)).first.tap()

    def choose(self, words, where=None):
        """A box to tick, by its words."""
        self.taps += 1
        (where or self.page).locator(".pick", has_text=words).first.tap()

    def hand_over(self, child, adult="母亲"):
        self.tap(re.compile(f"^{child.name}"))
        self.tap(adult)

    def hand_over_all(self, children, adult="母亲"):
        """Two taps a child, at twelve seconds' distance."""
        self.taps += 2 * len(children)
        self.page.evaluate(FINGER, [[child.name for child in children], adult])

    def later(self, seconds):
        self.page.wait_for_load_state()  # a page reads its clock once its scripts run
        self.page.evaluate(
            "more => localStorage.setItem('ahead', Number(localStorage.getItem('ahead') || 0) + more)", seconds * 1000
        )

    def waits(self, count):
        """So many taps wait on the device: at its next look at the latest, which is every fifteen seconds."""
        expect(self.page.locator(".action-bar [data-now=queue]")).to_have_text(str(count))

    def sees(self, *words):
        for one in words:
            expect(self.page.locator("body")).to_contain_text(one, use_inner_text=True)

    def lands(self, title):
        """A tap on a link does not wait for its page."""
        expect(self.page).to_have_title(re.compile(f"^{title}"))

    def fits(self):
        assert too_wide(self.page) <= 0
