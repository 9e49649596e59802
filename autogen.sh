#!/bin/sh
set -eu
cd "$(dirname "$0")"
mkdir -p contrib/build-aux
exec autoreconf --install --force --warnings=all
