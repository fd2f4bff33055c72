from django.urls import path

from .views import policies, schools

app_name = "oversight"
urlpatterns = [
    path("", schools.school_list, name="school-list"),
    path("schools/<int:pk>/", schools.school_detail, name="school-detail"),
    path("policies/", policies.policy_list, name="policy-list"),
    path("policies/upload/", policies.policy_upload, name="policy-upload"),
    path("policies/<slug:code>/upload/", policies.policy_upload, name="policy-mend"),
    path("policies/<slug:code>/check/", policies.policy_check, name="policy-check"),
    path("policies/<slug:code>/difference/", policies.policy_difference, name="policy-difference"),
    path("policies/<slug:code>/effect/", policies.policy_effect, name="policy-effect"),
    path("policies/<slug:code>/effect/begin/", policies.policy_effect_begin, name="policy-effect-begin"),
    path("policies/<slug:code>/effect/xlsx/", policies.policy_effect_xlsx, name="policy-effect-xlsx"),
    path("policies/<slug:code>/adoption/", policies.policy_adoption, name="policy-adoption"),
    path("adoptions/<int:pk>/confirm/", policies.adoption_confirm, name="adoption-confirm"),
    path("adoptions/<int:pk>/decline/", policies.adoption_decline, name="adoption-decline"),
]
