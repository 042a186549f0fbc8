#!/usr/bin/env bash
# The action, once neokeys or a Go to compile it is there: fetch the commits of the event, search
# them, write the reports. action.yml describes the variables; their values are untrusted. It also
# runs on bash 3.2, which macOS has.
set -euo pipefail
# shellcheck source=action/fail.sh
. "$GITHUB_ACTION_PATH/action/fail.sh"
# shellcheck source=action/range.sh
. "$GITHUB_ACTION_PATH/action/range.sh"

case $IN_MODE in
auto | diff | history | files) ;;
*) fail "mode: unknown value '$IN_MODE'; use auto, diff, history or files" ;;
esac
case $IN_VERIFY in
true | false) ;;
*) fail "verify: unknown value '$IN_VERIFY'; use true or false" ;;
esac
case $IN_COMPLETE_SARIF in
true | false) ;;
*) fail "complete-sarif: unknown value '$IN_COMPLETE_SARIF'; use true or false" ;;
esac

# Only git fetch sees the token.
token=$IN_TOKEN
unset IN_TOKEN
export GIT_TERMINAL_PROMPT=0 GIT_NO_LAZY_FETCH=1
# In a container, the clone belongs to another user; a folder in the clone that looks like a
# bare repository is not one; and git must not do any housekeeping.
git_config safe.directory '*'
git_config safe.bareRepository explicit
git_config gc.auto 0
git_config maintenance.auto false

work=$(mktemp -d "$RUNNER_TEMP/neokeys.XXXXXX")
trap 'rm -rf "$work"' EXIT

neokeys=$PROGRAM
if [ -z "$neokeys" ]; then
	echo "::group::Compile neokeys"
	(
		export GOTOOLCHAIN=auto GOWORK=off GOFLAGS='' CGO_ENABLED=0
		if [ -n "$IN_VERSION" ]; then
			GOBIN=$work go install "github.com/neokeys/neokeys@$IN_VERSION"
		else
			cd "$GITHUB_ACTION_PATH"
			flags=
			[[ ! $ACTION_REF =~ ^[0-9a-f]{40}$ ]] || flags="-X github.com/neokeys/neokeys/internal/version.commit=$ACTION_REF"
			go build -trimpath -buildvcs=false -ldflags "$flags" -o "$work/" .
		fi
	) || fail "neokeys could not be built; the log says why"
	echo "::endgroup::"
	neokeys=$work/neokeys
fi

# Paths in the reports are relative to the root of the repository.
cd "$GITHUB_WORKSPACE"
[ -e "$IN_PATH" ] || fail "path: there is no '$IN_PATH' in the workspace; is actions/checkout before this step?"
sarif=${IN_SARIF_FILE:-$RUNNER_TEMP/neokeys.sarif}
case $sarif in
*$'\n'*) fail "sarif-file: there is a line break in it" ;;
/* | [A-Za-z]:*) ;;
*) sarif=$GITHUB_WORKSPACE/$sarif ;;
esac
mkdir -p "$(dirname -- "$sarif")" || fail "sarif-file: its folder cannot be made; the log says why"
folder=$IN_PATH
file=
[ -d "$IN_PATH" ] || { folder=$(dirname -- "$IN_PATH"); file=$(basename -- "$IN_PATH"); }
if root=$(git -C "$folder" rev-parse --show-toplevel 2>/dev/null); then
	target=$(git -C "$folder" rev-parse --show-prefix)$file
	cd "$root"
elif [ "$IN_MODE" = files ]; then
	target=$IN_PATH
else
	fail "path: '$IN_PATH' is in no git repository; use actions/checkout before this step, or mode: files"
fi

find_ends
mode=$IN_MODE
if [ "$mode" = auto ]; then
	if [ -n "$head" ]; then mode='diff'; else mode='history'; fi
fi
# Code scanning closes the alerts of a branch that its newest report does not list. The report
# for the default branch therefore lists everything, not only what a push adds.
complete=
[ "$mode" != diff ] || [ "$GITHUB_EVENT_NAME" != push ] || [ "$GITHUB_REF" != "refs/heads/$DEFAULT_BRANCH" ] ||
	[ "$IN_COMPLETE_SARIF" != true ] || complete=true

nothing=
case $mode in
diff)
	[ -n "$head" ] || fail "mode: the event $GITHUB_EVENT_NAME has no commits to compare; use history or files"
	echo "::group::Fetch the commits"
	fetch_range
	echo "::endgroup::"
	if [ "$base" = "$head" ] || { [ "$base" != $zeros ] && [ "$(new_commits)" = 0 ]; }; then
		nothing=true
	fi
	search=(git "--range=$base..$head")
	[ -z "$exclude_shallow" ] || search+=(--exclude-shallow)
	;;
history)
	echo "::group::Fetch the history"
	fetch_history
	echo "::endgroup::"
	search=(audit)
	;;
files) search=(scan) ;;
esac

flags=()
[ "$IN_VERIFY" = false ] || flags+=(--verify)
[ -z "$IN_CONFIG" ] || flags+=("--config=$IN_CONFIG")
[ -z "$IN_BASELINE" ] || flags+=("--baseline=$IN_BASELINE")
reports=(-f github -f "markdown=$work/summary" -f "github-output=$work/outputs")
[ -n "$complete" ] || reports+=(-f "sarif=$sarif")
case $IN_FAIL_ON in
never) reports+=(--exit-zero) ;;
*) reports+=("--fail-on=$IN_FAIL_ON") ;;
esac
[ "$mode" != files ] || reports+=(-- "${target:-.}")

status=0
if [ -n "$nothing" ]; then
	echo "The event has no new commits: there is nothing to search."
	printf 'findings=0\nkeys=0\nlive-keys=0\nsuppressed=0\n' >> "$GITHUB_OUTPUT"
else
	# With set -u, bash 3.2 takes an empty array for one that is not set.
	"$neokeys" "${search[@]}" ${flags[@]+"${flags[@]}"} "${reports[@]}" || status=$?
fi

[ ! -s "$work/summary" ] || cat "$work/summary" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
[ ! -s "$work/outputs" ] || cat "$work/outputs" >> "$GITHUB_OUTPUT"

# complete_sarif writes the SARIF report of all files and commits. An incomplete one would close
# alerts: if the search fails, there is none.
complete_sarif() {
	local fetched=true
	echo "::group::Fetch the history for the SARIF report"
	(fetch_history) || fetched=
	echo "::endgroup::"
	[ -n "$fetched" ] && "$neokeys" audit --exit-zero ${flags[@]+"${flags[@]}"} -f "sarif=$sarif"
}
if [ -n "$complete" ] && ! complete_sarif; then
	rm -f "$sarif"
	echo "::warning title=neokeys::There is no SARIF report: not all files and commits could be searched for it; the log says why."
fi
if [ -s "$sarif" ] && { [ -n "$complete" ] || [ -s "$work/outputs" ]; }; then
	printf 'sarif=%s\n' "$sarif" >> "$GITHUB_OUTPUT"
fi

docs=https://github.com/neokeys/neokeys/blob/main/docs/ci.md
case $status in
0) ;;
1) echo "A key that was pushed has to be revoked or rotated: removing it from the file is not enough." \
	"For a false alarm, see $docs#when-it-fails" ;;
*) echo "neokeys could not search all of it; the messages above say what and why. See $docs#when-it-fails" ;;
esac
exit "$status"
