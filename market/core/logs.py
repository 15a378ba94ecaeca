"""How logs are written: a JSON object a line on the standard output; in development, for people."""

import logging
from typing import Any

import structlog
from structlog.typing import Processor

_COMMON: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
]


def configured(*, level: str, is_development: bool) -> dict[str, Any]:
    """Sets structlog up, and returns what Django's LOGGING has to be so that both write alike."""
    # What no line of ours says, so that it need not be found out for each.
    logging.logThreads = logging.logProcesses = False
    logging.logMultiprocessing = False
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_COMMON,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    for_people = structlog.dev.ConsoleRenderer()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": for_people if is_development else structlog.processors.JSONRenderer(),
                "foreign_pre_chain": _COMMON,
            },
        },
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stdout",
            }
        },
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            # It logs paths, and tokens stand in some; our request log has the same events without.
            "django.request": {"level": "CRITICAL"},
            # It tells each step, and what our screen rules say that paper cannot do.
            "weasyprint": {"level": "ERROR"},
            "weasyprint.progress": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
        },
    }
