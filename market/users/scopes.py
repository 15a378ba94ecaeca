"""What a personal token may be used for: the names are those of the partners' interface."""

DEFAULT = "default"  # always granted
SCOPES = {
    DEFAULT: "Search items and read public information",
    "user:username": "See your user name",
    "user:email": "See your e-mail address",
    "user:account": "See your profile: name, country, picture, balance",
    "user:financial": "See your statement",
    "user:collections": "See your private collections",
    "purchase:list": "List your purchases",
    "purchase:download": "Download your purchases",
    "purchase:verify": "Look up a purchase by its code",
    "purchase:history": "List your purchases (older name)",
    "sale:history": "See your sales as an author",
    "sale:verify": "Verify a purchase code of a buyer of yours",
}
