#!/usr/bin/env bash
# The examples of docs/fleet: does each pass the check of the program that reads it? Nothing is
# started.
set -euo pipefail
cd "$(dirname "$0")/../docs/fleet"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "compose.yaml, by compose's own loader"
go run github.com/compose-spec/compose-go/v2/cmd@v2.16.2 -no-interpolation compose.yaml >"$work/compose.yaml"
grep -q 'neokeys-fleet' "$work/compose.yaml"

echo "kubernetes.yaml, by the schemas of Kubernetes"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet kubernetes-validate==1.37.0
"$work/venv/bin/kubernetes-validate" --strict kubernetes.yaml

if command -v systemd-analyze >/dev/null; then
	echo "neokeys-fleet.service and .timer, by systemd"
	for unit in neokeys-fleet.service neokeys-fleet.timer; do
		sed 's#^ExecStart=/usr/bin/neokeys-fleet#ExecStart=/bin/true#' "$unit" >"$work/$unit"
	done
	systemd-analyze verify "$work/neokeys-fleet.timer" "$work/neokeys-fleet.service"
else
	echo "systemd-analyze is not installed: the systemd units are not checked"
fi
