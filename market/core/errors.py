class Refused(Exception):
    """The root of all refusals; `str(error)` is a sentence for the person, `code` for programs."""

    code = "refused"
