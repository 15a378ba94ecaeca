from calendar import monthrange
from datetime import datetime


def add_months(moment: datetime, months: int) -> datetime:
    """The same day of a later month, or its last day: 31 January + 1 month = 28 February."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    day = min(moment.day, monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)
