"""Which host names exist: a pure function of the settings, so that settings may use it."""

from collections.abc import Iterable, Mapping

SERVICES = ("account", "api", "staff", "files")


def host_names(
    *, domain: str, overrides: Mapping[str, str], slugs: Iterable[str]
) -> dict[str, str]:
    """Host name by key (`themes`, …, `account`, `api`, `staff`, `files`), lower case, no port.

    Raises ValueError for an override of an unknown key and for two keys with one name.
    """
    keys = [*slugs, *SERVICES]
    unknown = set(overrides) - set(keys)
    if unknown:
        raise ValueError(f"MARKET_HOSTS names unknown hosts: {', '.join(sorted(unknown))}")
    names = {key: overrides.get(key, f"{key}.{domain}").lower().rstrip(".") for key in keys}
    twice = [name for name in names.values() if list(names.values()).count(name) > 1]
    if twice:
        raise ValueError(f"MARKET_HOSTS gives one name to two hosts: {twice[0]}")
    return names
