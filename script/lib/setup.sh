# shellcheck shell=bash
# What every script needs before it can start: Debian packages, the virtual environment, the
# front-end packages. Sourced with the repository as working directory. Each step leaves a stamp
# with the hash of its lock, so that the next start skips it.

PYTHON=${PYTHON:-python3}
VENV=$PWD/.venv

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
fail() { printf '\033[1;31merror:\033[0m %s\n' "$*" >&2; exit 1; }

# Debian package → a command that succeeds once what we need of it is there, however it came.
declare -A PROBES=(
  [ca-certificates]='test -s /etc/ssl/certs/ca-certificates.crt'
  [ceph-common]='command -v ceph && command -v radosgw-admin'
  [ceph-mon]='command -v ceph-mon && command -v monmaptool'
  [ceph-osd]='command -v ceph-osd'
  [chromium]='test -x /usr/bin/chromium'
  [default-libmysqlclient-dev]='pkg-config --exists mysqlclient || pkg-config --exists mariadb'
  [ffmpeg]='command -v ffmpeg && command -v ffprobe'
  [fonts-liberation]='ls /usr/share/fonts/truetype/liberation*'
  [gcc]='command -v gcc'
  [haproxy]='test -x /usr/sbin/haproxy'
  [libc6-dev]='test -e /usr/include/stdlib.h'
  [libharfbuzz-subset0]='ldconfig -p | grep -q libharfbuzz-subset'
  [libpango-1.0-0]='ldconfig -p | grep -q libpango-1.0'
  [libpangoft2-1.0-0]='ldconfig -p | grep -q libpangoft2-1.0'
  [mariadb-client]='command -v mariadb && command -v mariadb-tzinfo-to-sql'
  [mariadb-server-core]='command -v mariadbd && command -v mariadb-install-db'
  [pkg-config]='command -v pkg-config'
  [python3-dev]='"$PYTHON" -c "import os, sysconfig as s; os.stat(s.get_path(\"include\") + \"/Python.h\")"'
  [python3-venv]='"$PYTHON" -c "import ensurepip, venv"'
  [radosgw]='command -v radosgw'
  [redis-server]='command -v redis-server'
  [systemd]='command -v systemd-analyze'
  [tzdata]='test -e /usr/share/zoneinfo/UTC'
)
# Pango and HarfBuzz set the type of invoices and statements.
SERVER_PACKAGES=(
  ca-certificates ffmpeg fonts-liberation libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0
  python3-venv
)
MYSQL_CLIENT_PACKAGES=(default-libmysqlclient-dev gcc libc6-dev pkg-config python3-dev)
TEST_PACKAGES=(
  "${SERVER_PACKAGES[@]}" "${MYSQL_CLIENT_PACKAGES[@]}" chromium tzdata
  haproxy mariadb-server-core mariadb-client redis-server radosgw ceph-mon ceph-osd ceph-common
  systemd
)

# need_packages PACKAGE…: installs what is missing; without root, names it and ends.
need_packages() {
  local package missing=()
  for package in "$@"; do
    eval "${PROBES[$package]}" >/dev/null 2>&1 || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    fail "an administrator must install these packages first (names as on Debian 12):

    apt-get install --no-install-recommends ${missing[*]}

Then run this again: it goes on from here."
  fi
  say "Installing from Debian: ${missing[*]}"
  apt_install "${missing[@]}"
}

apt_install() (
  policy=/usr/sbin/policy-rc.d
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  # Debian's way to say that packages start no services: we run private instances of our own.
  if [ ! -e $policy ]; then
    trap 'rm -f "$log" $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
  fi
  {
    apt-get -o DPkg::Lock::Timeout=300 update -q &&
      DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
        install -y -q --no-install-recommends "$@"
  } >"$log" 2>&1 || {
    tail -30 "$log" >&2
    fail "apt-get could not install: $*"
  }
)

# install_python base|production|test: the virtual environment, as that lock says.
install_python() {
  local wanted=$1 has=none stamp='' hash
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or later is needed; PYTHON names another interpreter than $PYTHON"
  hash=$(cat requirements/{uv,base,production,test}.txt | sha256sum | cut -d' ' -f1)
  if "$VENV/bin/python" -c '' 2>/dev/null; then
    read -r has stamp <"$VENV/installed" || true
  fi 2>/dev/null
  # Each lock holds all of the one before. A fuller environment is kept: the server must not take
  # away what the tests installed.
  case $has-$wanted in test-* | production-base) wanted=$has ;; esac
  [ "$has $stamp" != "$wanted $hash" ] || return 0

  [ "$wanted" = base ] || need_packages "${MYSQL_CLIENT_PACKAGES[@]}"
  say "Installing Python packages ($wanted) into .venv"
  "$VENV/bin/python" -m pip --version >/dev/null 2>&1 || "$PYTHON" -m venv --clear "$VENV"
  pip_install requirements/uv.txt
  "$VENV/bin/uv" pip sync -q --python "$VENV/bin/python" --require-hashes \
    "requirements/$wanted.txt" || pip_install "requirements/$wanted.txt"
  echo "$wanted $hash" >"$VENV/installed"
}

pip_install() {
  "$VENV/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$1" ||
    fail "pip could not install $1"
}

# compile_words: the catalogues of other languages, from their texts. After install_python.
compile_words() {
  "$VENV/bin/python" script/lib/catalogue.py compile
}

# install_node_packages: node_modules/, as package-lock.json says, and in it our cut of the faces.
# After install_python.
install_node_packages() {
  fetch_node_packages
  cut_fonts
}

cut_fonts() {
  local hash
  hash=$(sha256sum package-lock.json script/lib/cut_fonts.py | sha256sum | cut -d' ' -f1)
  [ "$(cat node_modules/.fonts/.made 2>/dev/null)" != "$hash" ] || return 0
  say 'Cutting the faces to the letters that pages use'
  "$VENV/bin/python" script/lib/cut_fonts.py node_modules || fail 'the faces could not be cut'
  echo "$hash" >node_modules/.fonts/.made
}

fetch_node_packages() {
  local hash
  hash=$(sha256sum package.json package-lock.json | sha256sum | cut -d' ' -f1)
  [ "$(cat node_modules/.installed 2>/dev/null)" != "$hash" ] || return 0
  if ! { npm --version && node -e 'process.exit(parseInt(process.versions.node) < 18)'; } \
    >/dev/null 2>&1; then
    say 'Installing Node into .venv'
    pip_install requirements/node.txt
  fi
  say 'Installing front-end packages into node_modules'
  # The environment's own Node is used only where the system has none that is new enough.
  if [ -x "$VENV/bin/npm" ]; then
    PATH=$VENV/bin:$PATH npm ci --no-progress --loglevel=error
  else
    npm ci --no-progress --loglevel=error
  fi || fail 'npm could not install the packages of package-lock.json'
  echo "$hash" >node_modules/.installed
}
