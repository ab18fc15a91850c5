# Sourced by rw: a PostgreSQL of one's own, from Debian's package, in one folder; nobody else's is touched. It listens on the loopback interface alone,
# and wants a password that lies in the folder, for its owner to read.

# start_postgres FOLDER: prints the connection string for ringwall-server. One that runs already is left as it is.
start_postgres() {
  local folder=$1 programs port
  programs=$(postgres_programs)
  if [ -s "$folder/connection" ] && as_postgres "$programs/pg_ctl" -D "$folder/data" status >/dev/null 2>&1; then
    cat "$folder/connection"
    return
  fi

  mkdir -p "$folder"
  if [ ! -s "$folder/password" ]; then
    (umask 077 && head -c 24 /dev/urandom | base64 | tr -d '/+=\n' >"$folder/password")
  fi
  # PostgreSQL refuses to run as root: as root it runs as the user that its package made.
  [ "$(id -u)" != 0 ] || chown -R postgres "$folder"
  as_postgres test -w "$folder" || fail "the user postgres cannot reach $folder; name another folder"
  if [ ! -d "$folder/data/base" ]; then
    rm -rf "$folder/data"
    as_postgres "$programs/initdb" -D "$folder/data" -U ringwall -A scram-sha-256 --pwfile="$folder/password" -E UTF8 --locale=C >/dev/null || fail "initdb failed in $folder"
  fi

  port=$(free_port)
  as_postgres "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200" start >/dev/null ||
    fail "PostgreSQL did not start; $folder/log says why"
  (umask 077 && echo "Host=127.0.0.1;Port=$port;Username=ringwall;Password=$(cat "$folder/password");Database=ringwall" >"$folder/connection")
  PGPASSWORD=$(cat "$folder/password") "$programs/createdb" -h 127.0.0.1 -p "$port" -U ringwall ringwall 2>/dev/null || true    # it is there at the second start
  cat "$folder/connection"
}

# stop_postgres FOLDER: what was committed stays in the folder.
stop_postgres() {
  [ -d "$1/data" ] || return 0
  as_postgres "$(postgres_programs)/pg_ctl" -D "$1/data" -m fast -w stop >/dev/null || true
  rm -f "$1/connection"
}

# Where the newest installed version keeps its programs; Debian has them outside of PATH.
postgres_programs() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [ -x "$found/initdb" ] || fail "PostgreSQL is missing; install the package postgresql"
  echo "$found"
}

as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
