# How the scripts of the action fail. They source it.
# shellcheck shell=bash

# fail MESSAGE: exit with an error that GitHub shows on the run's page.
fail() {
	local text=$1
	text=${text//\%/%25}
	text=${text//$'\r'/%0D}
	text=${text//$'\n'/%0A}
	printf '::error title=neokeys::%s\n' "$text"
	exit 2
}
