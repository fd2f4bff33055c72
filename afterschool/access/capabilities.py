"""Who may do what: the one table an auditor reads from top to bottom."""

from enum import Enum


class Capability(Enum):
    OWN_ACCOUNT = "see one's own inbox and account"
    # registry
    SEE_REGISTRY = "see classes, students and staff"
    KEEP_REGISTRY = "import the roster, keep classes and posts"
    KEEP_CALENDAR = "confirm and change the bureau's calendar"
    ADJUST_CALENDAR = "change the calendar of one's own school"
    KEEP_BUREAU = "keep the bureau's schools, terms and staff"
    # plans
    SEE_PLANS = "read plans"
    DRAFT_PLANS = "write and file the school's plan"
    REVIEW_PLANS = "take note of, approve or return plans"
    # enrolment
    APPLY = "apply, sign, withdraw and name pick-up people for one's own child"
    CONFIRM_APPLICATIONS = "first review, as class teacher"
    APPROVE_APPLICATIONS = "approve applications and sign for the school"
    SEE_PLACEMENTS = "see who sits where"
    REQUEST_WAIVERS = "ask for a child's waiver"
    DECIDE_WAIVERS = "decide a waiver"
    RESTRICT_PICKUP = "record who must not collect a child"
    # staffing
    KEEP_ROTA = "write the rota"
    STAND_DUTY = "be on post"
    CONFIRM_DUTY = "confirm the hours of others"
    DRAFT_STIPENDS = "make the stipend sheet"
    REVIEW_STIPENDS = "review the stipend sheet"
    APPROVE_STIPENDS = "approve the stipend sheet"
    # attendance
    TAKE_ROLL = "take the roll of one's section"
    HAND_OVER = "hand children over at the gate"
    KEEP_GATE = "look up who may collect today, keep the gate's book of visitors"
    LEAD_DAY = "lead and close the day"
    CALL_BACK = "as a second person, ask a guardian by telephone about an adult at the gate"
    DECIDE_CORRECTIONS = "decide what is corrected of a locked month's roll"
    SEE_ATTENDANCE = "see attendance and handovers"
    KEEP_SAFETY = "check the venues, write the emergency plans"
    KEEP_ARCHIVE = "make the school's archive of the service"
    SEE_ARCHIVE = "read and take out what was archived"
    # billing
    KEEP_BOOKS = "charge, enter receipts and expenses, draft the settlement"
    REVIEW_BOOKS = "approve expenses, lock the month, release refunds"
    SEE_BOOKS = "see the school's books"
    PUBLISH_DISCLOSURE = "look at and publish the disclosure"
    # oversight
    WATCH_SCHOOLS = "watch over the schools of the bureau"
    ADOPT_POLICIES = "upload, propose, confirm and decline policies of the bureau"


class Role(Enum):
    GUARDIAN = "家长"
    CLASS_TEACHER = "班主任"
    TEACHER = "值班教师"
    LEADER = "带班领导"
    GUARD = "门卫"
    SCHOOL_ADMIN = "学校管理员"
    PRINCIPAL = "校长"
    FINANCE_CLERK = "财务制单"
    FINANCE_REVIEWER = "财务复核"
    BUREAU_REVIEWER = "教育局审核员"
    BUREAU_FINANCE = "教育局财务"
    BUREAU_KEEPER = "教育局管理员"

    @property
    def label(self) -> str:
        return self.value


C = Capability
ROLES: dict[Role, frozenset[Capability]] = {
    Role.GUARDIAN: frozenset({C.APPLY}),
    Role.CLASS_TEACHER: frozenset({C.SEE_REGISTRY, C.CONFIRM_APPLICATIONS, C.SEE_PLACEMENTS, C.REQUEST_WAIVERS, C.SEE_ATTENDANCE}),
    Role.TEACHER: frozenset({C.STAND_DUTY, C.TAKE_ROLL, C.HAND_OVER, C.CALL_BACK}),
    Role.LEADER: frozenset(
        {
            C.STAND_DUTY, C.LEAD_DAY, C.SEE_ATTENDANCE, C.SEE_PLACEMENTS, C.HAND_OVER, C.TAKE_ROLL, C.CONFIRM_DUTY,
            C.CALL_BACK, C.DECIDE_CORRECTIONS, C.KEEP_GATE, C.KEEP_SAFETY, C.KEEP_ARCHIVE, C.SEE_ARCHIVE,
        }
    ),
    Role.GUARD: frozenset({C.HAND_OVER, C.KEEP_GATE}),
    Role.SCHOOL_ADMIN: frozenset(
        {
            C.SEE_REGISTRY, C.KEEP_REGISTRY, C.ADJUST_CALENDAR, C.SEE_PLANS, C.DRAFT_PLANS, C.APPROVE_APPLICATIONS,
            C.SEE_PLACEMENTS, C.REQUEST_WAIVERS, C.RESTRICT_PICKUP, C.KEEP_ROTA, C.SEE_ATTENDANCE, C.CALL_BACK,
            C.KEEP_SAFETY, C.KEEP_ARCHIVE, C.SEE_ARCHIVE,
        }
    ),
    Role.PRINCIPAL: frozenset(
        {
            C.SEE_REGISTRY, C.SEE_PLANS, C.SEE_PLACEMENTS, C.DECIDE_WAIVERS, C.RESTRICT_PICKUP, C.SEE_ATTENDANCE, C.CALL_BACK,
            C.DECIDE_CORRECTIONS, C.KEEP_SAFETY, C.KEEP_ARCHIVE, C.SEE_ARCHIVE, C.APPROVE_STIPENDS, C.SEE_BOOKS,
            C.PUBLISH_DISCLOSURE,
        }
    ),
    Role.FINANCE_CLERK: frozenset({C.SEE_PLANS, C.KEEP_BOOKS, C.SEE_BOOKS, C.DRAFT_STIPENDS}),
    Role.FINANCE_REVIEWER: frozenset({C.SEE_PLANS, C.REVIEW_BOOKS, C.SEE_BOOKS, C.REVIEW_STIPENDS, C.PUBLISH_DISCLOSURE}),
    Role.BUREAU_REVIEWER: frozenset({C.SEE_PLANS, C.REVIEW_PLANS, C.WATCH_SCHOOLS, C.ADOPT_POLICIES, C.SEE_ARCHIVE}),
    Role.BUREAU_FINANCE: frozenset({C.SEE_BOOKS, C.WATCH_SCHOOLS}),
    Role.BUREAU_KEEPER: frozenset({C.KEEP_CALENDAR, C.KEEP_BUREAU, C.WATCH_SCHOOLS, C.ADOPT_POLICIES}),
}  # fmt: skip
# Whoever makes, approves or pays must be two people (会计法 25, 35): refused when a post is given.
CONFLICTS = (
    frozenset({Role.FINANCE_CLERK, Role.FINANCE_REVIEWER}),
    frozenset({Role.FINANCE_CLERK, Role.PRINCIPAL}),
)
