#!/usr/bin/env bash
# Makes `cargo build --target wasm32-wasip2` work with the active toolchain; does nothing where it already does.
#
#   1. the target's standard library is installed        -> done
#   2. `rustup target add` can fetch it                  -> done, wherever rustup's server is reachable
#   3. otherwise, on Debian and its relatives: build it from the distribution's `rust-src` of exactly this
#      rustc's version, with the distribution's `wasi-libc`, and put both where rustup would have.
#
# Step 3 keeps a package list of its own, so the machine's sources stay as they are. About two minutes.
set -euo pipefail

# The toolchain of the folder that this runs in stays the one, in the temporary folders below as well.
if [[ -z ${RUSTUP_TOOLCHAIN:-} ]] && command -v rustup >/dev/null; then
  RUSTUP_TOOLCHAIN=$(rustup show active-toolchain | awk '{print $1}')
  export RUSTUP_TOOLCHAIN
fi

target=wasm32-wasip2
library=$(rustc --print target-libdir --target "$target")
installed() { ls "$library"/libstd-*.rlib >/dev/null 2>&1; }
installed && exit 0

echo "installing the Rust target $target"
if command -v rustup >/dev/null; then
  timeout 300 rustup target add "$target" >/dev/null 2>&1 || true
  installed && exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "rustup could not add $target, and this system has no apt-get to build it from:" >&2
  echo "run 'rustup target add $target' where rustup's server can be reached" >&2
  exit 1
fi

version=$(rustc --version | awk '{print $2}')
echo "rustup could not add it; building its standard library $version from the distribution's sources"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,packages,root,standard-library/src}
chmod -R a+rX "$work"
mirror=$(awk '/^URIs:/ {print $2; exit}' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
if [[ -z $mirror ]]; then
  mirror=$(awk '$1 == "deb" {for (i = 2; i <= NF; i++) if ($i ~ /^https?:/) {print $i; exit}}' /etc/apt/sources.list)
fi
for suite in bookworm-backports trixie-backports trixie sid; do
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done >"$work/sources.list"
cat >"$work/apt.conf" <<CONFIGURATION
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "/nonexistent";
Dir::State::Lists "$work/lists";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Sandbox::User "root";
CONFIGURATION
export APT_CONFIG=$work/apt.conf
apt-get update -qq
versions() { apt-cache madison "$1" | awk -F'|' '{gsub(/ /, "", $2); print $2}'; }
source_version=$(versions rust-src | awk -v want="$version" 'index($0, want) == 1 {print; exit}')
libc_version=$(versions wasi-libc | awk '/git20(2[6-9]|[3-9])/ {last = $0} END {print last}')
if [[ -z $source_version || -z $libc_version ]]; then
  echo "the distribution has no rust-src $version or no recent wasi-libc:" >&2
  echo "run 'rustup target add $target' where rustup's server can be reached" >&2
  exit 1
fi
(cd "$work/packages" && apt-get download -qq "rust-src=$source_version" "wasi-libc=$libc_version")
for package in "$work"/packages/*.deb; do dpkg -x "$package" "$work/root"; done
unset APT_CONFIG

printf '[package]\nname = "standard-library"\nversion = "0.0.0"\nedition = "2021"\n' \
  >"$work/standard-library/Cargo.toml"
echo '#![no_std]' >"$work/standard-library/src/lib.rs"
(
  cd "$work/standard-library"
  export __CARGO_TESTS_ONLY_SRC_ROOT=$work/root/usr/src/rustc-$version/library RUSTC_BOOTSTRAP=1
  export RUSTFLAGS='-Cembed-bitcode=yes -Zforce-unstable-if-unmarked' CARGO_TARGET_DIR=$work/target
  cargo build --quiet --release --target "$target" -Zbuild-std=std,panic_abort,test
)
mkdir -p "$library/self-contained"
find "$work/target/$target/release/deps" -name '*.rlib' ! -name 'libstandard_library*' -exec cp {} "$library/" \;
cp "$work/root/usr/lib/$target"/*.{o,a} "$library/self-contained/"
echo "the Rust target $target is ready"
