"""The public pages. They show published content and nothing else, so they may be kept by every cache on the way."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.cache import get_conditional_response, patch_cache_control

from afterschool.access.gate import public

from ..forms import SearchForm
from ..papers import pdf_of, xlsx_of
from ..reading import Reading
from ..seal import canonical
from ..selectors import search, versions

A_PAGE, FIVE_MINUTES = 30, 300
EVERYBODY = "收支公示 is for everybody to read (D五(二)4)"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@public(EVERYBODY)
def index(request):
    form = SearchForm(request.GET)
    found = Paginator(search(*form.asked()), A_PAGE).get_page(request.GET.get("page"))
    rows = [Reading(disclosure) for disclosure in found]
    return render(request, "disclosures/public_index.html", {"form": form, "page": found, "rows": rows})


@public(EVERYBODY)
def page(request, code, month):
    shown, all_versions = _find(request, code, month)
    newest = all_versions[0]
    # A page also tells of newer versions, and stands on the stylesheet of the release that drew it.
    style = static("dist/app.css").rsplit("/", 1)[-1]
    context = {"sheet": Reading(shown), "versions": all_versions, "newest": newest}
    return _kept(
        request,
        f"{shown.sha256}-{newest.version}-{style}",
        lambda: render(request, "disclosures/public_page.html", context),
    )


@public(EVERYBODY)
def content(request, code, month):
    """Exactly the bytes that were hashed."""
    return _file(request, code, month, "json", "application/json", lambda shown: canonical(shown.content))


@public(EVERYBODY)
def pdf(request, code, month):
    return _file(request, code, month, "pdf", "application/pdf", lambda shown: pdf_of(Reading(shown)))


@public(EVERYBODY)
def xlsx(request, code, month):
    return _file(request, code, month, "xlsx", SPREADSHEET, lambda shown: xlsx_of(Reading(shown)))


def _find(request, code, month):
    """The version asked for by ?v=, otherwise the newest; what is not published does not exist."""
    published = versions(code, month)
    asked = request.GET.get("v")
    for disclosure in published:
        if asked in (None, str(disclosure.version)):
            return disclosure, published
    raise Http404("没有这一份公示")


def _file(request, code, month, ending, kind, draw):
    shown, _ = _find(request, code, month)
    name = f"{code}-{month:%Y-%m}-v{shown.version}.{ending}"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return _kept(request, shown.sha256, lambda: HttpResponse(draw(shown), content_type=kind, headers=headers))


def _kept(request, tag, draw):
    """Answer 304 to whoever has it already; let caches keep it."""
    etag = f'"{tag}"'
    response = get_conditional_response(request, etag=etag) or draw()
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=FIVE_MINUTES)
    return response
