"""What is said when a definition cannot be used."""


class DefinitionError(Exception):
    """One or more `site.toml` are wrong.

    The message has a line for each problem: file, key path, what was expected.
    """
