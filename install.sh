#!/bin/sh
# Installs vault-render on Linux: fetches the archive for this machine, holds it against its SHA-256, and puts the program into
# a folder. An error leaves that folder as it was.
# `sh install.sh --help` shows the flags.
set -eu

# `just release` fills these in, in the copy that lies beside the archives. Here they are empty: the sums then come from the
# release's SHA256SUMS.
released=
address=
sha256_amd64=
sha256_arm64=

main() {
  version=${VAULT_RENDER_VERSION:-$released} base_url=${VAULT_RENDER_BASE_URL:-$address} to=
  read_flags "$@"
  [ -n "$version" ] || fail 'which version is to be installed is not known' 'name it: --version 0.2.0'
  [ -n "$base_url" ] || fail 'where the releases are is not known' 'name the place: --base-url https://… or file:///…'
  [ -n "$to" ] || to=${HOME:?}/.local/bin
  version=${version#v}
  case $version in *[!0-9A-Za-z.+-]* | -* | .*) fail "\`$version\` is not a version" 'a version is written 0.2.0' ;; esac
  case $base_url in
    https://* | file:///*) ;;
    *) fail "\`$base_url\` is neither https:// nor file:///" 'a folder is written file:///srv/releases, with three slashes' ;;
  esac
  find_architecture
  for program in awk gzip mktemp sha256sum tar; do
    command -v "$program" > /dev/null || fail "\`$program\` is missing" "install the package that has it, then run this again"
  done

  work=$(mktemp -d)
  new=
  trap 'rm -rf "$work" ${new:+"$new"}' EXIT
  trap 'exit 1' HUP INT TERM
  name=vault-render-$version-linux-$architecture
  release=${base_url%/}/v$version
  fetch "$release/$name.tar.gz" "$work/$name.tar.gz"
  check_sum "$name.tar.gz"
  tar -xzf "$work/$name.tar.gz" -C "$work" "$name/vault-render" ||
    fail "\`$name.tar.gz\` holds no \`$name/vault-render\`" 'it is not an archive of vault-render'
  put
}

read_flags() {
  while [ $# -gt 0 ]; do
    case $1 in
      --version=* | --base-url=* | --to=*) flag=${1%%=*} value=${1#*=} && shift ;;
      --version | --base-url | --to)
        [ $# -gt 1 ] || fail "\`$1\` has no value" "write $1 VALUE"
        flag=$1 value=$2 && shift 2
        ;;
      -h | --help) usage && exit ;;
      *) fail "there is no argument \`$1\`" 'there are --version, --base-url and --to' ;;
    esac
    [ -n "$value" ] || fail "the value of \`$flag\` is empty" "leave $flag out, or give it a value"
    case $flag in --version) version=$value ;; --base-url) base_url=$value ;; --to) to=$value ;; esac
  done
}

usage() {
  cat << 'USAGE'
Installs vault-render on Linux (amd64, arm64).

  sh install.sh [--version VERSION] [--base-url URL] [--to DIR]

  --version   the release to install (VAULT_RENDER_VERSION)
  --base-url  where the releases are, https:// or file:/// (VAULT_RENDER_BASE_URL)
  --to        the folder for the program; ~/.local/bin unless it is set
USAGE
}

find_architecture() {
  build='build it from its sources: cargo install --locked --path . in a clone'
  [ "$(uname -s)" = Linux ] || fail "there is no archive for $(uname -s), only for Linux" "$build"
  case $(uname -m) in
    x86_64 | amd64) architecture=amd64 known=$sha256_amd64 ;;
    aarch64 | arm64) architecture=arm64 known=$sha256_arm64 ;;
    *) fail "there is no archive for the architecture $(uname -m), only for x86_64 and aarch64" "$build" ;;
  esac
}

fetch() {
  hint="is there a release $version at $base_url?"
  case $1 in
    file:///*) cp "${1#file://}" "$2" 2> /dev/null || fail "cannot read ${1#file://}" "$hint" ;;
    *)
      if command -v curl > /dev/null; then
        curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --output "$2" "$1"
      elif command -v wget > /dev/null; then
        wget -q -O "$2" "$1"
      else
        fail 'curl and wget are missing' 'install one of them'
      fi || fail "cannot fetch $1" "$hint"
      ;;
  esac
}

# Holds the archive against the sum that this script knows of its own release, or that the release's SHA256SUMS has.
check_sum() {
  if [ "$version" != "$released" ] || [ -z "$known" ]; then
    fetch "$release/SHA256SUMS" "$work/SHA256SUMS"
    known=$(awk -v name="$1" '$2 == name || $2 == "*" name { print $1 }' "$work/SHA256SUMS")
    [ -n "$known" ] || fail "$release/SHA256SUMS has no line for $1" 'the release is incomplete: say so to whoever made it'
  fi
  sum=$(sha256sum < "$work/$1")
  [ "${sum%% *}" = "$known" ] ||
    fail "$1 has the SHA-256 ${sum%% *}, it should be $known" 'nothing was installed: the file is damaged or was replaced'
}

# The program gets its name only when it is whole and has run.
put() {
  mkdir -p "$to" || fail "cannot make the folder $to" 'name another one: --to DIR'
  to=$(cd "$to" && pwd)
  [ ! -d "$to/vault-render" ] || fail "$to/vault-render is a folder" 'remove it, or name another one: --to DIR'
  new=$(mktemp "$to/.vault-render.XXXXXX") || fail "cannot write into $to" 'name another folder: --to DIR'
  cp "$work/$name/vault-render" "$new" || fail "cannot write into $to" 'is there room on the disk? --to DIR names another folder'
  chmod 755 "$new"
  said=$("$new" version) || fail "$name does not run on this machine" "$build"
  mv -f "$new" "$to/vault-render" || fail "cannot write $to/vault-render" 'name another folder: --to DIR'
  echo "$to/vault-render: $said"
  case :$PATH: in
    *":$to:"*) ;;
    *) echo "$to is not in PATH; in your shell's profile: export PATH=\"$to:\$PATH\"" ;;
  esac
}

fail() {
  echo "error: $1" >&2
  echo "hint: $2" >&2
  exit 1
}

main "$@"
