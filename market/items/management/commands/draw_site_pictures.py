import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from market.items.making.shares import make_share
from market.items.services.shares import site_style
from market.tenancy.registry import marketplaces


class Command(BaseCommand):
    help = "Draw sites/<slug>/share.jpg anew: what links to a marketplace's own pages show."

    def handle(self, *args: Any, **options: Any) -> None:
        for site in marketplaces():
            with tempfile.TemporaryDirectory() as folder:
                made = make_share(
                    Path(folder), style=site_style(site), name=site.tagline, byline=site.name
                )
                drawn = made.outputs[0].path.read_bytes()
            (settings.SITES_DIR / site.slug / "share.jpg").write_bytes(drawn)
            self.stdout.write(f"{site.slug}: {len(drawn) / 1000:.0f} kB")
