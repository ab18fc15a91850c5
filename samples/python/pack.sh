#!/usr/bin/env bash
# Lays out a folder that a host can run as a sensor: this sample, the machine's Python interpreter and its standard library,
# because a sandboxed sensor sees nothing but its own folder.    pack.sh TARGET-FOLDER
set -euo pipefail
target=${1:?usage: pack.sh TARGET-FOLDER}
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
mkdir -p "$target"
python3 - "$here" "$target" <<'PY'
import json, os, re, shutil, subprocess, sys, sysconfig
here, target = sys.argv[1:]
shutil.copy(os.path.join(here, "sensor.py"), target)
shutil.copy(os.path.realpath(sys.executable), os.path.join(target, "python3"))
library = sysconfig.get_path("stdlib")
shutil.copytree(library, os.path.join(target, "lib", os.path.basename(library)), dirs_exist_ok=True, ignore_dangling_symlinks=True,
                ignore=shutil.ignore_patterns("__pycache__", "site-packages", "dist-packages", "test", "idlelib", "ensurepip", "config-*", "tkinter", "lib2to3"))
manifest = json.load(open(os.path.join(here, "sensor.json")))
linked = re.findall(r"^\s+(\S+) =>", subprocess.run(["ldd", sys.executable], capture_output=True, text=True, check=True).stdout, re.M)
base = ("ld-linux", "libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "libstdc++", "libgcc_s")
manifest["libraries"] = [name for name in linked if not name.startswith(base)]
json.dump(manifest, open(os.path.join(target, "sensor.json"), "w"), indent=2)
PY
