"""Whether an uploaded file is what it claims to be, by content. Pure: a path in, facts out.

Each module knows one family of formats; `check_file` is the way in. Every refusal is an
UploadRefused whose text tells the author what to change.
"""

from market.items.checks.roles import Checked, check_file

__all__ = ["Checked", "check_file"]
