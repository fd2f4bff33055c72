"""The law library's reading room: what a policy says, clause by clause, and what the system does by it."""

from django.http import Http404
from django.shortcuts import render
from django.urls import path

from afterschool.access.gate import public
from afterschool.policy import codes, load
from afterschool.policy.book import Policy
from afterschool.policy.loader import bundled
from afterschool.policy.reading import document


@public("published documents")
def policy_show(request, name):
    policy = _find(name)
    return render(request, "law/policy.html", {"policy": policy, "clauses": document(policy)})


@public("published documents")
def policy_clause(request, name, clause):
    policy = _find(name)
    found = next((one for one in document(policy) if one.number == clause), None)
    if found is None:
        raise Http404
    return render(request, "law/clause.html", {"policy": policy, "clause": found})


def _find(name: str) -> Policy:
    """By its code; or by the short title of older addresses, which a later file of that title does not take over."""
    known = codes()
    if name in known:
        return load(name)
    for policy in map(load, [*bundled(), *known]):
        if policy.short == name:
            return policy
    raise Http404


urlpatterns = [
    path("<str:name>/", policy_show, name="policy-show"),
    path("<str:name>/<path:clause>/", policy_clause, name="policy-clause"),
]
