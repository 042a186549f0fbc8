#!/usr/bin/env bash
# Install Debian's chromium if there is none.
set -euo pipefail

command -v chromium > /dev/null && exit
sudo=$([ "$(id -u)" = 0 ] || echo sudo)
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qq --no-install-recommends chromium > /dev/null
