#!/usr/bin/env bash
# Usage: unpack-rustc-web.sh FOLDER
# Unpacks Debian's rustc-web (a recent rustc with the source of its library) into FOLDER and installs nothing. Afterwards
# FOLDER/rustc compiles for wasm32-unknown-unknown with -Zbuild-std. Versions are what the package lists offer today.
set -euo pipefail
dir=${1:?folder}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

candidate() { apt-cache policy rustc-web | sed -n 's/^  Candidate: //p'; }
# depends PACKAGE VERSION: the names it depends on, one a line
depends() { apt-cache show "$1=$2" | sed -n 's/^Depends: //p' | tr ',|' '\n\n' | sed -E 's/^ *//; s/[ :(].*//'; }

fetch() ( # all packages of the candidate, into the current folder; called with ||, so errexit is off in here
  version=$(candidate)
  [[ -n $version && $version != '(none)' ]] || { echo 'apt offers no rustc-web' >&2; exit 1; }
  std=$(depends libstd-rust-web-dev "$version" | grep -Ex 'libstd-rust-web-[0-9.]+') || exit 1
  llvm=$(depends "$std" "$version" | grep -Ex 'libllvm[0-9]+') || exit 1
  apt-get -q -o APT::Sandbox::User=root download \
    "rustc-web=$version" "libstd-rust-web-dev=$version" "$std=$version" "rust-web-src=$version" "$llvm" || exit 1
  echo "$version" > version
)

have=$(cat "$dir/version" 2>/dev/null || true)
[[ -n $have && -x $dir/rustc && ( $have == "$(candidate)" || -n ${BOTE_WASM_KEEP:-} ) ]] && exit 0

new=$(mktemp -d "$dir/.new.XXXXXX")
trap 'rm -rf "$new"' EXIT
cd "$new"
# Stale lists name versions that the archive no longer keeps: refresh once and try again.
fetch || { rm -f ./*.deb; apt-get -q update; fetch; }
mkdir root
for deb in ./*.deb; do
  case $deb in
    # Of 340 MB of source only the library is needed.
    ./rust-web-src_*) dpkg-deb --fsys-tarfile "$deb" |
      tar -x -C root --wildcards './usr/lib/rustlib/src' './usr/src/*/library' ;;
    *) dpkg -x "$deb" root ;;
  esac
done
rm -rf ./*.deb root/usr/share root/usr/bin/rustdoc
cat > rustc <<'WRAPPER'
#!/bin/sh
# rustc of Debian's rustc-web, unpacked beside this file.
root=$(dirname "$(readlink -f "$0")")/root
for lib in "$root"/usr/lib/*-linux-gnu "$root"/usr/lib/llvm-*/lib; do
  if [ -d "$lib" ]; then LD_LIBRARY_PATH=$lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}; fi
done
export LD_LIBRARY_PATH
exec "$root/usr/bin/rustc" "$@"
WRAPPER
chmod +x rustc
./rustc --version
test -f "$(./rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock"
rm -rf "$dir/root" "$dir/rustc"
mv root rustc version "$dir/"
