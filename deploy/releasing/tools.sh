# shellcheck shell=bash
# The locked tools that make and deliver a release, in an environment of their own below var/: made at the first
# use, and again when their lock changes. Sourced; TOOLS names it.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
project=$(dirname "$here")
TOOLS=${RELEASE_TOOLS:-$project/var/release-tools}
lock=$project/requirements/release.txt
wanted=$(sha256sum "$lock" | cut -d ' ' -f 1)
if [ "$(cat "$TOOLS/installed" 2>/dev/null)" != "$wanted" ]; then
  echo '==> Installing the tools of a release' >&2
  "${PYTHON:-python3}" -m venv --clear "$TOOLS"
  "$TOOLS/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$lock"
  echo "$wanted" >"$TOOLS/installed"
fi
export PYTHONPATH=$here
