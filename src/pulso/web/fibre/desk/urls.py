"""Its addresses: below the network's own."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from pulso.web.fibre.desk import lists, parties, views

NET = r"^(?P<lang>pt|en)/(?P<city>[-\w]+)/fibre/"
SORT = r"edit/(?P<sort>site|duct|cable|works|organisation|phase)"

urlpatterns: list[URLPattern] = [
    re_path(NET + r"cuts(?:\.json)?$", views.cut, name="fibre-cuts"),
    re_path(NET + r"cuts/(?P<number>[0-9]{1,9})/end$", views.end, name="fibre-cut-end"),
    re_path(NET + r"edit/(?P<what>organisations|phases)(?:\.json)?$", parties.parties, name="fibre-parties"),
    re_path(NET + SORT + r"(?:\.json)?$", views.edit, name="fibre-new"),
    re_path(NET + SORT + r"/(?P<key>.{1,200}?)(?:\.json)?$", views.edit, name="fibre-edit"),
    re_path(NET + r"edit/(?P<what>strands|splices|ports|splitters)/(?P<key>.{1,200}?)(?:\.json)?$", lists.joints, name="fibre-joints"),
]
