"""The last chapter: everybody may see where the money went, and each family sees its own month."""

import io
import re
from datetime import date

from pypdf import PdfReader

from afterschool.xlsx import read_xlsx
from billing.disclosures.tasks import compose_due

from .enrolling import FIRST_CHILD
from .town import MOTHERS, NAMES


def the_sheet_is_published(stage, wall, town):
    wall.put(date(2026, 11, 10), "06:00")
    compose_due.delay()  # what the clock rings each morning
    principal = stage.desk(password_of=town.principal)
    _waits_for_the_notice(principal)
    principal.shot("principal-is-asked-to-look")
    principal.press("收支公示已排好，请看一眼再发布")
    principal.reads("2026年10月收支公示")
    principal.sees("800.00", "水费", "36.00")
    principal.shot("disclosure-before-publishing")
    wall.put(date(2026, 11, 10), "08:40")
    principal.press("看过了，发布")
    principal.sees("由周校长发布")
    principal.shot("disclosure-published")


def _waits_for_the_notice(principal):
    """The worker composes in its own time."""
    for _ in range(50):
        principal.go("/inbox/")
        if principal.page.get_by_text("收支公示已排好").count():
            return
        principal.page.wait_for_timeout(100)


def anybody_may_read_it(stage, town):
    for passer_by in (stage.phone(), stage.desk()):
        passer_by.go("/public/")
        passer_by.sees(town.school.name, "2026年10月")
        passer_by.shot("public-index")
        passer_by.press(town.school.name)
        passer_by.sees("800.00", "水费", "教师补助")
        passer_by.shot("public-sheet")
    shown = passer_by.page.locator("body").inner_text()
    paper = PdfReader(io.BytesIO(passer_by.download("打印 A4")))
    printed = re.sub(r"\s", "", "".join(page.extract_text() for page in paper.pages))
    cells = read_xlsx(io.BytesIO(passer_by.download("下载 Excel 表")))
    table = " ".join(str(cell) for row in cells for cell in row.cells)
    assert "800.00" in printed and "800" in table
    for name in NAMES:
        assert name not in shown and name not in printed and name not in table


def the_family_sees_its_month(stage, wall):
    wall.put(date(2026, 11, 11), "20:00")
    mother = stage.phone(code_to=MOTHERS[FIRST_CHILD])
    mother.sees("10 月的 200 元去哪了")
    mother.go("/inbox/")
    mother.sees(re.compile(r"2026年10月课后服务费退您 \d+\.\d\d 元"))
    mother.go("/")
    mother.shot("guardian-home-after-the-month")
    mother.press("看这个月的账单")
    mother.reads(f"{FIRST_CHILD} · 2026年10月账单")
    mother.sees("退给您", "200.00 元花在哪了", "已退回付款的账户")
    for why in mother.page.get_by_text("为什么是这个数？").all():
        why.tap()
    mother.sees("实施方案 四.4", "实施方案 四.5", "÷")
    mother.shot("guardian-sees-the-month")
