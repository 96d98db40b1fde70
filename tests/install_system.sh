#!/usr/bin/env bash
# What some tests need beside Python packages, on Debian and Ubuntu: a PostgreSQL server and Chromium. Without them those
# tests are skipped.
set -euo pipefail
wanted=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted+=(postgresql)
[ -x /usr/bin/chromium ] || wanted+=(chromium)
[ ${#wanted[@]} = 0 ] && exit 0
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update --quiet --quiet
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install --quiet --yes --no-install-recommends "${wanted[@]}"
