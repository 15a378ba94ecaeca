import re

from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

SHAPE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Clients compare these sentences.
NO_SALE = "No sale belonging to the current user found with that code"
NO_PURCHASE = "No purchase belonging to the current user found with that code"


class MalformedCode(APIException):
    status_code = 422
    default_detail = "A purchase code looks like 86781236-23d0-4b3c-7dfa-c1c147e0dece."


def purchase_code(text: str) -> str:
    """A code in the form in which it is kept; clients send it in any case, with spaces.

    Raises MalformedCode.
    """
    code = text.strip().lower()
    if not SHAPE.fullmatch(code):
        raise MalformedCode
    return code


def required_code(request: Request) -> str:
    """The query's `code`; an empty value counts as absent. Raises ValidationError (400)."""
    code = request.query_params.get("code", "").strip()
    if not code:
        raise ValidationError("The parameter code is missing.")
    return purchase_code(code)
