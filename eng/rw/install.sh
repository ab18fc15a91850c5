# Sourced by rw: installs what eng/packages.txt names and this machine lacks. Asks for no right when nothing is missing.

need_sdk() {
  command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing; install dotnet-sdk-10.0 (https://learn.microsoft.com/dotnet/core/install/linux)"
  dotnet --version >/dev/null 2>&1 || fail "no installed .NET SDK satisfies global.json ($(dotnet --list-sdks | tr '\n' ' ')); install dotnet-sdk-10.0"
}

# Runs a command as root: as we are, or through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    command -v sudo >/dev/null || fail "'$1' needs root and there is no sudo; run ./rw as root"
    sudo --preserve-env=RINGWALL_SERVER_DATABASE -- "$@"
  fi
}

missing_packages() {
  local name rest
  while read -r name rest; do
    case $name in
      "" | \#*) continue ;;
      npm) command -v npm >/dev/null && continue ;;    # comes inside nodejs where that is not the distribution's
      chromium) grep -q '^ID=debian$' /etc/os-release || continue ;;    # elsewhere it is no package; its tests say so
    esac
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
  done <eng/packages.txt
}

install_missing() {
  # Some of the kernel's numbers in Kernel/Abi are those of this architecture alone.
  [ "$(uname -m)" = x86_64 ] || fail "Ringwall runs on x86-64 only, and this machine is $(uname -m); ./rw simulate works everywhere"
  need_sdk
  if ! command -v dpkg-query >/dev/null; then
    say "rw: this is neither Debian nor Ubuntu; what eng/packages.txt lists must be there already"
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  # The package lists of a fresh machine are empty or old: an update when a try fails. A network fails for a moment, and a machine that has just
  # started updates itself and holds apt's locks: more tries, with pauses.
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3) pause
  for pause in 0 0 10 30 60; do
    sleep "$pause"
    as_root "${apt[@]}" --no-install-recommends -y install "${missing[@]}" >/dev/null 2>&1 && return
    as_root "${apt[@]}" update >&2 || true
  done
  as_root "${apt[@]}" --no-install-recommends -y install "${missing[@]}" >/dev/null ||
    fail "apt could not install ${missing[*]}; install them and run this again"
}

# restore_packages PROJECT: what nuget.org has of it; more than once, as a network fails for a moment.
restore_packages() {
  local pause
  for pause in 5 20 60; do
    dotnet restore "$1" --nologo -v q >&2 && return
    say "rw: packages of $1 could not be restored; once more in $pause s"
    sleep "$pause"
  done
  dotnet restore "$1" --nologo -v q >&2 || fail "packages of $1 could not be restored; run this again when nuget.org can be reached"
}
