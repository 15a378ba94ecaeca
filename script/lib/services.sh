# shellcheck shell=bash
# Private MariaDB, Redis and S3 (Ceph's gateway) for the tests: free ports of 127.0.0.1, data in a
# temporary folder, gone at the end. Sourced after setup.sh. A service whose address is given in
# the environment (DATABASE_URL, REDIS_URL, STORAGE_URL) is used and not started.

SERVICES=
SERVICE_PIDS=()

start_services() {
  local port
  SERVICES=$(mktemp -d "${TMPDIR:-/tmp}/seven-shelves.XXXXXX")
  chmod 711 "$SERVICES" # MariaDB runs as another user, below
  trap stop_services EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  port=$("$VENV/bin/python" script/lib/free_ports.py 24)
  [ -n "${DATABASE_URL:-}" ] || start_mariadb "$port"
  [ -n "${REDIS_URL:-}" ] || start_redis $((port + 1))
  [ -n "${STORAGE_URL:-}" ] || start_s3 $((port + 2))
}

stop_services() {
  local pid file
  trap - EXIT
  for file in client.rgw osd.0 mon.0; do
    [ ! -s "$SERVICES/s3/run/$file.pid" ] || SERVICE_PIDS+=("$(cat "$SERVICES/s3/run/$file.pid")")
  done
  for pid in "${SERVICE_PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${SERVICE_PIDS[@]}"; do
    for _ in {1..100}; do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
  done
  rm -rf "$SERVICES"
}

# service_up NAME ADDRESS LOG PID…: waits, or ends with the log's last lines.
service_up() {
  local name=$1 address=$2 log=$3
  shift 3
  "$VENV/bin/python" script/lib/wait_for.py "$address" 60 "$@" && return
  tail -30 "$log" >&2
  fail "$name did not start on $address"
}

start_mariadb() {
  local port=$1 folder=$SERVICES/mariadb log=$SERVICES/mariadb.log user
  user=$(id -un)
  if [ "$user" = root ]; then # MariaDB refuses to run as root
    user=nobody
    ! id mysql >/dev/null 2>&1 || user=mysql
  fi
  say "Starting MariaDB on port $port"
  mkdir "$folder"
  [ "$user" = "$(id -un)" ] || chown "$user" "$folder"
  mariadb-install-db --no-defaults --user="$user" --datadir="$folder" --skip-test-db \
    --auth-root-authentication-method=normal >"$log" 2>&1 || {
    tail -30 "$log" >&2
    fail 'mariadb-install-db failed'
  }
  # The data need not outlive the run: nothing waits for a disk.
  setsid mariadbd --no-defaults --user="$user" --datadir="$folder" --port="$port" \
    --bind-address=127.0.0.1 --socket="$folder/socket" --pid-file="$folder/pid" \
    --character-set-server=utf8mb4 --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \
    --innodb-flush-method=nosync --innodb-buffer-pool-size=256M --max-connections=300 \
    --innodb-lock-wait-timeout=20 </dev/null >>"$log" 2>&1 &
  SERVICE_PIDS+=($!)
  service_up MariaDB "127.0.0.1:$port" "$log" $!
  # The application's user owns its databases, as in production: one that may do everything could
  # even write to a reader. The tests also make the user that may not change the ledger.
  {
    mariadb-tzinfo-to-sql /usr/share/zoneinfo 2>/dev/null
    printf '%s\n' "CREATE USER market@'127.0.0.1' IDENTIFIED BY 'market';" \
      "GRANT ALL ON \`market\`.* TO market@'127.0.0.1';" \
      "GRANT ALL ON \`test\\_%\`.* TO market@'127.0.0.1';" \
      "GRANT CREATE USER ON *.* TO market@'127.0.0.1';"
    # Rights are handed on by a database's very name, not by a pattern: those of pytest's processes.
    for database in test_market test_market_gw{0..7}; do
      printf '%s\n' "GRANT ALL ON \`$database\`.* TO market@'127.0.0.1' WITH GRANT OPTION;"
    done
  } | mariadb --no-defaults -S "$folder/socket" -uroot mysql
  export DATABASE_URL=mysql://market:market@127.0.0.1:$port/market
}

start_redis() {
  local port=$1 folder=$SERVICES/redis log=$SERVICES/redis.log
  say "Starting Redis on port $port"
  mkdir "$folder"
  setsid redis-server --port "$port" --bind 127.0.0.1 --dir "$folder" --save '' --appendonly no \
    --databases 64 </dev/null >"$log" 2>&1 &
  SERVICE_PIDS+=($!)
  service_up Redis "127.0.0.1:$port" "$log" $!
  export REDIS_URL=redis://127.0.0.1:$port/0
}

# One monitor on PORT, one object store in memory above it, the S3 gateway on PORT+1.
start_s3() {
  local port=$1 folder=$SERVICES/s3 log=$SERVICES/s3.log
  say "Starting S3 (Ceph) on port $((port + 1))"
  mkdir -p "$folder"/{mon,osd,rgw,run,log}
  : >"$folder/keyring"
  ceph_settings "$folder" "$port" >"$folder/ceph.conf"
  (
    set -e
    export CEPH_CONF=$folder/ceph.conf
    id=$(cat /proc/sys/kernel/random/uuid)
    monmaptool --create --clobber --fsid "$(sed -n 's/^fsid = //p' "$CEPH_CONF")" \
      --addv 0 "[v1:127.0.0.1:$port]" "$folder/monmap"
    ceph-mon --id 0 --mkfs --monmap "$folder/monmap" --keyring /dev/null
    ceph-mon --id 0
    timeout 60 ceph osd new "$id"
    timeout 60 ceph osd crush add osd.0 1 root=default host=localhost
    ceph-osd --id 0 --mkfs --osd-uuid "$id" --no-mon-config
    ceph-osd --id 0
    radosgw -n client.rgw
  ) >"$log" 2>&1 || {
    tail -30 "$log" >&2
    fail 'Ceph did not start'
  }
  service_up S3 "127.0.0.1:$((port + 1))" "$log" "$(cat "$folder/run/osd.0.pid")"
  CEPH_CONF=$folder/ceph.conf timeout 60 radosgw-admin -n client.rgw user create --uid market \
    --display-name market --access-key market-key --secret market-secret >>"$log" 2>&1 ||
    fail 'Ceph did not make its user'
  export STORAGE_URL="s3://market-key:market-secret@test-bucket?endpoint=http://127.0.0.1:$((port + 1))&region=us-east-1"
  "$VENV/bin/python" script/lib/make_bucket.py || fail 'S3 did not make the bucket'
}

ceph_settings() {
  local folder=$1 port=$2
  cat <<SETTINGS
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = v1:127.0.0.1:$port
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = true
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 2000
mon data avail crit = 1
public network = 127.0.0.0/8
run dir = $folder/run
log file = $folder/log/\$name.log
pid file = $folder/run/\$name.pid
setuser match path =
[mon.0]
mon data = $folder/mon
ms bind msgr2 = false
mon cluster log file = $folder/log/mon-cluster.log
[osd.0]
osd data = $folder/osd
osd objectstore = memstore
# The store is in the map already. Asked for at its start, these two now and then reach the monitor
# before the store has learnt the cluster's id, and it gives up.
osd crush update on start = false
osd class update on start = false
memstore device bytes = 2147483648
ms bind port min = $((port + 2))
ms bind port max = $((port + 20))
[client]
keyring = $folder/keyring
[client.rgw]
rgw data = $folder/rgw
rgw frontends = beast endpoint=127.0.0.1:$((port + 1))
rgw thread pool size = 32
SETTINGS
}
