"""The stage of a story: a wall clock the story moves, and people who come to it with a phone or sit at a desk."""

import os
import re
import shutil
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import resolve
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from tests.test_look import DESKTOP, PHONE, serious, too_wide

SHOTS = Path(__file__).parent / "shots" if os.environ.get("SHOTS") else None  # whoever wants to look: SHOTS=1
PASSWORD = "haitang-2026"
# A refused form answers 422, which Chromium writes into its console as it does with every such answer.
REFUSED_FORM = "the server responded with a status of 422"


class Wall:
    """What the clock on the wall shows; it goes on by itself from where it was last put."""

    def __init__(self):
        self.shown, self.put_at = datetime.now(UTC), time.monotonic()

    def put(self, day: date, clock: str) -> None:
        self.shown = timezone.make_aware(datetime.combine(day, clock_time.fromisoformat(clock)))
        self.put_at = time.monotonic()

    def now(self) -> datetime:
        return self.shown.astimezone(UTC) + timedelta(seconds=time.monotonic() - self.put_at)


class Stage:
    """Where people enter. What is wrong with any page is written down and told at the end."""

    def __init__(self, browser: Browser, site: str, name: str):
        self.browser, self.site, self.name = browser, site, name
        self.faults: list[str] = []
        self.examined: set[tuple[str, str]] = set()
        self.shots = 0
        self.contexts: list = []
        if SHOTS:
            shutil.rmtree(SHOTS / name, ignore_errors=True)

    def phone(self, **who: str) -> "Visitor":
        return self._enter("phone", {"viewport": PHONE, "has_touch": True, "is_mobile": True}, **who)

    def desk(self, **who: str) -> "Visitor":
        return self._enter("desk", {"viewport": DESKTOP}, **who)

    def _enter(self, device: str, look: dict, password_of: str = "", code_to: str = "") -> "Visitor":
        context = self.browser.new_context(**look, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True)
        self.contexts.append(context)
        visitor = Visitor(self, context.new_page(), device)
        if password_of:
            visitor.sign_in_by_password(password_of)
        if code_to:
            visitor.sign_in_by_code(code_to)
        return visitor

    def close(self) -> None:
        for context in self.contexts:
            context.close()


class Visitor:
    """One person with one browser. What they press is found by the words they read."""

    def __init__(self, stage: Stage, page: Page, device: str):
        self.stage, self.page, self.device = stage, page, device
        page.on("console", self._heard)
        page.on("pageerror", lambda error: stage.faults.append(f"{page.url}: {error}"))

    def _heard(self, line) -> None:
        if line.type == "error" and REFUSED_FORM not in line.text:
            self.stage.faults.append(f"{self.page.url}: {line.text}")

    def go(self, path: str) -> None:
        self.page.goto(self.stage.site + path)

    def press(self, words: str | re.Pattern, *, exact: bool = False) -> None:
        button = self.page.get_by_role("button", name=words, exact=exact)
        target = button.or_(self.page.get_by_role("link", name=words, exact=exact)).first
        target.tap() if self.device == "phone" else target.click()

    def box(self, label: str) -> Locator:
        """The box with this label; a star behind it marks one that must be filled."""
        boxes = self.page.locator("input, select, textarea")
        return boxes.and_(self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$")))

    def fill(self, boxes: dict[str, str]) -> None:
        for label, value in boxes.items():
            self.box(label).first.fill(value)

    def choose(self, label: str, option: str) -> None:
        self.box(label).select_option(label=option)

    def sees(self, *words: str | re.Pattern) -> None:
        for one in words:
            expect(self.page.locator("body")).to_contain_text(one)

    def reads(self, heading: str | re.Pattern) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)

    def download(self, words: str, *, exact: bool = False) -> bytes:
        """The file behind a link."""
        link = self.page.get_by_role("link", name=words, exact=exact).first
        answer = self.page.request.get(self.stage.site + str(link.get_attribute("href")))
        assert answer.ok, f"{answer.url}: {answer.status}"
        return answer.body()

    def sign_in_by_password(self, phone: str) -> None:
        self.go("/sign-in/password/")
        self.fill({"手机号": phone, "密码": PASSWORD})
        self.press("登录", exact=True)
        expect(self.page).to_have_url(f"{self.stage.site}/")

    def sign_in_by_code(self, phone: str) -> None:
        """The code is read where a local machine shows what it would have sent."""
        self.go("/sign-in/")
        self.fill({"手机号": phone})
        self.press("获取验证码")
        self.sees("验证码马上就到")
        self.fill({"短信验证码": self._code_sent_to(phone)})
        self.press("进入", exact=True)
        expect(self.page).to_have_url(f"{self.stage.site}/")

    def _code_sent_to(self, phone: str) -> str:
        for _ in range(50):  # the worker sends it in its own time; the page has no news of its own
            sent = self.page.request.get(f"{self.stage.site}/inbox/sent/").text()
            for message in re.findall(r"<li\b.*?</li>", sent, re.DOTALL):
                if phone in message and (code := re.search(r"验证码 (\d{6})", message)):
                    return code[1]
            self.page.wait_for_timeout(100)
        raise AssertionError(f"no code was sent to {phone}")

    def shot(self, name: str) -> None:
        """Nothing on the page is too wide, and a kind of page not seen before is examined for everyone's eyes."""
        self.page.wait_for_load_state("load")
        path = urlsplit(self.page.url).path
        kind = (resolve(path).view_name, self.device)
        if kind not in self.stage.examined:
            self.stage.examined.add(kind)
            self.stage.faults += [f"{path} on a {self.device}: {fault}" for fault in serious(self.page)]
        wide = too_wide(self.page)
        if wide > 0:
            self.stage.faults.append(f"{path} is {wide} pixels too wide for a {self.device}")
        if SHOTS:
            self.stage.shots += 1
            file = SHOTS / self.stage.name / f"{self.stage.shots:02}-{name}-{self.device}.png"
            self.page.screenshot(path=file, full_page=True)
