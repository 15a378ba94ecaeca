"""Service addresses (URLs of the environment) turned into Django settings."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

# Session settings that correctness and failover rest on. wait_timeout: a host that vanishes
# keeps its row locks until then.
MYSQL_SESSION = (
    "SET SESSION sql_mode='STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', "
    "wait_timeout=30, innodb_lock_wait_timeout=5"
)


def database_settings(url: str) -> dict[str, Any]:
    """Settings of one database; `sqlite:///PATH` or `mysql://USER:PASSWORD@HOST:PORT/NAME`.

    Query parameters of a MySQL address: `ssl_ca` (path; the server's name is then verified too).
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "market.core.db.sqlite3",
            "NAME": unquote(parts.path).replace("//", "/", 1),
            "OPTIONS": {
                # IMMEDIATE: a writer waits at BEGIN, so no transaction fails half-way on a lock.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    if parts.scheme != "mysql":
        raise ValueError(f"DATABASE_URL: expected sqlite:// or mysql://, got {parts.scheme}://")
    query = parse_qs(parts.query)
    options: dict[str, Any] = {
        "charset": "utf8mb4",
        "isolation_level": "read committed",
        "init_command": MYSQL_SESSION,
        "connect_timeout": 2,
        "read_timeout": int(query.get("read_timeout", ["10"])[0]),
        "write_timeout": 10,
    }
    if "ssl_ca" in query:
        options |= {"ssl": {"ca": query["ssl_ca"][0]}, "ssl_mode": "VERIFY_IDENTITY"}
    if "socket" in query:
        options["unix_socket"] = query["socket"][0]
    return {
        "ENGINE": "market.core.db.mysql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 20,  # below wait_timeout
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_520_ci"},
    }


def cache_settings(redis_url: str, *, folder: Path) -> dict[str, Any]:
    """Redis, or without it a folder that web and worker share."""
    if not redis_url:
        return {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(folder),
        }
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": redis_url,
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,  # Redis away: slower, not down
            "SOCKET_CONNECT_TIMEOUT": 0.2,
            "SOCKET_TIMEOUT": 0.2,
            "REDIS_CLIENT_CLASS": "market.core.redis_client.MeasuredRedis",
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
        },
    }


def page_cache_settings(redis_url: str, *, folder: Path) -> dict[str, Any]:
    """For whole pages: values are bytes, and a Redis that is away is an error, not an empty answer.

    Without Redis a folder; it forgets a part of its pages when it holds many.
    """
    settings = cache_settings(redis_url, folder=folder)
    if not redis_url:
        return settings | {"OPTIONS": {"MAX_ENTRIES": 1000}}
    return settings | {
        "OPTIONS": settings["OPTIONS"]
        | {"IGNORE_EXCEPTIONS": False, "SERIALIZER": "market.core.raw_bytes.RawBytes"}
    }


def storage_settings(url: str) -> dict[str, Any]:
    """`file:///FOLDER`, or `s3://KEY:SECRET@BUCKET?endpoint=URL&region=NAME`.

    Without KEY:SECRET the credentials are those of the host's role.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": unquote(parts.path), "base_url": None},
        }
    if parts.scheme != "s3":
        raise ValueError(f"STORAGE_URL: expected file:// or s3://, got {parts.scheme}://")
    query = parse_qs(parts.query)
    return {
        "BACKEND": "market.core.storage.PrivateS3Storage",
        "OPTIONS": {
            "bucket_name": parts.hostname,
            "access_key": unquote(parts.username) if parts.username else None,
            "secret_key": unquote(parts.password) if parts.password else None,
            "endpoint_url": query.get("endpoint", [None])[0],
            "region_name": query.get("region", ["us-east-1"])[0],
        },
    }
