from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from afterschool.access.capabilities import Capability
from afterschool.access.gate import public, requires

from .models import Notice, RecordedMessage


@requires(Capability.OWN_ACCOUNT)
def inbox(request, reach):
    notices = Paginator(Notice.objects.filter(to=reach.person), 20)
    return render(request, "notices/inbox.html", {"page": notices.get_page(request.GET.get("page"))})


@require_POST
@requires(Capability.OWN_ACCOUNT)
def notice_open(request, reach, pk):
    """Reading is a deed: the notice is marked read and leads to what it is about."""
    notice = get_object_or_404(Notice, pk=pk, to=reach.person)
    if notice.read_at is None:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
    return redirect(notice.link or "inbox")


@require_POST
@requires(Capability.OWN_ACCOUNT)
def notices_read(request, reach):
    Notice.objects.filter(to=reach.person, read_at=None).update(read_at=timezone.now())
    return redirect("inbox")


@public("shows the recording carrier's messages on a local machine only")
def sent(request):
    if not settings.LOCAL:
        raise Http404
    return render(request, "notices/sent.html", {"messages_sent": RecordedMessage.objects.all()[:100]})
