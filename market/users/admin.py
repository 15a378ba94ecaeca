from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from market.core.admin import ReadOnlyAdmin
from market.users import services
from market.users.models import PersonalToken, User


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["username", "email", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "groups"]
    search_fields = ["username", "email"]
    ordering = ["-pk"]
    exclude = ["password"]
    actions = ["lock", "unlock"]

    def has_lock_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("users.lock_accounts")

    @admin.action(permissions=["lock"], description=_("Lock: end every session and token at once"))
    def lock(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            services.lock_account(user=user)
            self.log_change(request, user, "Locked")

    @admin.action(permissions=["lock"], description=_("Unlock"))
    def unlock(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            services.unlock_account(user=user)
            self.log_change(request, user, "Unlocked")


@admin.register(PersonalToken)
class PersonalTokenAdmin(ReadOnlyAdmin):
    list_display = ["name", "user", "scopes", "created_at", "last_used_on", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    ordering = ["-pk"]
    exclude = ["token_hash"]
