from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.validators import RegexValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from market.core.locales import country, sorting_key
from market.tenancy.registry import marketplaces
from market.users import services
from market.users.allauth_adapter import check_password_length
from market.users.countries import COUNTRIES
from market.users.models import User, normalise_email
from market.users.scopes import DEFAULT, SCOPES

HELP_WITH_PASSWORDS = _("At least 10 characters. A short sentence is easy to remember.")


class SignInForm(allauth_forms.LoginForm):  # type: ignore[misc]  # allauth is untyped
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")
        self.fields["login"].widget.attrs.pop("placeholder")
        self.fields["password"].widget.attrs.pop("placeholder")
        self.fields["password"].help_text = ""  # the page has the link

    def clean_login(self) -> str:
        return normalise_email(self.cleaned_data["login"])

    def clean_password(self) -> str:
        check_password_length(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])


class SignUpForm(allauth_forms.SignupForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["username"].label = _("User name")
        self.fields["username"].help_text = _(
            "Others see it. 3 to 40 letters, digits, - _ or dots."
        )
        self.fields["password1"].help_text = HELP_WITH_PASSWORDS
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def try_save(self, request: HttpRequest) -> tuple[User | None, Any]:
        if self.account_already_exists:
            # As long as for a new account, so that time does not tell who has one.
            make_password(self.cleaned_data["password1"])
        user, response = super().try_save(request)
        return user, response

    def save(self, request: HttpRequest) -> User:
        """Raises UsernameTaken, EmailTaken: somebody was quicker."""
        return services.register(
            email=self.cleaned_data["email"],
            username=self.cleaned_data["username"],
            password=self.cleaned_data["password1"],
        )


class PasswordResetForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs.pop("placeholder")

    def clean_email(self) -> str:
        self.cleaned_data["email"] = normalise_email(self.cleaned_data["email"])
        return str(super().clean_email())


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    password2 = None  # browsers show what is typed; twice is no safer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = HELP_WITH_PASSWORDS
        self.fields["password1"].widget.attrs.pop("placeholder")


class PasswordChangeForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = HELP_WITH_PASSWORDS
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder")

    def clean_oldpassword(self) -> str:
        check_password_length(self.cleaned_data["oldpassword"])
        return str(super().clean_oldpassword())


class SignInStartForm(forms.Form):
    """What a site asks `account.` for: a code for that host and for one browser's state."""

    host = forms.ChoiceField()
    state = forms.CharField(validators=[RegexValidator(r"\A[0-9a-f]{64}\Z")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [*(site.slug for site in marketplaces()), "staff"]
        self.fields["host"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]


class ProfileForm(forms.Form):
    display_name = forms.CharField(
        label=_("Name that others see"),
        max_length=80,
        help_text=_("Your own name or your studio's."),
    )
    bio = forms.CharField(
        label=_("About you"), max_length=500, required=False, widget=forms.Textarea({"rows": 4})
    )
    country = forms.ChoiceField(label=_("Country"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted((sorting_key(name := country(code)), code, name) for code in COUNTRIES)
        choices = [("", _("Not said")), *((code, name) for _key, code, name in named)]
        self.fields["country"].choices = choices  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Where you will use it, so that you know later which to revoke."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(scope, text) for scope, text in SCOPES.items() if scope != DEFAULT],
        help_text=_("Searching items and reading public information is always allowed."),
    )
