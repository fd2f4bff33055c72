"""The fourth chapter: the month's money, from the charges to the refunds."""

import re
from datetime import date

from playwright.sync_api import expect

from .enrolling import ABSENT_CHILD, FIRST_CHILD
from .opening import XLSX
from .town import MOTHERS, bank_statement, register_number

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def october_is_charged(stage, wall, town):
    wall.put(date(2026, 10, 8), "09:00")
    clerk = stage.desk(password_of=town.clerk)
    clerk.sees("开启2026年10月的账")
    clerk.shot("finance-home")
    clerk.go("/billing/")
    clerk.press("开启2026年10月")
    clerk.reads("2026年10月结算")
    clerk.press("生成本月收费")
    clerk.reads("2026年10月收费")  # the job leads on to what it made
    clerk.sees(FIRST_CHILD, "合计 4 项", "800.00")
    clerk.shot("charges")
    clerk.press("200.00")
    clerk.sees("为什么是这个数？", "实施方案 四.4")
    clerk.shot("one-charge-explained")
    clerk.press("回到收费表")
    clerk.press("回到2026年10月")
    clerk.sees("4 人缴费", "未交 800.00", "10月还没有过完")
    clerk.shot("month-charged")


def the_fees_come_in(stage, wall, town):
    wall.put(date(2026, 10, 21), "10:00")
    clerk = stage.desk(password_of=town.clerk)
    clerk.go("/billing/")
    clerk.press("2026年10月", exact=True)
    clerk.press("0 笔到账")
    clerk.press("登记一笔")
    clerk.fill(
        {
            "学生": FIRST_CHILD,
            "到账日期": "2026-10-12",
            "金额（元）": "２００元",
            "付款人": "李敏",
            "付款账号（可不填）": "6217000000003201",
        }
    )
    clerk.shot("receipt-typed")
    clerk.press("登记收款")
    clerk.sees(f"已收 {FIRST_CHILD} 200.00 元")
    clerk.press("返回")  # the form offers the next receipt at once
    clerk.press("导入银行流水")
    clerk.page.set_input_files(
        "input[type=file]", {"name": "10月流水.xlsx", "mimeType": XLSX, "buffer": _october(town)}
    )
    clerk.press("导入并核对")
    clerk.reads("核对银行流水")
    clerk.sees("待核对 1 笔", "已入账 2 笔", "付款人与监护人同名")
    clerk.shot("statement-one-line-left")
    clerk.press("记为 一(1)班 欧阳若曦 的缴费")
    clerk.sees("这份流水都核对过了")
    clerk.press("回到2026年10月收款")
    clerk.sees("合计 4 笔", "800.00")
    clerk.shot("receipts")


def _october(town) -> bytes:
    number = register_number("古丽米热·艾力")
    return bank_statement(
        town.school,
        [
            (date(2026, 10, 13), "200.00", "阿依古丽", f"课后服务费 {number}"),
            (date(2026, 10, 14), "200.00", "周建国", f"三年级2班{ABSENT_CHILD} 课后服务费"),
            (date(2026, 10, 15), "200.00", "马艳", "转账"),
        ],
    )


def water_is_paid_and_management_fees_are_not(stage, wall, town):
    wall.put(date(2026, 10, 28), "10:00")
    clerk = stage.desk(password_of=town.clerk)
    clerk.go("/billing/")
    clerk.press("2026年10月", exact=True)
    clerk.press("0 笔支出")
    clerk.press("录入支出")
    clerk.choose("类别", "管理费")
    clerk.fill({"金额（元）": "50", "收款单位或个人": "海棠路小学", "票据号": "0001"})
    clerk.press("录入，交复核审批")
    clerk.sees("管理费", "四.5")
    clerk.shot("management-fee-refused")
    clerk.choose("类别", "水费")
    clerk.fill({"金额（元）": "36.00", "收款单位或个人": "碧海县自来水公司", "票据号": "21020026-7731"})
    clerk.page.set_input_files(
        "input[name=voucher]", {"name": "水费.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    clerk.press("录入，交复核审批")
    clerk.sees("碧海县自来水公司", "扫描件")
    reviewer = stage.desk(password_of=town.reviewer)
    reviewer.shot("reviewer-home")
    reviewer.go("/billing/")
    reviewer.press("2026年10月", exact=True)
    reviewer.press("1 笔待审批")
    reviewer.shot("expense-to-approve")
    reviewer.press(re.compile("审批$"))
    reviewer.sees("已审批并记账：碧海县自来水公司 36.00 元")


def teachers_are_paid(stage, wall, town):
    wall.put(date(2026, 11, 2), "08:30")
    second = stage.phone(password_of=town.second_leader)
    second.go("/staffing/hours/")
    second.press("确认勾选的时间")  # the first leader's own hours of the day that was lived through the pages
    second.sees("已确认 1 条值班时间")
    wall.put(date(2026, 11, 2), "09:00")
    clerk, reviewer = stage.desk(password_of=town.clerk), stage.desk(password_of=town.reviewer)
    principal = stage.desk(password_of=town.principal)
    clerk.go("/staffing/stipends/")
    clerk.press("制 2026年10月 的表")
    clerk.reads("2026年10月补助发放表")
    clerk.sees("王芳", "张敏", "何组长")
    clerk.shot("stipends-drafted")
    _open_sheet(reviewer)
    reviewer.press("复核无误")
    reviewer.sees("已复核，请校长审批")
    principal.go("/")
    principal.shot("principal-home")
    _open_sheet(principal)
    principal.press("同意发放")
    principal.sees("已审批，这张表不再变动")
    principal.shot("stipends-approved")
    _reads_the_own_stipend(stage.phone(password_of=town.leader))
    return clerk, reviewer


def _reads_the_own_stipend(leader):
    leader.go("/staffing/mine/")
    leader.press("我的补助")
    leader.press("2026年10月")
    leader.sees("为什么是这个数？", "实施方案 四.7", "平时按不低于百分之一百五十", "每一次值班")
    leader.shot("my-stipend")


def _open_sheet(visitor):
    visitor.go("/staffing/stipends/")
    visitor.press("2026年10月", exact=True)


def the_month_is_settled(stage, wall, clerk, reviewer):
    wall.put(date(2026, 11, 2), "14:00")
    clerk.go("/billing/")
    clerk.press("2026年10月", exact=True)
    clerk.press("列支教师补助")
    clerk.press("生成结算草案")
    clerk.sees("结算草案已经生成", "各年级按实际发生结算", "草案")
    clerk.shot("settlement-draft")
    clerk.press("三年级", exact=True)
    clerk.sees("这些数是怎么来的", FIRST_CHILD)
    clerk.shot("settlement-of-a-grade")
    clerk.go("/billing/")
    clerk.press("2026年10月", exact=True)
    clerk.press("交家长核对")
    clerk.fill({"异议截止日": "2026-11-03"})
    clerk.press("交家长核对")
    clerk.sees("已通知家长，核对到11月3日")
    clerk.press("编制余额调节表")
    balance = clerk.page.locator(".figure").inner_text()
    clerk.fill({"银行对账单余额（元）": balance})
    clerk.press("核对并保存")
    clerk.sees("两边相符")
    clerk.shot("bank-reconciled")
    mother = stage.phone(code_to=MOTHERS[FIRST_CHILD])
    mother.go("/my-months/")
    mother.press(re.compile("2026年10月|10月"))
    mother.sees("结算草案", "请您核对", "有不对的地方")
    mother.shot("guardian-checks-the-draft")
    wall.put(date(2026, 11, 4), "09:00")
    reviewer.go("/billing/")
    reviewer.press("2026年10月", exact=True)
    reviewer.press("锁定10月")
    reviewer.sees("本月已经锁定，退费可以送银行了")
    reviewer.shot("month-locked")


def what_is_left_goes_back(wall, clerk, reviewer):
    wall.put(date(2026, 11, 4), "10:00")
    clerk.go("/billing/")
    clerk.press("2026年10月", exact=True)
    clerk.press("1 笔支出")
    clerk.fill({"银行代发日期": "2026-11-04"})
    clerk.press("记为已发放")
    reviewer.press("去办退费")
    reviewer.press("编成一批，送银行")
    expect(reviewer.page.get_by_role("link", name="导入银行回单")).to_be_visible()
    reviewer.shot("refunds-at-the-bank")
    assert reviewer.download("交银行的文件")[:2] == b"PK"
    reviewer.page.get_by_text("银行没有回单文件？").click()
    reviewer.fill({"到账日期": "2026-11-04"})
    reviewer.press("没有退回的全部到账")
    reviewer.sees("全部到账了")
    reviewer.shot("refunds-paid")
    reviewer.go("/billing/")
    reviewer.press("2026年10月", exact=True)
    reviewer.sees("看一眼收支公示，发布")
    reviewer.shot("month-done")
