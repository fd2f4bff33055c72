"""How the rules about the service itself are said: whom, when, by whom, and how a school must behave."""

from __future__ import annotations

from afterschool.policy import rules
from afterschool.policy.disclosure import EVERY
from afterschool.policy.rule import Rule
from afterschool.policy.saying.words import Names, Sayings, listed, month_day, weekdays, where
from afterschool.policy.staffing import MEASURES, PEOPLE
from afterschool.policy.terms import SERVICES, SLOTS
from afterschool.policy.windows import BELLS

FILED = {"plan": "课后服务实施方案", "price": "收费标准", "accounts": "收支账目"}


def applies_to(rule: rules.AppliesTo, known: Names) -> str:
    scope = where(rule, known)
    return f"服务对象是{scope}的学生" if scope else "服务对象是全部学生"


def service_item(rule: rules.ServiceItem, known: Names) -> str:
    legal = {"service": "按课后服务管理", "free_care": "是免费看护", "collected": "是代收项目"}[rule.legal]
    return listed(f"服务项目“{rule.label}”{legal}", "是特色社团" if rule.club else "")


def outside_scope(rule: rules.OutsideScope, known: Names) -> str:
    names = [*(SERVICES[one] for one in rule.services), *(SLOTS[one] for one in rule.slots)]
    return f"{'、'.join(names)}的服务不能算作课后服务"


def open_days(rule: rules.OpenDays, known: Names) -> str:
    vacation = SERVICES["vacation"] if "vacation" in rule.services else ""
    return f"{vacation}{weekdays(rule.weekdays)}可以开课后服务"


def closed_days(rule: rules.ClosedDays, known: Names) -> str:
    # A reason that only says so once more is not repeated.
    reason = "" if "不开" in rule.reason else f"：{rule.reason}"
    return f"{weekdays(rule.weekdays)}不开课后服务{reason}"


def teaching_day(rule: rules.TeachingDay, known: Names) -> str:
    return "调休或临时调整的，哪天上课就哪天开课后服务"


def day_off(rule: rules.DayOff, known: Names) -> str:
    return f"每年 {month_day(rule.on)}不开课后服务：{rule.reason}"


def window(rule: rules.Window, known: Names) -> str:
    starts = f"不早于 {rule.starts_from:%H:%M} 开始" if rule.starts_from else ""
    bell = f"从{BELLS[rule.starts_from_bell]}开始" if rule.starts_from_bell else ""
    ends = f"不晚于 {rule.ends_by:%H:%M} 结束" if rule.ends_by else ""
    until = f"到{BELLS[rule.ends_by_bell]}为止" if rule.ends_by_bell else ""
    days = weekdays(rule.weekdays) if rule.weekdays else ""
    if not (ends or until):
        return listed(f"{days}可以开课后服务", starts, bell, "几点结束由学校安排")
    return f"{_service(rule, known)}{days}{listed(starts, bell, ends, until)}"


def ends_not_before(rule: rules.EndsNotBefore, known: Names) -> str:
    return f"{_service(rule, known)}不早于{f' {rule.at:%H:%M}' if rule.at else '当地正常下班时间'}结束"


def _service(rule: Rule, known: Names) -> str:
    return "的服务" if where(rule, known) else "课后服务"


def hours_a_day(rule: rules.HoursADay, known: Names) -> str:
    most = f"不多于 {rule.at_most} 小时" if rule.at_most else ""
    least = f"不少于 {rule.minutes_at_least} 分钟" if rule.minutes_at_least else ""
    return f"课后服务一天{listed(most, least)}"


def vacation_length(rule: rules.VacationLength, known: Names) -> str:
    return f"课后服务不超过 {rule.days_at_most} 天"


def staffing(rule: rules.Staffing, known: Names) -> str:
    people = f"至少 {rule.each} {PEOPLE[rule.role]}"
    of = MEASURES[rule.of]
    if rule.per == 1:
        return f"每{'个班' if rule.of == 'classes' else of[-1] if rule.of == 'day' else of}{people}"
    rest = {"up": "也要配", "down": "不另配", None: "配不配，文件没有写"}[rule.rounding]
    return f"每 {rule.per} {of}{people}，不足 {rule.per} {of}的部分{rest}"


def class_size(rule: rules.ClassSize, known: Names) -> str:
    opens = f"满 {rule.opens_from} 人才开班" if rule.opens_from is not None else ""
    most = f"一班最多 {rule.at_most} 人" if rule.at_most is not None else ""
    merging = {True: "可以合班", False: "不得合班", None: ""}[rule.merging]
    return f"课后服务班{listed(opens, most, merging)}"


def third_party(rule: rules.ThirdParty, known: Names) -> str:
    if not rule.allowed:
        return "不得引进校外机构"
    chosen = "只能从教育局的目录里选" if rule.chosen_from else ""
    liked = f"满意度不低于 {rule.satisfaction_at_least}%" if rule.satisfaction_at_least is not None else ""
    return listed("可以引进校外机构", chosen, liked)


def filing(rule: rules.Filing, known: Names) -> str:
    by = f"在 {month_day(rule.by)}前" if rule.by else ""
    mode = "备案" if rule.mode == "filed" else "审核，同意后才能实施"
    return f"{FILED[rule.what]}要{by}报{rule.to}{mode}"


def disclosure(rule: rules.Disclosure, known: Names) -> str:
    channels = f"公示在{'、'.join(rule.channels)}" if rule.channels else ""
    posted = f"挂满 {rule.posted_days} 天" if rule.posted_days is not None else ""
    return listed(f"{EVERY[rule.every]}公示{rule.label}", channels, posted)


def agreement(rule: rules.Agreement, known: Names) -> str:
    return f"参加前要签“{rule.label}”"


def enrolment_steps(rule: rules.EnrolmentSteps, known: Names) -> str:
    return f"报名依次是{'、'.join(rule.steps)}"


def refusal(rule: rules.Refusal, known: Names) -> str:
    return (
        f"只有涉及{'、'.join(rule.grounds)}，才可以不接收学生" if rule.grounds else "愿意参加的学生都要接收，不得拒绝"
    )


def priority(rule: rules.Priority, known: Names) -> str:
    return f"名额不够时优先保障{'、'.join(rule.groups)}"


def withdrawal(rule: rules.Withdrawal, known: Names) -> str:
    written = "要交书面申请" if rule.written else "不用交书面申请"
    return f"退出{listed(written, '经学校同意' if rule.approved else '不用学校批准')}"


def basic_first(rule: rules.BasicFirst, known: Names) -> str:
    return "先参加普通延时托管服务，才能报特色集体活动"


def obligation(rule: rules.Obligation, known: Names) -> str:
    return f"学校要做到：{rule.label}"


def prohibition(rule: rules.Prohibition, known: Names) -> str:
    return f"严禁：{rule.label}"


SERVING: Sayings = {
    rules.AppliesTo: applies_to,
    rules.ServiceItem: service_item,
    rules.OutsideScope: outside_scope,
    rules.OpenDays: open_days,
    rules.ClosedDays: closed_days,
    rules.TeachingDay: teaching_day,
    rules.DayOff: day_off,
    rules.Window: window,
    rules.EndsNotBefore: ends_not_before,
    rules.HoursADay: hours_a_day,
    rules.VacationLength: vacation_length,
    rules.Staffing: staffing,
    rules.ClassSize: class_size,
    rules.ThirdParty: third_party,
    rules.Filing: filing,
    rules.Disclosure: disclosure,
    rules.Agreement: agreement,
    rules.EnrolmentSteps: enrolment_steps,
    rules.Refusal: refusal,
    rules.Priority: priority,
    rules.Withdrawal: withdrawal,
    rules.BasicFirst: basic_first,
    rules.Obligation: obligation,
    rules.Prohibition: prohibition,
}
