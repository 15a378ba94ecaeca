from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.users import selectors, services
from market.users.allauth_adapter import check_password_length
from market.users.errors import AccountRefused, UsernameTaken
from market.users.models import User


class GuestForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Your receipt goes there, with the link to your files."),
    )


class ClaimForm(forms.Form):
    """An account for what a guest bought; the address is confirmed by the mail."""

    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        help_text=_("Others see it. 3 to 40 letters, digits, - _ or dots."),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. A short sentence is easy to remember."),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_username(self) -> str:
        name = self.cleaned_data["username"]
        try:
            name = services.clean_username(name)
        except AccountRefused as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
        if services.is_reserved(name) or selectors.user_by_name_or_email(name) is not None:
            raise ValidationError(str(UsernameTaken()), code=UsernameTaken.code)
        return name

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        check_password_length(password)
        username = self.cleaned_data.get("username", "")
        validate_password(password, User(email=self.email, username=username))
        return password
