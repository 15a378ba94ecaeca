# shellcheck shell=bash
# How script/test and script/test-long call pytest. Sourced after setup.sh and services.sh.

STARTED=$SECONDS
REPORTS=()
FAILED=0

prepare_tests() {
  need_packages "${TEST_PACKAGES[@]}"
  install_python test
  compile_words
  install_node_packages
  STARTED=$SECONDS
}

run_pytest() {
  local rc=0
  mkdir -p "$SERVICES/data"
  MARKET_ENV=development SECRET_KEY=only-for-tests DATA_DIR="$SERVICES/data" \
    "$VENV/bin/python" -m pytest "$@" || rc=$?
  return $rc
}

# run_report NAME ARGUMENT…: a part of the whole; its failures count at the end.
run_report() {
  local report=$SERVICES/$1.xml
  shift
  REPORTS+=("$report")
  run_pytest --junitxml="$report" "$@" || FAILED=1
}

# The summary of all parts, as pytest prints its own.
finish_tests() {
  local rc=$FAILED summary
  summary=$("$VENV/bin/python" script/lib/summary.py $((SECONDS - STARTED)) "${REPORTS[@]}") || rc=1
  stop_services
  printf '%s\n' "$summary"
  exit $rc
}
