from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import EmailMultiAlternatives
from django_tasks import task

from market.discovery.page_cache import purge
from market.users import services


@task(queue_name="mail")
def send_message(to: str, subject: str, text: str, html: str) -> None:
    """A mail about an account, rendered when it was caused. A repeat sends it again."""
    message = EmailMultiAlternatives(subject=subject, body=text, to=[to])
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


@task()
def tidy() -> None:
    """Delete sign-in codes and sessions that have run out."""
    services.prune_sign_in_codes()
    SessionStore.clear_expired()


# Attempts until every page of before has left the cache by itself.
@task(max_attempts=9)
def purge_author(user_id: int) -> None:
    purge.purge_author(user_id=user_id)
