#!/usr/bin/env bash
# Writes specials.tar: what a Dockerfile cannot make by itself. $1 is the archive.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -m 750 folder; echo inside > folder/inside
cp "$(command -v busybox)" capable; setcap cap_net_raw,cap_net_bind_service+ep capable
echo old > old; touch -d '1970-01-01 00:00:00' old
echo before > before-epoch; touch -d '1965-06-07 08:09:10' before-epoch
echo fraction > fraction; touch -d '2011-12-13 14:15:16.987654321' fraction
echo owner > big-owner; chown 3000000:4000000 big-owner
echo raw > "$(printf 'not-utf8-\200\377')"
ln folder/inside linked
tar --format=posix --xattrs --xattrs-include='*' --numeric-owner --sort=name -cf "$1" .
