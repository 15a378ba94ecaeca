"""Mails of ours: text and HTML from two templates of one name, in the reader's language."""

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation


def build_mail(
    *,
    template: str,
    subject: str,
    to: str,
    message_id: str,
    language: str = "",
    **context: Any,
) -> EmailMultiAlternatives:
    """`template`.txt and `template`.html, not sent yet; both also see `subject` and `email`.

    A job that was killed after sending sends again: `message_id`, the same each time, lets mail
    programs know it for the same mail. `language` is the active one if it is not given.
    """
    said = {**context, "subject": subject, "email": to}
    with translation.override(language or translation.get_language()):
        mail = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string(f"{template}.txt", said),
            to=[to],
            headers={"Message-ID": f"<{message_id}>"},
        )
        mail.attach_alternative(render_to_string(f"{template}.html", said), "text/html")
    return mail
