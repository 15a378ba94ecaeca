import unicodedata
from contextlib import suppress
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.encoding import punycode

from market.core.ids import BINARY, NAMES
from market.core.locales import SOURCE_LANGUAGE

# Guests' rows have an address here, which no mail ever reaches (RFC 2606): what they gave is theirs
# only when they follow the link that we mail to it.
GUEST_DOMAIN = "guest.invalid"


def normalise_username(name: str) -> str:
    """The form in which user names are compared: NFKC, then case folding."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def normalise_email(email: str) -> str:
    """The form in which e-mail addresses are kept and compared; domains as ASCII (IDNA)."""
    local, at, domain = unicodedata.normalize("NFKC", email.strip()).lower().rpartition("@")
    with suppress(UnicodeError):  # not a domain: whoever checks the address refuses it
        domain = punycode(domain)
    return f"{local}{at}{domain}"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, username: str, password: str | None = None) -> "User":
        user = self.model(email=email, username=username)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, username: str, password: str | None = None) -> "User":
        user = self.create_user(email, username, password)
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalise_email(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person, on all marketplaces alike. Signs in with the e-mail address."""

    email = models.EmailField(max_length=254, unique=True, db_collation=BINARY)
    username = models.CharField(max_length=40)
    # Equal names look equal: unique under NFKC and case folding, whatever the engine's collation.
    username_key = models.CharField(max_length=80, unique=True, db_collation=BINARY, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Raised by sign-out everywhere and by a lock: ends every session on every host.
    auth_epoch = models.PositiveIntegerField(default=0)
    date_joined = models.DateTimeField(default=timezone.now)
    # What we write to the person in; pages are in the language of their address. The database
    # knows the default too: the release before this one makes users without it.
    language = models.CharField(max_length=10, default=SOURCE_LANGUAGE, db_default=SOURCE_LANGUAGE)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["username"]

    class Meta:
        permissions = [("lock_accounts", "Can lock accounts")]

    def __str__(self) -> str:
        return self.username

    def save(self, *args: object, **kwargs: object) -> None:
        self.email = normalise_email(self.email)
        self.username_key = normalise_username(self.username)
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    @property
    def is_guest(self) -> bool:
        """Whether this row stands for somebody who bought without an account."""
        return self.email.endswith(f"@{GUEST_DOMAIN}")

    @property
    def contact_email(self) -> str:
        """Where our mails go: for a guest one query more."""
        return self.guest.email if self.is_guest else self.email

    def get_session_auth_hash(self) -> str:
        """Every session carries this; Django ends those whose value is no longer the user's."""
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> list[str]:
        return [self._session_hash(secret) for secret in settings.SECRET_KEY_FALLBACKS]

    def _session_hash(self, secret: str | None) -> str:
        value = f"{self.password}:{self.auth_epoch}:{self.is_active}"
        return salted_hmac(
            "market.users.session", value, secret=secret, algorithm="sha256"
        ).hexdigest()


class Profile(models.Model):
    """What others see of a person. Made for authors; buyers may have none."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="profile")
    display_name = models.CharField(max_length=80, db_collation=NAMES)
    bio = models.CharField(max_length=500, blank=True)
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1
    avatar_key = models.CharField(max_length=200, blank=True)  # public storage key
    is_exclusive = models.BooleanField(default=True)  # decides the author's fee
    member_since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.display_name


class Guest(models.Model):
    """Somebody who buys with an e-mail address alone; `user` holds what was bought until then.

    Whoever follows the link in the receipt takes it over, into an account with that address.
    """

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="guest")
    email = models.EmailField(max_length=254, db_collation=BINARY)
    created_at = models.DateTimeField(default=timezone.now)
    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="claimed_guests")
    claimed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"guest {self.user_id}"


class SignInCode(models.Model):
    """Carries a sign-in from `account.` to one host: once, for 60 seconds, for one browser."""

    code_hash = models.CharField(max_length=64, unique=True, db_collation=BINARY)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    host_key = models.CharField(max_length=40)
    state_hash = models.CharField(max_length=64, db_collation=BINARY)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="sign_in_code_prune")]

    def __str__(self) -> str:
        return f"{self.user_id} to {self.host_key}"


class PersonalToken(models.Model):
    """A partner's key to the API. Only its hash is kept; `scopes` is space-separated."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True, db_collation=BINARY)
    scopes = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
