#!/usr/bin/env bash
# Bundles what the dashboard's pages load into artifacts/assets/bundle: npm packages by the lock file, then esbuild. The server's build runs this when a
# source of it is newer than the result.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
from=src/Ringwall.Server/Dashboard/Assets
work=artifacts/assets

command -v npm >/dev/null || { echo "npm is missing; ./rw build installs it" >&2; exit 1; }
mkdir -p "$work"
exec 9>"$work/.lock"
flock 9

cp "$from"/package.json "$from"/package-lock.json "$from"/.npmrc "$from"/*.mjs "$from"/*.js "$from"/*.css "$from"/*.svg "$work"
if ! cmp -s "$work/package-lock.json" "$work/node_modules/.installed"; then
  for pause in 5 20 0; do
    (cd "$work" && npm ci --silent) && break
    [ "$pause" != 0 ] || { echo "the dashboard's npm packages could not be installed; run this again when the npm registry can be reached" >&2; exit 1; }
    sleep "$pause"
  done
  cp "$work/package-lock.json" "$work/node_modules/.installed"
fi

node "$work/build.mjs" "$work/bundle"
