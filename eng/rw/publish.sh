# Sourced by rw: lays an installation out under artifacts/publish, as it would stand under /usr/lib/ringwall:
#   bin/{ringwalld,ringwall-keeper,ringwall-launcher,ringwall-agent,ringwall}   sensors/NAME/{ringwall-sensor-NAME,sensor.json,rules/}   server/ringwall-server   updates/yara-{good,bad}.tar.gz
#   museum/{ringwall-museum,exhibits/,tools/}: bad updates to rehearse; nothing else needs it
# A program is published again only when something that goes into it has changed (contents, not times), so a second run takes no time.

publish_all() {
  local started=$SECONDS done=0
  publish_program src/Ringwall.Host bin
  publish_program src/Ringwall.Keeper bin
  publish_program src/Ringwall.Launcher bin
  publish_program src/Ringwall.Agent bin
  publish_program src/Ringwall.Cli bin
  publish_program src/Ringwall.Server server
  publish_program sensors/yara sensors/yara
  publish_program sensors/sigma sensors/sigma
  publish_program incidents/Ringwall.Museum museum
  copy_if_changed sensors/yara/sensor.json sensors/yara/sensor.json
  copy_if_changed sensors/sigma/sensor.json sensors/sigma/sensor.json
  # The engine of this machine: Debian 12 has libyara.so.9, Ubuntu 24.04 has libyara.so.10.
  local engine=(/usr/lib/*-linux-gnu/libyara.so.9 /usr/lib/*-linux-gnu/libyara.so.1? /usr/lib/*-linux-gnu/libyara.so.8)
  local found
  for found in "${engine[@]}"; do
    [ -e "$found" ] && sed -i "s/libyara\.so\.[0-9]*/$(basename "$found")/" "$publish/sensors/yara/sensor.json" && break
  done
  copy_if_changed rules/yara sensors/yara/rules
  copy_if_changed rules/sigma sensors/sigma/rules
  publish_museum_parts
  pack_update good
  pack_update bad
  [ "$done" = 0 ] || say "published $done programs in $((SECONDS - started)) s: artifacts/publish"
}

# Two updates of the YARA sensor's content to try, as a vendor would pack them; the same folder gives the same bytes.
pack_update() {
  mkdir -p "$publish/updates"
  "$publish/bin/ringwall" pack "$publish/updates/yara-$1.tar.gz" --release "sample-$1" --sensor yara --vendor Ringwall --content "samples/updates/$1" >/dev/null
}

# Exhibits, and the small C programs that they are played with: static, because they run where there are no libraries.
publish_museum_parts() {
  local parts=$root/artifacts/publishing/museum-parts exhibit tool stamp=$publish/.stamps/museum-tools digest
  rm -rf "$parts"
  for exhibit in incidents/[0-9]*/; do
    mkdir -p "$parts/exhibits/$(basename "$exhibit")"
    cp "$exhibit"/* "$parts/exhibits/$(basename "$exhibit")"
  done
  copy_if_changed "$parts/exhibits" museum/exhibits
  digest=$(sha256sum incidents/faulty/*.c incidents/canary/*.c tests/probes/protocol.h eng/rw/publish.sh | sha256sum)
  [ "$(cat "$stamp" 2>/dev/null)" = "$digest" ] && return
  mkdir -p "$parts/tools"
  for tool in incidents/faulty/faulty.c incidents/canary/canary.c incidents/canary/nothing.c; do
    gcc -O1 -static -Wall -Wextra -Werror -I tests/probes -o "$parts/tools/$(basename "$tool" .c)" "$tool"
  done
  copy_if_changed "$parts/tools" museum/tools
  echo "$digest" >"$stamp"
}

# publish_program PROJECT-FOLDER TARGET-FOLDER
publish_program() {
  local folder=$1 target=$publish/$2 project stamp digest out
  project=$(echo "$folder"/*.csproj)
  stamp=$publish/.stamps/$(basename "$project" .csproj)
  digest=$(inputs "$project" | sort -u | xargs -d '\n' sha256sum | sha256sum)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$digest" ]; then
    return
  fi

  say "publishing $folder"
  out=$root/artifacts/publishing/$(basename "$folder")
  rm -rf "$out"
  restore_packages "$project"
  dotnet publish "$project" -c Release --nologo -v q -p:PublishDir="$out/" >&2
  mkdir -p "$target" "$publish/.stamps"
  # Each file arrives by rename: a program that runs keeps its bytes.
  local file
  for file in "$out"/*; do
    case $file in *.pdb | *.xml | *.dbg | */rules) continue ;; esac    # rules are copied whole, below
    [ ! -d "$file" ] || rm -rf "${target:?}/$(basename "$file")"
    mv -f "$file" "$target/.new" && mv -f "$target/.new" "$target/$(basename "$file")"
  done
  echo "$digest" >"$stamp"
  done=$((done + 1))
}

# Every file that can change what the project becomes: its own, those of the projects that it refers to, and what governs all builds.
inputs() {
  local project=$1 folder reference
  folder=$(dirname "$project")
  ls Directory.Build.props Directory.Packages.props global.json .editorconfig eng/*.props eng/*.targets eng/BannedSymbols.txt eng/rw/publish.sh 2>/dev/null
  find "$folder" -name bin -prune -o -name obj -prune -o -type f -print
  while read -r reference; do
    inputs "$(realpath --relative-to="$root" "$folder/$reference")"
  done < <(grep -oP '<ProjectReference Include="\K[^"]+' "$project")
}

# copy_if_changed SOURCE TARGET: one file or one folder; what is not there yet is passed over.
copy_if_changed() {
  [ -e "$1" ] || return 0
  diff -rq "$1" "$publish/$2" >/dev/null 2>&1 && return 0
  mkdir -p "$(dirname "$publish/$2")"
  rm -rf "${publish:?}/$2.new" "${publish:?}/$2.old"
  cp -r "$1" "$publish/$2.new"
  [ ! -e "$publish/$2" ] || mv "$publish/$2" "$publish/$2.old"
  mv "$publish/$2.new" "$publish/$2"
  rm -rf "${publish:?}/$2.old"
}
