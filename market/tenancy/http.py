"""Request types: what the middleware has set, so that views need no guards."""

from django.http import HttpRequest

from market.tenancy.definitions import Marketplace
from market.tenancy.hosts import Host


class HostRequest(HttpRequest):
    """A request of any host; `request.host.marketplace` is None on account, api, staff, files."""

    host: Host


class MarketplaceRequest(HostRequest):
    """A request to one of the marketplaces' hosts."""

    marketplace: Marketplace
