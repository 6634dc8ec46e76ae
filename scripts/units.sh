#!/usr/bin/env bash
# Has systemd check our units, where systemd is. The program they start need not be installed here, so a copy of the
# units that starts /bin/true in its place is checked.
set -euo pipefail
command -v systemd-analyze > /dev/null || { echo "systemd-analyze is not here: the units were not checked"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for unit in deploy/systemd/*; do
  sed -e 's|/opt/linli/current/bin/linli|/bin/true|' -e '/^Documentation=/d' "$unit" > "$folder/$(basename "$unit")"
done
found=$(systemd-analyze verify "$folder"/*.service "$folder"/*.timer 2>&1 || true)
# Other units of the machine are not ours to judge.
if grep -E "linli" <<< "$found"; then exit 1; fi
