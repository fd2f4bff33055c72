from datetime import date

from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.schools.models import School
from billing.views.saying import spreadsheet

from .forms import AsOf, Days, VoucherSearch, days_of_latest_month
from .journal import month_journal as journal_of
from .models import Account, Book, Entry
from .papers import heads_text, month_xlsx
from .saying import pinned, tell, tell_accounts
from .selectors import (
    UNMOVED,
    accounts,
    by_kind,
    column_sums,
    found,
    heads,
    kept_days,
    pages_of,
    sum_of,
    turnovers,
    vouchers,
)
from .whereabouts import whereabouts

PLAIN = "text/plain; charset=utf-8"


@requires(Capability.SEE_BOOKS)
def book_list(request, reach):
    """The books of all schools; of one's only school the vouchers at once."""
    books = Book.objects.within(reach).select_related("school").order_by("school__code")
    books = books.annotate(sound_on=Max("school__book_heads__day"))
    schools = School.objects.within(reach)
    if not reach.bureaus and (only := schools.first()) and schools.count() == 1:
        return redirect("ledger:voucher-list", only.pk)
    context = {"page": Paginator(books, 100).get_page(request.GET.get("page"))}
    return render(request, "ledger/book_list.html", context)


@requires(Capability.SEE_BOOKS)
def voucher_list(request, reach, pk):
    school = school_within(reach, pk)
    form = VoucherSearch(request.GET, school)
    form.is_valid()
    entries = found(school, form.month_asked, form.cleaned_data.get("kind", ""), form.cleaned_data.get("q", ""))
    page = Paginator(entries, 50).get_page(request.GET.get("page"))
    tell(school, list(page))
    context = {"school": school, "form": form, "page": page, "sum_fen": sum_of(entries)}
    return render(request, "ledger/voucher_list.html", context)


@requires(Capability.SEE_BOOKS)
def voucher_detail(request, reach, pk):
    within = Entry.objects.within(reach).select_related("school__bureau")
    school = get_object_or_404(within, pk=pk).school
    entry = vouchers(school).get(pk=pk)
    tell(school, [entry])
    sum_fen = sum(line.debit_fen for line in entry.lines)
    context = {"school": school, "entry": entry, "pinned": pinned(entry), "sum_fen": sum_fen}
    return render(request, "ledger/voucher_detail.html", context)


@requires(Capability.SEE_BOOKS)
def balance_list(request, reach, pk):
    """科目余额表: as of any day, with what moved since another."""
    school = school_within(reach, pk)
    days = asked_days(request, school)
    rows = by_kind(school, days.first_day, days.last_day)
    sums = column_sums(row.turnover for row in rows)
    return render(request, "ledger/balance_list.html", {"school": school, "days": days, "rows": rows, "sums": sums})


@requires(Capability.SEE_BOOKS)
def account_list(request, reach, pk, kind):
    """The accounts of one kind, each with its balance."""
    school = school_within(reach, pk)
    if kind not in Account.Kind.values:
        raise Http404
    days, words = asked_days(request, school), request.GET.get("q", "").strip()
    page = Paginator(accounts(school, kind, words), 100).get_page(request.GET.get("page"))
    tell_accounts(school, list(page))
    moved = turnovers(school, days.first_day, days.last_day, by="id", kind=kind)
    rows = [(account, moved[account.pk]) for account in page if account.pk in moved]
    context = {"school": school, "days": days, "q": words, "page": page, "rows": rows, "kind": Account.Kind(kind)}
    return render(request, "ledger/account_list.html", context)


@requires(Capability.SEE_BOOKS)
def account_detail(request, reach, pk):
    """明细账."""
    account = get_object_or_404(Account.objects.within(reach).select_related("school__bureau"), pk=pk)
    school = account.school
    days = asked_days(request, school, whole=True)
    turned = turnovers(school, days.first_day, days.last_day, by="id", pk=pk).get(pk, UNMOVED)
    moved = pages_of(account, days.first_day, days.last_day, turned.opening)
    page = Paginator(moved, 100).get_page(request.GET.get("page"))
    tell_accounts(school, [account, *(one for row in page for one in (row.debit, row.credit))])
    context = {"school": school, "account": account, "days": days, "page": page, "turned": turned}
    return render(request, "ledger/account_detail.html", context)


@requires(Capability.SEE_BOOKS)
def whereabouts_list(request, reach, pk):
    """钱在谁那里: as of any day."""
    school = school_within(reach, pk)
    form = AsOf(request.GET, timezone.localdate())
    form.is_valid()
    context = {"school": school, "form": form, "day": form.day_asked, "money": whereabouts(school, form.day_asked)}
    return render(request, "ledger/whereabouts_list.html", context)


@requires(Capability.SEE_BOOKS)
def month_sheet(request, reach, pk):
    school, month = exported(request, reach, pk)
    return spreadsheet(month_xlsx(school, month, timezone.localtime()), f"vouchers-{month:%Y-%m}")


@requires(Capability.SEE_BOOKS)
def month_journal(request, reach, pk):
    school, month = exported(request, reach, pk)
    return text(journal_of(school, month), f"vouchers-{month:%Y-%m}.beancount")


@requires(Capability.SEE_BOOKS)
def head_list(request, reach):
    """A short list to be printed or downloaded, and kept outside."""
    days, day = head_days(request, reach)
    page = Paginator(heads(reach, day), 100).get_page(request.GET.get("page"))
    return render(request, "ledger/head_list.html", {"days": days, "day": day, "page": page})


@requires(Capability.SEE_BOOKS)
def head_text(request, reach):
    _, day = head_days(request, reach)
    return text(heads_text(heads(reach, day)), f"heads-{day or timezone.localdate()}.txt")


def head_days(request, reach) -> tuple[list[date], date | None]:
    """The days that have heads, and the one asked for; the latest of many schools, every day of one."""
    days = kept_days(reach)
    asked = next((day for day in days if day.isoformat() == request.GET.get("day")), None)
    return days, asked or (days[0] if days and reach.bureaus else None)


def exported(request, reach, pk) -> tuple[School, date]:
    """The school, and the month of its book that is asked for."""
    school = school_within(reach, pk)
    form = VoucherSearch(request.GET, school)
    month = form.month_asked if form.is_valid() else None
    if month is None:
        raise Http404
    return school, month


def asked_days(request, school: School, *, whole: bool = False) -> Days:
    """The days asked for; otherwise those of the latest month, or of the whole book."""
    first, last = days_of_latest_month(school, timezone.localdate())
    days = Days(request.GET, None if whole else first, last)
    days.is_valid()
    return days


def school_within(reach, pk) -> School:
    return get_object_or_404(School.objects.within(reach).select_related("bureau"), pk=pk)


def text(body: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=PLAIN)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
