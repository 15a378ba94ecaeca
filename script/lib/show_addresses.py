"""Print where each site and service is, for a person who just started the server."""

import os
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "market.settings")
django.setup()

from market.tenancy.hosts import all_hosts, origin  # noqa: E402 (after set-up)

PURPOSES = {
    "account": "sign-in, cart, checkout, library",
    "staff": "review",
    "api": "for partners",
    "files": "previews and downloads; nothing to see at its root",
}

print()
for host in all_hosts():
    purpose = host.marketplace.name if host.marketplace else PURPOSES[host.key]
    print(f"  {origin(host.key) + '/':36} {purpose}")
print()
