from django.core.paginator import Paginator
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.jobs.book import enqueue
from billing.models import Charge
from billing.selectors.sheets import charges_xlsx
from billing.selectors.why import explain

from .months import month_within
from .saying import spreadsheet

MONEY = ("gross_fen", "waived_fen", "subsidised_fen", "net_fen", "paid_fen", "remitted_fen", "refunded_fen")


@requires(Capability.SEE_BOOKS)
def charge_list(request, reach, pk):
    fee_month = month_within(reach, pk)
    charges = fee_month.charges.select_related("student__school_class", "item__offering", "agreement")
    name = request.GET.get("q", "").strip()
    if name:
        charges = charges.filter(student__name__contains=name)
    charges = charges.order_by("grade", "student__school_class__number", "student__sort_key", "pk")
    context = {
        "month": fee_month,
        "q": name,
        "page": Paginator(charges, 100).get_page(request.GET.get("page")),
        "sums": charges.order_by().aggregate(**{column: Sum(column, default=0) for column in MONEY}),
    }
    return render(request, "billing/charge_list.html", context)


@require_POST
@requires(Capability.KEEP_BOOKS)
def charge_run(request, reach, pk):
    fee_month = month_within(reach, pk)
    # Two presses within a minute are one run; a later run charges those who came since.
    period = f"{fee_month.month:%Y-%m} {timezone.localtime():%m-%d %H:%M}"
    args = {"fee_month": fee_month.pk}
    job = enqueue("billing.charge_month", period=period, school_id=fee_month.school_id, args=args, by=request.actor)
    return redirect("jobs:job-detail", job.pk)


@requires(Capability.SEE_BOOKS)
def charge_detail(request, reach, pk):
    charges = Charge.objects.within(reach).select_related(
        "student__school_class", "item__offering", "agreement", "fee_month__school"
    )
    charge = get_object_or_404(charges.prefetch_related("allocations__receipt", "refunds"), pk=pk)
    explain([charge])
    return render(request, "billing/charge_detail.html", {"charge": charge, "month": charge.fee_month})


@requires(Capability.SEE_BOOKS)
def charge_sheet(request, reach, pk):
    fee_month = month_within(reach, pk)
    return spreadsheet(charges_xlsx(fee_month), f"charges-{fee_month.month:%Y-%m}")
