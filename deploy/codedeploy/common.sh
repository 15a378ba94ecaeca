# Names and helpers of the hooks. Sourced; POSIX sh. Each hook may be repeated, or killed and
# repeated, and then leaves the same state.
#
# A host's own choices stand in $etc/deploy.conf, as shell variables:
#   MARKET_USER     who the application runs as (market)
#   MARKET_PYTHON   the interpreter for new environments (python3.11)
#   MARKET_VENV     an existing environment to use instead of installing one
#   MARKET_WORKERS  how many job workers run on this host (2; 0 on a host for the web only)
#   MARKET_WEB      no: a host for jobs only
#   MARKET_KEEP     how many releases stay on the disk (3)
#   MARKET_READY_SECONDS  how long a new release may take until it is ready (90)
# MARKET_ROOT is put before every path; the tests of the hooks set it.
set -eu
umask 022

root=${MARKET_ROOT:-}
base=$root/opt/market
etc=$root/etc/market
units=$root/etc/systemd/system
releases=$base/releases
incoming=$base/incoming
current=$base/current
[ ! -r "$etc/deploy.conf" ] || . "$etc/deploy.conf"
MARKET_USER=${MARKET_USER:-market}
MARKET_PYTHON=${MARKET_PYTHON:-python3.11}
MARKET_WORKERS=${MARKET_WORKERS:-2}
MARKET_WEB=${MARKET_WEB:-yes}
MARKET_KEEP=${MARKET_KEEP:-3}
MARKET_READY_SECONDS=${MARKET_READY_SECONDS:-90}

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"; }
fail() { say "error: $*" >&2; exit 1; }

# The release that was put into incoming: its revision, else the deployment's number.
release_id() {
  if [ -s "$incoming/REVISION" ]; then
    id=$(head -n 1 "$incoming/REVISION")
  else
    id=${DEPLOYMENT_ID:-}
  fi
  case $id in
  '' | *[!A-Za-z0-9._-]* | .*) fail "no release id: the bundle needs a file REVISION" ;;
  esac
  printf '%s' "$id"
}

# A release's own virtual environment, each package checked against its hash: from the bundle's
# wheels, else from the host's package index.
make_environment() {
  "$MARKET_PYTHON" -m venv "$1/venv"
  if [ -d "$1/wheels" ]; then
    set -- "$1" --requirement "$1/wheels/requirements.txt" --no-index --find-links "$1/wheels"
  else
    set -- "$1" --requirement "$1/requirements/production.txt"
  fi
  made=$1
  shift
  "$made/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    --require-hashes "$@"
}

# Reads KEY=VALUE lines as systemd does, without letting a shell evaluate a secret.
load_environment() {
  [ -r "$etc/environment" ] || fail "$etc/environment is missing (deploy/environment.example)"
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    '' | '#'* | ';'*) continue ;;
    esac
    key=${line%%=*}
    case $key in
    '' | [0-9]* | *[!A-Za-z0-9_]*) fail "$etc/environment: not KEY=VALUE: $key" ;;
    esac
    value=${line#*=}
    case $value in
    \"*\") value=${value#\"} value=${value%\"} ;;
    \'*\') value=${value#\'} value=${value%\'} ;;
    esac
    export "$key=$value"
  done <"$etc/environment"
}

# Runs a command as the application's user, with its environment.
as_market() {
  if [ "$(id -un)" = "$MARKET_USER" ]; then
    "$@"
  else
    runuser -u "$MARKET_USER" -- "$@"
  fi
}

# The units that this host runs, the web last: it is stopped last and started first.
worker_units() {
  number=1
  while [ "$number" -le "$MARKET_WORKERS" ]; do
    printf 'market-worker@%s.service ' "$number"
    number=$((number + 1))
  done
}
web_units() { [ "$MARKET_WEB" != yes ] || printf 'market-web.service '; }

# A new link is renamed over the old one: at every moment `current` is one whole release.
point() {
  ln -sfn "$2" "$base/$1.new"
  mv -T "$base/$1.new" "$base/$1"
}

# Runs another release. The services end first, for one that still ran would load modules of the
# new release by the link: the web drains (its ExecStop), each worker finishes the job that it has.
switch_to() {
  systemctl stop 'market-worker@*.service' market-web.service || true
  point current "$1"
  cp "$current"/deploy/systemd/market-*.service "$units/" || return 1
  systemctl daemon-reload || return 1
  # shellcheck disable=SC2046  # names of units, split on purpose
  systemctl enable --quiet $(web_units) $(worker_units) || return 1
  # shellcheck disable=SC2046
  systemctl restart $(web_units) $(worker_units)
}

# Runs the release before again, if there was one: a failed deployment leaves a host that serves.
go_back() {
  previous=$(readlink "$base/previous" 2>/dev/null || true)
  if [ -z "$previous" ] || [ ! -e "$base/$previous/.complete" ]; then
    say "no earlier release to go back to"
    return 0
  fi
  say "going back to ${previous#releases/}"
  switch_to "$previous" || say "it does not start either"
}
