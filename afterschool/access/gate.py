"""The marks every view wears: @requires(capability) or @public(why)."""

from functools import reduce, wraps
from operator import or_

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.cache import add_never_cache_headers

from .capabilities import Capability


def requires(*capabilities: Capability):
    """Let the view run only for actors who hold one of `capabilities` somewhere.

    The view receives that somewhere as `reach`, and its queries start from it.
    """

    def mark(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return _to_the_door(request)
            reach = reduce(or_, map(request.actor.reach, capabilities))
            if not reach:
                raise PermissionDenied
            response = view(request, reach, *args, **kwargs)
            # A personal page stays out of shared caches and the back button of a shared phone.
            add_never_cache_headers(response)
            return response

        return _marked(guarded, capabilities)

    return mark


def _to_the_door(request) -> HttpResponse:
    """And back, once one has signed in. Where htmx asks for a part of a page, its whole page goes."""
    if request.htmx:
        page = request.htmx.current_url_abs_path or "/"
        return HttpResponse(headers={"HX-Redirect": redirect_to_login(page).url})
    return redirect_to_login(request.get_full_path())


def public(why: str):
    """Open the view to everybody, and say why."""

    def mark(view):
        return _marked(view, why)

    return mark


def _marked(view, how):
    view.access_mark = how
    return view
