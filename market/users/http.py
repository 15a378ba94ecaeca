"""Request types: what `login_required` has made sure of, so that views need no guards."""

from market.tenancy.http import HostRequest
from market.users.models import User


class UserRequest(HostRequest):
    """A request of a person who is signed in on this host."""

    user: User
