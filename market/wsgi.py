import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "market.settings")

application = get_wsgi_application()

# What was loaded stays for good. To look through all of it for garbage, every thirty pages or so,
# takes as long as a fifth of these pages.
gc.collect()
gc.freeze()
