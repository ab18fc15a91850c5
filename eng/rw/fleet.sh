# Sourced by rw: what may be done beside a ./rw up that runs. It is root's, and its keys are for root to read.

# running_fleet: prints the folder of the fleet whose server answers.
running_fleet() {
  local up
  for up in "$root/artifacts/up" "$root/artifacts/up-postgres"; do
    if [ -s "$up/port" ] && (exec 3<>"/dev/tcp/127.0.0.1/$(cat "$up/port")") 2>/dev/null; then
      echo "$up"
      return
    fi
  done
  return 1
}

address_of() { echo "http://127.0.0.1:$(cat "$1/port")"; }

# publish_when_all_are_heard FOLDER ARGUMENT…: passes on what simulated devices say. A rollout begins with the fleet that is there, so once all have reported
# the vendor of ./rw up signs and publishes what they are to take: what harms them is, for the real device, content that takes every program for malware.
publish_when_all_are_heard() {
  local up=$1 package=yara-good line
  [[ " ${*:2} " != *[\ =]bad\ * ]] || package=yara-bad
  # A way back leads to what the first release of ./rw up brought: what came since may have been halted, and then nothing leads there.
  # Devices say goodbye after Ctrl-C, and somebody has to hear it.
  trap '' INT
  while IFS= read -r line; do
    printf '%s\n' "$line"
    if [[ $line == *" devices have reported"* ]]; then
      vendor_of "$up" sign "$publish/updates/$package.tar.gz" --way-back-to 1 --key "$up/vendor/keys/ringwall-1.pem" --passphrase-file "$up/secret/passphrase"
      vendor_of "$up" publish --server "$(address_of "$up")" --token-file "$up/secret/vendor-token"
      printf 'watch it grow, or be halted: %s/rollouts (`./rw link` signs you in)\n' "$(address_of "$up")"
    fi
  done
}

vendor_of() { as_root "$publish/bin/ringwall" vendor --dir "$1/vendor" "${@:2}"; }

# link_into FOLDER NAME: the server's own way in, on the database that it uses.
link_into() {
  local up=$1
  if [ -d "$up/postgres" ]; then
    RINGWALL_SERVER_DATABASE=$(as_root cat "$up/postgres/connection")
    export RINGWALL_SERVER_DATABASE
  fi
  as_root "$publish/server/ringwall-server" link "$2" --state "$up/server" --urls "$(address_of "$up")"
}
