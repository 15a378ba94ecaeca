"""What a personal token may be used for: the names are those of the partners' interface."""

from django.utils.translation import gettext_lazy as _

DEFAULT = "default"  # always granted
SCOPES = {
    DEFAULT: _("Search items and read public information"),
    "user:username": _("See your user name"),
    "user:email": _("See your e-mail address"),
    "user:account": _("See your profile: name, country, picture, balance"),
    "user:financial": _("See your statement"),
    "user:collections": _("See your private collections"),
    "purchase:list": _("List your purchases"),
    "purchase:download": _("Download your purchases"),
    "purchase:verify": _("Look up a purchase by its code"),
    "purchase:history": _("List your purchases (older name)"),
    "sale:history": _("See your sales as an author"),
    "sale:verify": _("Verify a purchase code of a buyer of yours"),
}
