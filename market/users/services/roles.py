"""Roles are groups with Django permissions, the same on every installation."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from market.users.models import User

GROUPS = {"author": "authors", "reviewer": "reviewers", "staff": "staff"}
# By (app, codename): the apps above declare them, so they are named here, not imported.
PERMISSIONS = {
    "author": [("items", "sell_items")],
    "reviewer": [("items", "review_items")],
    "staff": [
        ("items", "review_items"),
        ("items", "suspend_items"),
        ("items", "schedule_promotions"),
        ("purchases", "decide_refunds"),
        ("payments", "run_payouts"),
        ("users", "lock_accounts"),
        ("payments", "see_money"),
        ("payments", "request_adjustments"),
        ("payments", "decide_adjustments"),
        ("payments", "resolve_cases"),
    ],
}
# Whole tables that staff may look at in the admin; changes go through the admin's actions.
STAFF_APPS = ("items", "payments", "purchases", "users")


@transaction.atomic
def sync_roles() -> None:
    """Give each role's group exactly its permissions; runs after every migration."""
    for role, name in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(Permission.objects.filter(_permissions_of(role)))


def _permissions_of(role: str) -> Q:
    wanted = Q(pk__in=[])
    for app, codename in PERMISSIONS[role]:
        wanted |= Q(content_type__app_label=app, codename=codename)
    if role == "staff":
        wanted |= Q(content_type__app_label__in=STAFF_APPS, codename__startswith="view_")
    return wanted


@transaction.atomic
def grant_role(*, user: User, role: str) -> None:
    """Make a person an author, a reviewer or staff. Raises KeyError for another role."""
    name = GROUPS[role]
    if not Group.objects.filter(name=name).exists():
        sync_roles()
    user.groups.add(Group.objects.get(name=name))
    if role == "staff":
        user.is_staff = True  # lets them into Django's admin
        user.save(update_fields=["is_staff"])


@transaction.atomic
def withdraw_role(*, user: User, role: str) -> None:
    """Take a role back; it ends with the person's next request. Raises KeyError."""
    user.groups.remove(*Group.objects.filter(name=GROUPS[role]))
    if role == "staff":
        user.is_staff = False
        user.save(update_fields=["is_staff"])
