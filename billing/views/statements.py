from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from billing.actions import (
    import_statement,
    link_line,
    link_outflow,
    match_line,
    pay_wechat_fee,
    reopen_line,
    set_aside_line,
    settle_transit,
    take_back,
    undo_transit,
)
from billing.forms import FeeForm, StatementForm
from billing.models import BankLine, FeeMonth, Fund, Meal, StatementImport
from billing.selectors.outflows import offers
from billing.selectors.returned import come_back, payout_named
from billing.selectors.students import names_of, student_named
from billing.selectors.transit import settled_by
from billing.selectors.typed import typed_for
from billing.selectors.working import waiting

from .months import month_within
from .saying import rights, said


@requires(Capability.KEEP_BOOKS)
def statement_upload(request, reach, pk):
    fee_month = month_within(reach, pk)
    form = StatementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            statement = import_statement(fee_month.school, file_name=file.name, data=file.read(), by=request.actor)
        except RuleBroken as refusal:
            refusal.field = "file"
            tell(form, refusal)
        else:
            return redirect("billing:statement-detail", statement.pk)
    context = {"form": form, "month": fee_month, "heading": "导入银行流水", "back": "billing:receipt-list"}
    return render(request, "billing/form.html", context, status=422 if form.errors else 200)


@requires(Capability.SEE_BOOKS)
def statement_detail(request, reach, pk):
    statement = get_object_or_404(StatementImport.objects.within(reach).select_related("school"), pk=pk)
    lines = list(
        statement.lines.select_related("suggested__school_class", "receipt__student__school_class").order_by("row")
    )
    state = BankLine.State
    context = {
        **rights(request),
        "statement": statement,
        "open": waiting([line for line in lines if line.state == state.OPEN]),
        "children": names_of(statement.school),
        "collects": Meal.objects.published().filter(school=statement.school).exists(),
        "worth": [line for line in lines if line.state == state.MATCHED and line.hint],
        "matched": [line for line in lines if line.state == state.MATCHED and not line.hint],
        "others": [line for line in lines if line.state in {state.EXPENSE, state.SET_ASIDE}],
        "undoable": settled_by(lines),
        "received_fen": sum(line.in_fen for line in lines if line.state == state.MATCHED),
        "month": FeeMonth.objects.filter(school=statement.school, month=lines[0].on.replace(day=1)).first()
        if lines
        else None,
    }
    return render(request, "billing/statement_detail.html", context)


@require_POST
@requires(Capability.KEEP_BOOKS)
def line_match(request, reach, pk):
    line = line_within(reach, pk)
    try:
        student = student_named(line.school, request.POST.get("student", ""))
        fund = Fund.MEAL if request.POST.get("fund") == Fund.MEAL else Fund.FEES
        receipt = match_line(line, student, fund=fund, another="another" in request.POST, by=request.actor)
    except RuleBroken as refusal:
        messages.error(request, f"第 {line.row} 行：{refusal}")
    else:
        messages.success(
            request,
            f"第 {line.row} 行记为 {receipt.student.name} 的{'餐费' if fund == Fund.MEAL else '缴费'}，收据 {receipt.number} 号",
        )
    return back_to(line)


@require_POST
@requires(Capability.KEEP_BOOKS)
def line_link(request, reach, pk):
    line = line_within(reach, pk)
    typed = typed_for([line]).get(line.serial, [])
    receipt = next((one for one in typed if str(one.pk) == request.POST.get("receipt")), None)
    with said(request, f"第 {line.row} 行认领了手工登记的收据，没有再入账"):
        if receipt is None:
            raise RuleBroken(f"第 {line.row} 行：这张收据已经认领，或者和流水的金额、日期不符")
        link_line(line, receipt, by=request.actor)
    return back_to(line)


@require_POST
@requires(Capability.KEEP_BOOKS)
def line_outflow(request, reach, pk):
    """The outflow is a paper that is in the books already."""
    line = line_within(reach, pk)
    offer = next((one for one in offers([line]).get(line.pk, []) if one.key == request.POST.get("paper")), None)
    with said(request, f"第 {line.row} 行{offer.word if offer else ''}"):
        if offer is None:
            raise RuleBroken(f"第 {line.row} 行：金额、日期不符，或者已经对上另一笔流水了")
        link_outflow(line, offer.paper, by=request.actor)
    return back_to(line)


@require_POST
@requires(Capability.KEEP_BOOKS)
def line_transit(request, reach, pk):
    """WeChat settled with the bank, or took its fee."""
    line = line_within(reach, pk)
    with said(request, f"第 {line.row} 行记为微信支付{'的手续费' if line.out_fen else '结算到账'}"):
        if line.out_fen:
            pay_wechat_fee(line, by=request.actor)
        else:
            settle_transit(line, fee=FeeForm(request.POST).fee_kept(), by=request.actor)
    return back_to(line)


@require_POST
@requires(Capability.KEEP_BOOKS)
def line_back(request, reach, pk):
    """退汇: a row of a batch, chosen by its button or by whose it is."""
    line = line_within(reach, pk)
    rows, chosen = come_back([line]).get(line.pk, []), request.POST.get("payout")
    with said(request, f"第 {line.row} 行记为退汇"):
        row = next((one for one in rows if str(one.pk) == chosen), None)
        take_back(line, row or payout_named(rows, request.POST.get("payee", "")), by=request.actor)
    return back_to(line)


@require_POST
@requires(Capability.KEEP_BOOKS)
def line_set_aside(request, reach, pk):
    line = line_within(reach, pk)
    with said(request, f"第 {line.row} 行放到一边了"):
        set_aside_line(line, reason=request.POST.get("reason", ""), by=request.actor)
    return back_to(line)


@require_POST
@requires(Capability.KEEP_BOOKS)
def line_reopen(request, reach, pk):
    """What was set aside, or taken for WeChat's."""
    line = line_within(reach, pk)
    deed = reopen_line if line.state == BankLine.State.SET_ASIDE else undo_transit
    with said(request, f"第 {line.row} 行重新待核对"):
        deed(line, by=request.actor)
    return back_to(line)


def back_to(line: BankLine) -> HttpResponseRedirect:
    """To the line that is to be worked now: this one while it is open, else the next."""
    still = BankLine.objects.filter(statement=line.statement_id, state=BankLine.State.OPEN)
    here = still.filter(row__gte=line.row).order_by("row").first() or still.order_by("row").first()
    place = f"#line-{here.pk}" if here else ""
    return HttpResponseRedirect(reverse("billing:statement-detail", args=[line.statement_id]) + place)


def line_within(reach, pk) -> BankLine:
    return get_object_or_404(BankLine.objects.within(reach).select_related("school"), pk=pk)
