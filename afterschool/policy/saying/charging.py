"""How the rules about charges (`rules.prices`) are said."""

from __future__ import annotations

from afterschool.policy import rules
from afterschool.policy.saying.words import Names, Sayings, listed
from afterschool.policy.terms import UNITS

ROUNDED = {"charge": "收费", "rate": "单价", "refund": "退费", "stipend": "补助"}
PLACES = {"fen": "分", "jiao": "角", "yuan": "元"}
HOLDERS = {"school": "学校账户", "fiscal": "财政专户", "platform": "平台监管账户"}


def price(rule: rules.Price, known: Names) -> str:
    if rule.yuan is None:
        return "免费"
    amount = rule.yuan.short()
    said = {
        "fixed": f"收 {amount} 元",
        "ceiling": f"不高于 {amount} 元",
        "base": f"以 {amount} 元为基准，可以上下浮动 {rule.floats}%",
        "advisory": f"建议不高于 {amount} 元，超过的只提醒",
    }
    return f"每{UNITS[rule.unit]}每生{said[rule.nature]}"


def charge_cap(rule: rules.ChargeCap, known: Names) -> str:
    return f"每{UNITS[rule.per]}每生合计最多收 {rule.yuan.short()} 元"


def no_fee(rule: rules.NoFee, known: Names) -> str:
    return "现在还不能向家长收课后服务费"


def fee_setting(rule: rules.FeeSetting, known: Names) -> str:
    return "学校具体收多少，要和家长委员会商定"


def extra_fee(rule: rules.ExtraFee, known: Names) -> str:
    return f"引进校外资源的，{'可以另外收费' if rule.allowed else '不得再另外收费'}"


def billable(rule: rules.Billable, known: Names) -> str:
    return f"一天最多按 {rule.lessons_a_day} 课时收费，多出来的不收"


def lesson(rule: rules.Lesson, known: Names) -> str:
    shorter = {"prorated": "按时间折算", "not_counted": "不算", "whole": "按一课时算"}
    short = f"不足一课时的{shorter[rule.shorter]}" if rule.shorter else ""
    return listed(f"一课时 {rule.minutes} 分钟", short)


def billing_calendar(rule: rules.BillingCalendar, known: Names) -> str:
    if rule.counts != "notional":
        days = "实际开课后服务的天数" if rule.counts == "service_days" else "当月的法定工作日天数"
        return f"折算一天的收费时，按{days}算"
    fixed = [
        f"一个月按 {rule.days_a_month} 天" if rule.days_a_month else "",
        f"一学期按 {rule.days_a_term} 天" if rule.days_a_term else "",
        f"一学期按 {rule.months_a_term} 个月" if rule.months_a_term else "",
    ]
    return f"折算收费时，{listed(*fixed)}算"


def part_month(rule: rules.PartMonth, known: Names) -> str:
    if rule.basis != "half_month":
        return f"中途参加的月份，{'按参加的服务天数收费' if rule.basis == 'service_days' else '按整月收费'}"
    exact = {"half": "收半个月", "whole": "收整月", None: "文件没有写"}[rule.exactly_half]
    return f"中途参加的月份，参加不到一半的天数收半个月，超过一半收整月，正好一半的{exact}"


def collection(rule: rules.Collection, known: Names) -> str:
    per = UNITS[rule.per]
    return f"课后服务费按{per}{'预收' if rule.paid == 'advance' else '在服务之后收取'}，不跨{per}收"


def waiver(rule: rules.Waiver, known: Names) -> str:
    if rule.percent is None:
        return f"{rule.label}减免，减多少由学校逐个审定"
    return f"{rule.label}{'免费' if rule.percent == 100 else f'减免 {rule.percent}%'}"


def waiver_stacking(rule: rules.WaiverStacking, known: Names) -> str:
    counts = {"largest": "只按减得最多的一种算", "sum": "比例相加，最多减到免费"}
    return f"同时符合几种减免的，{counts[rule.counts]}"


def waiver_funding(rule: rules.WaiverFunding, known: Names) -> str:
    if rule.funded == "nobody":
        return "减免的钱没有另外的补助"
    amount = f"每生每月 {rule.yuan.short()} 元" if rule.yuan else "全额"
    return f"减免的钱由{rule.payer}按{amount}补给学校" if rule.yuan else f"减免的钱由{rule.payer}{amount}补给学校"


def rounding(rule: rules.Rounding, known: Names) -> str:
    place = PLACES[rule.to]
    how = {"half_up": "四舍五入", "down": f"不足一{place}的舍去", "up": f"不足一{place}的算一{place}"}
    return f"{ROUNDED[rule.of]}算到{place}，{how[rule.how]}"


def account(rule: rules.Account, known: Names) -> str:
    holder = f"（{HOLDERS[rule.holder]}）" if rule.holder else ""
    return listed(f"课后服务费存入{rule.label}{holder}", "单独建账" if rule.separate_book else "")


def own_item(rule: rules.OwnItem, known: Names) -> str:
    at = {"at_cost": "按实际成本收", "fixed": f"每份 {rule.yuan.short() if rule.yuan else ''} 元"}
    return listed(f"{rule.label}单列代收，不算课后服务费", at[rule.price] if rule.price else "")


CHARGING: Sayings = {
    rules.Price: price,
    rules.ChargeCap: charge_cap,
    rules.NoFee: no_fee,
    rules.FeeSetting: fee_setting,
    rules.ExtraFee: extra_fee,
    rules.Billable: billable,
    rules.Lesson: lesson,
    rules.BillingCalendar: billing_calendar,
    rules.PartMonth: part_month,
    rules.Collection: collection,
    rules.Waiver: waiver,
    rules.WaiverStacking: waiver_stacking,
    rules.WaiverFunding: waiver_funding,
    rules.Rounding: rounding,
    rules.Account: account,
    rules.OwnItem: own_item,
}
