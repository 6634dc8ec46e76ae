#!/usr/bin/env bash
# Chromium and a font with Chinese letters for the tests in a browser: installed when that is ours to do, else said.
set -euo pipefail

missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
if ! command -v fc-list >/dev/null || [ -z "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ]; then missing+=(fonts-noto-cjk); fi
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
    echo "Installing ${missing[*]} for the tests in a browser"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || {
        echo "Could not install ${missing[*]}; the tests in a browser are skipped." >&2
    }
else
    echo "For the tests in a browser: sudo apt-get install ${missing[*]} (they are skipped without)." >&2
fi
