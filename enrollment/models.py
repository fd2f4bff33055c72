from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from afterschool.access.reach import ReachQuerySet
from afterschool.plans.models import Offering
from afterschool.schools.models import DatedQuerySet, School, SchoolClass, Student, Term

REVIEWED_BEFORE = timedelta(days=14)  # C4


class OfChild(ReachQuerySet):
    """A row about one child: seen by school, class teacher and guardian."""

    class_path = "student__school_class"
    student_path = "student"


class OfChildDated(DatedQuerySet):
    """The same, from a day until a day."""

    class_path = OfChild.class_path
    student_path = OfChild.student_path


class Section(models.Model):
    """An after-school class: of one school class (basic) or mixed (club)."""

    school = models.ForeignKey(School, models.PROTECT, related_name="sections")
    term = models.ForeignKey(Term, models.PROTECT, related_name="sections")
    offering = models.ForeignKey(Offering, models.PROTECT, related_name="sections")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, blank=True, related_name="sections")
    name = models.CharField("班名", max_length=40)
    room = models.CharField("教室", max_length=40, blank=True)

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["school_class__grade", "school_class__number", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["offering", "school_class"], name="section_one_a_class", nulls_distinct=True
            ),
            models.UniqueConstraint(fields=["school", "term", "name"], name="section_one_name_a_term"),
        ]
        verbose_name = verbose_name_plural = "服务班"

    def __str__(self):
        return self.name


class Application(models.Model):
    """家长申请 → 班级初审 → 学校核准 → 签订协议 → 在册 (C三(三), D五(二)1)."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "待班级初审"
        CONFIRMED = "confirmed", "待学校核准"
        RETURNED = "returned", "退回补正"
        APPROVED = "approved", "待签协议"
        SIGNED = "signed", "在册"
        REFUSED = "refused", "未予核准"
        WITHDRAWN = "withdrawn", "家长撤回"

    class LeaveMode(models.TextChoices):
        COLLECTED = "collected", "家长或授权人接"
        SELF = "self", "自行离校"
        BUS = "bus", "乘校车"

    school = models.ForeignKey(School, models.PROTECT, related_name="applications")
    term = models.ForeignKey(Term, models.PROTECT, related_name="applications")
    student = models.ForeignKey(Student, models.PROTECT, related_name="applications")
    guardian = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="applications")
    number = models.CharField("受理编号", max_length=30, unique=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.SUBMITTED)
    leave_mode = models.CharField("离校方式", max_length=10, choices=LeaveMode, default=LeaveMode.COLLECTED)
    health_note = models.CharField("老师需要知道的健康情况", max_length=200, blank=True)
    submitted_at = models.DateTimeField("提交时间")
    answer_by = models.DateTimeField("最迟答复")  # an application left lying escalates
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # A return says what to mend; a refusal needs a ground that the policy allows, and is told (E2).
    reason = models.CharField("退回或不予核准的理由", max_length=200, blank=True)
    ground = models.CharField("政策允许的不予核准情形", max_length=40, blank=True)
    clause = models.CharField("依据条款", max_length=60, blank=True)  # label of the cite

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "term"],
                condition=~Q(state__in=["refused", "withdrawn"]),
                name="application_one_live_a_term",
                violation_error_message="这个孩子本学期已经报过名了。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "refused"]) | ~Q(reason=""),
                name="application_no_comes_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | (~Q(ground="") & ~Q(clause="")),
                name="application_refused_on_a_ground_with_its_clause",
            ),
        ]
        verbose_name = verbose_name_plural = "报名"


class Decline(models.Model):
    """暂不参加: said by a guardian, as easily as yes. It only stops the asking; applying stays open."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    term = models.ForeignKey(Term, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="declines")
    guardian = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    objects = OfChild.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["student", "term"], name="decline_once_a_term")]
        verbose_name = verbose_name_plural = "暂不参加"


class Choice(models.Model):
    """An offering the guardian asked for, on which weekdays."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    application = models.ForeignKey(Application, models.PROTECT, related_name="choices")
    offering = models.ForeignKey(Offering, models.PROTECT, related_name="choices")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name="星期")

    objects = ReachQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "offering"], name="choice_once")]


class Agreement(models.Model):
    """自愿参加课后服务协议: the signed text is `content`, in canonical JSON; its hash is what both sides signed."""

    school = models.ForeignKey(School, models.PROTECT, related_name="agreements")
    term = models.ForeignKey(Term, models.PROTECT, related_name="agreements")
    student = models.ForeignKey(Student, models.PROTECT, related_name="agreements")
    application = models.OneToOneField(Application, models.PROTECT, related_name="agreement")
    number = models.CharField("协议编号", max_length=30, unique=True)
    text_version = models.CharField("文本版本", max_length=20)
    content = models.JSONField()
    sha256 = models.CharField("摘要", max_length=64)
    began_on = models.DateField("服务开始")
    ended_on = models.DateField("服务结束", null=True, blank=True)  # withdrawal: the last day that counts
    guardian_signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    guardian_signed_at = models.DateTimeField("监护人签署时间", null=True)
    guardian_signed_how = models.CharField("身份核验方式", max_length=40, blank=True)
    school_signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    school_signed_at = models.DateTimeField("学校签署时间", null=True)

    objects = OfChildDated.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(school_signed_at=None) | Q(guardian_signed_at__isnull=False),
                name="agreement_guardian_signs_first",
            ),
            # The day before its first: called off before it began.
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on") - timedelta(days=1)),
                name="agreement_ends_after_it_begins",
            ),
        ]
        verbose_name = verbose_name_plural = "协议"

    @property
    def is_signed(self) -> bool:
        return self.school_signed_at is not None


class AgreementItem(models.Model):
    """One offering under an agreement, at the price published when it was signed."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="items")
    offering = models.ForeignKey(Offering, models.PROTECT, related_name="agreement_items")
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    fee_fen = models.PositiveBigIntegerField()
    unit = models.CharField(max_length=10, choices=Offering.Unit, default=Offering.Unit.MONTH)

    objects = ReachQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "offering"], name="agreement_item_once")]


class Placement(models.Model):
    """A child holds one seat in one section, from a day until a day."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    section = models.ForeignKey(Section, models.PROTECT, related_name="placements")
    student = models.ForeignKey(Student, models.PROTECT, related_name="placements")
    item = models.ForeignKey(AgreementItem, models.PROTECT, related_name="placements")
    began_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects = OfChildDated.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["section", "student"],
                condition=Q(ended_on=None),
                name="placement_one_open_seat_per_child",
                violation_error_message="这个孩子已经在这个班里了。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on") - timedelta(days=1)),
                name="placement_ends_after_it_begins",
            ),
        ]
        verbose_name = verbose_name_plural = "在册"


class PickupPerson(models.Model):
    """授权接送人: an adult who may collect this child, from a day until a day. Guardians may collect by being guardians."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="pickup_people")
    name = models.CharField("姓名", max_length=60)
    relation = models.CharField("与孩子的关系", max_length=20)
    phone = models.CharField("电话", max_length=11)
    photo = models.BinaryField("照片", null=True, blank=True)  # a small JPEG without metadata
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    began_on = models.DateField("自")
    ended_on = models.DateField("至", null=True, blank=True)

    objects = OfChildDated.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = verbose_name_plural = "授权接送人"


class RestrictionQuerySet(OfChildDated):
    def lapsing(self, today):
        """Still in force, and its document lapses within two weeks or has lapsed: somebody looks at it."""
        return self.open_on(today).filter(expires_on__lte=today + REVIEWED_BEFORE)


class PickupRestriction(models.Model):
    """Who may not collect this child: denies over every grant. Needs a document and two people; reasons stay in the office."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="restrictions")
    person_name = models.CharField("不得接走孩子的人", max_length=60)
    # Set when the adult is known here, so that another spelling of the name does not open the gate.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    pickup_person = models.ForeignKey(PickupPerson, models.PROTECT, null=True, blank=True, related_name="+")
    document = models.CharField("依据的文书及编号", max_length=100)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    began_on = models.DateField("自")
    ended_on = models.DateField("至", null=True, blank=True)
    # When the document lapses (反家庭暴力法 30) somebody looks at it again. It lifts nothing by itself.
    expires_on = models.DateField("文书有效期至", null=True, blank=True)

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(document=""), name="restriction_has_a_document"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("recorded_by")), name="restriction_two_people"
            ),
        ]
        verbose_name = verbose_name_plural = "接送限制"


class RestrictionReview(models.Model):
    """限制复审: the document lapses or has lapsed; a person decides whether the restriction stays, and says why."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    restriction = models.ForeignKey(PickupRestriction, models.PROTECT, related_name="reviews")
    kept = models.BooleanField("继续限制")
    reason = models.CharField("理由和依据", max_length=200)
    expires_on = models.DateField("新的有效期至", null=True, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="restriction_review_has_a_reason"),
            models.CheckConstraint(
                condition=Q(kept=True) | Q(expires_on=None), name="restriction_lifted_has_no_expiry"
            ),
        ]
        verbose_name = verbose_name_plural = "限制复审"


class DisputeHold(models.Model):
    """争议暂扣: the guardians quarrel and nobody has a document. Both rights are equal (民法典 1058, 1084): the child leaves
    only with the leader present and after both have been called.
    """

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="dispute_holds")
    reason = models.CharField("情况", max_length=200)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    began_on = models.DateField("自")
    ended_on = models.DateField("至", null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = OfChildDated.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student"], condition=Q(ended_on=None), name="dispute_hold_one_open_per_child"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="dispute_hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_by__isnull=False), name="dispute_hold_ended_by_somebody"
            ),
        ]
        verbose_name = verbose_name_plural = "争议暂扣"


class Waiver(models.Model):
    """减免: asked for by one person, decided by another, with evidence; seen only by those who need it."""

    class State(models.TextChoices):
        ASKED = "asked", "待决定"
        GRANTED = "granted", "已同意"
        DENIED = "denied", "未同意"

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="waivers")
    category = models.CharField("类别", max_length=30)  # a waiver class of the policy
    percent = models.PositiveSmallIntegerField("减免比例", default=100)
    evidence = models.CharField("证明材料", max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField("决定理由", max_length=200, blank=True)
    began_on = models.DateField("自")
    ended_on = models.DateField("至", null=True, blank=True)

    objects = OfChildDated.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(percent__range=(1, 100)), name="waiver_percent_1_to_100"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="waiver_two_people"
            ),
        ]
        verbose_name = verbose_name_plural = "减免"


class Withdrawal(models.Model):
    """退出申请: takes effect for charging on the guardian's date; the school's approval is for the record (C三(三))."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    agreement = models.OneToOneField(Agreement, models.PROTECT, related_name="withdrawal")
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    last_on = models.DateField("最后服务日")
    reason = models.CharField("原因", max_length=200)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("提出时间")
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)

    objects = OfChild.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "退出申请"


class ExportRequest(models.Model):
    """查阅复制申请: a guardian wants a copy of what the school holds on the child. Where guardians are at odds, somebody at
    the school looks at it first (C14): the copy must not tell one where the other lives.
    """

    class State(models.TextChoices):
        ASKED = "asked", "待放行"
        RELEASED = "released", "已放行"
        REFUSED = "refused", "未同意"

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="export_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    reason = models.CharField("理由", max_length=200, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("答复时间", null=True)

    objects = OfChild.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "asked_by"], condition=Q(state="asked"), name="export_request_one_waits_per_guardian"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="export_request_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state="asked") | Q(decided_by__isnull=False), name="export_request_decided_by_somebody"
            ),
        ]
        verbose_name = verbose_name_plural = "查阅复制申请"
