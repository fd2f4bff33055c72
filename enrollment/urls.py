from django.urls import path

from .views import agreements, disputes, exports, guardians, pickup, reviews, rosters, waivers

app_name = "enrollment"
urlpatterns = [
    # guardians
    path("apply/", guardians.apply_start, name="apply-start"),
    path("apply/<int:student_id>/<int:term_id>/", guardians.apply, name="apply"),
    path("apply/<int:student_id>/<int:term_id>/decline/", guardians.decline, name="decline"),
    path("mine/<int:pk>/", guardians.application_detail, name="application-detail"),
    path("mine/<int:pk>/mend/", guardians.application_mend, name="application-mend"),
    path("mine/<int:pk>/take-back/", guardians.application_take_back, name="application-take-back"),
    path("agreements/<int:pk>/", agreements.agreement_detail, name="agreement-detail"),
    path("agreements/<int:pk>/sign/", agreements.agreement_sign, name="sign"),
    path("agreements/<int:pk>/withdraw/", agreements.agreement_withdraw, name="withdraw"),
    path("agreements/<int:pk>/agreement.pdf", agreements.agreement_paper, name="agreement-pdf"),
    path("pickup/", pickup.pickup_list, name="pickup-list"),
    path("students/<int:student_id>/pickup/create/", pickup.pickup_create, name="pickup-create"),
    path("pickup/<int:pk>/photo/", pickup.pickup_photo, name="pickup-photo"),
    path("pickup/<int:pk>/end/", pickup.pickup_end, name="pickup-end"),
    # class teacher and school
    path("applications/", reviews.application_list, name="application-list"),
    path("applications/confirm/", reviews.application_confirm, name="application-confirm"),
    path("applications/approve/", reviews.application_approve, name="application-approve"),
    path("applications/sign/", reviews.agreement_sign_school, name="agreement-sign"),
    path("applications/<int:pk>/", reviews.application_review, name="application-review"),
    path("applications/<int:pk>/return/", reviews.application_return, name="application-return"),
    path("applications/<int:pk>/send-back/", reviews.application_send_back, name="application-send-back"),
    path("applications/<int:pk>/refuse/", reviews.application_refuse, name="application-refuse"),
    path("withdrawals/<int:pk>/acknowledge/", reviews.withdrawal_acknowledge, name="withdrawal-acknowledge"),
    path("agreements/<int:pk>/copy.pdf", agreements.agreement_copy, name="agreement-copy"),
    path("roster/", rosters.roster, name="roster"),
    path("roster.xlsx", rosters.roster_file, name="roster-xlsx"),
    path("waivers/", waivers.waiver_list, name="waiver-list"),
    path("waivers/decide/", waivers.waiver_desk, name="waiver-desk"),
    path("waivers/<int:pk>/decide/", waivers.waiver_decide, name="waiver-decide"),
    path("students/<int:student_id>/waiver/", waivers.waiver_create, name="waiver-create"),
    path("restrictions/", pickup.restriction_list, name="restriction-list"),
    path("restrictions/<int:pk>/confirm/", pickup.restriction_confirm, name="restriction-confirm"),
    path("restrictions/<int:pk>/end/", pickup.restriction_end, name="restriction-end"),
    path("restrictions/<int:pk>/keep/", pickup.restriction_keep, name="restriction-keep"),
    path("exports/", exports.export_list, name="export-list"),
    path("exports/<int:pk>/decide/", exports.export_decide, name="export-decide"),
    path("students/<int:student_id>/dispute/", disputes.dispute_create, name="dispute-create"),
    path("disputes/<int:pk>/end/", disputes.dispute_end, name="dispute-end"),
    path("students/<int:student_id>/restriction/", pickup.restriction_create, name="restriction-create"),
    # anyone with the paper in hand
    path("verify/<str:number>/<str:code>/", agreements.agreement_verify, name="agreement-verify"),
]
