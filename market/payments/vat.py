"""VAT numbers of the EU: how they are written, and what the official service says about them.

The only module that speaks to VIES (its REST interface, `check-vat-number`). The service asks the
member state's own register, and some of those are away for hours.
"""

import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

from market.payments.errors import VatIdRefused, VatServiceUnavailable

TIMEOUT_SECONDS = 5
# Where the number's first letters are not the country's own code (ISO 3166-1).
_PREFIXES = {"GR": "EL"}


@dataclass(frozen=True, slots=True)
class VatAnswer:
    is_valid: bool
    name: str = ""
    receipt: str = ""


def normalised(*, country: str, number: str) -> str:
    """As registers write it, with the country's letters first: `DE136695976`.

    Raises VatIdRefused if it has another country's form, or its check digits are wrong.
    """
    prefix = _PREFIXES.get(country, country)
    given = "".join(char for char in number if char.isalnum()).upper()
    if not given.startswith(prefix):
        given = f"{prefix}{given}"
    try:
        return str(eu_vat.validate(given))
    except ValidationError as error:
        raise VatIdRefused from error


def ask(vat_id: str) -> VatAnswer:
    """Never inside a transaction. Raises VatServiceUnavailable: then nothing is known."""
    query = {"countryCode": vat_id[:2], "vatNumber": vat_id[2:]}
    requester = settings.OPERATOR_VAT_ID
    if requester:
        query |= {
            "requesterMemberStateCode": requester[:2],
            "requesterNumber": requester[2:],
        }
    said = _post(query)
    if not isinstance(said.get("valid"), bool):
        # `actionSucceed: false`, MS_UNAVAILABLE, SERVICE_UNAVAILABLE, too many requests
        raise VatServiceUnavailable
    return VatAnswer(
        is_valid=said["valid"] is True,
        name=_text(said.get("name"))[:200],
        receipt=_text(said.get("requestIdentifier"))[:60],
    )


def _post(query: dict[str, str]) -> dict[str, object]:
    target = urlsplit(settings.VIES_URL)
    kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
    connection = kind(target.netloc, timeout=TIMEOUT_SECONDS)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    try:
        connection.request("POST", target.path, body=json.dumps(query), headers=headers)
        answer = connection.getresponse()
        said = json.loads(answer.read(65_536))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise VatServiceUnavailable from error
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK or not isinstance(said, dict):
        raise VatServiceUnavailable
    return said


def _text(value: object) -> str:
    """`---` is what a register says that tells no names."""
    return value if isinstance(value, str) and value.strip("- ") else ""
