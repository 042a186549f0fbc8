#!/usr/bin/env bash
# Run the action as GitHub would, in nektos/act's self-hosted mode, on repositories that are
# cloned as actions/checkout clones them. act serves actions/checkout itself; nothing but
# the Go proxy is asked.
#
#   e2e/action.sh
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
servers=()
trap 'chmod -R u+w "$work"; rm -rf "$work"; [ ${#servers[@]} -eq 0 ] || kill "${servers[@]}"' EXIT
GOBIN=$work/bin go install github.com/nektos/act@v0.2.89
go build -C "$root" -o "$work/bin/" .

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.com
key() { printf 'neo_sk_prod_%s' "$(head -c 200 /dev/urandom | base64 | tr -dc A-Za-z0-9 | cut -c 1-24)"; }

# setup-go must not be asked for where there is a Go. Where there is none, this stands in for it.
mkdir "$work/setup-go"
cat > "$work/setup-go/action.yml" <<EOF
name: setup-go
description: a stand-in
inputs: {go-version-file: {}, cache: {}}
runs:
  using: composite
  steps:
    - shell: bash
      run: grep '^module' "\$FILE" && echo '$(dirname "$(command -v go)")' >> "\$GITHUB_PATH" && touch '$work/went-for-go'
      env:
        FILE: \${{ inputs.go-version-file }}
EOF
setup_go=$(sed -n 's/.*uses: \(actions\/setup-go@[0-9a-f]*\).*/\1/p' "$root/action.yml")

# A stand-in for where releases are: v0.1.0, which v0 names, too, built from this checkout.
git init -q "$work/source"
git -C "$work/source" commit -q --allow-empty -m Release
git -C "$work/source" tag v0.1.0
git -C "$work/source" tag -a -m 'The newest 0.x' v0
released=$(git -C "$work/source" rev-parse HEAD)
case $(uname -s)/$(uname -m) in
Linux/x86_64) platform=linux_amd64 ;;
Linux/aarch64) platform=linux_arm64 ;;
Darwin/arm64) platform=darwin_arm64 ;;
Darwin/x86_64) platform=darwin_amd64 ;;
esac
# release VERSION: make its archive and checksums.
release() {
	local to=$work/source/releases/download/v$1
	mkdir -p "$to" "$work/archive"
	go build -C "$root" -trimpath -buildvcs=false -o "$work/archive/neokeys" \
		-ldflags "-X github.com/neokeys/neokeys/internal/version.release=$1 -X github.com/neokeys/neokeys/internal/version.commit=$released" .
	tar -czf "$to/neokeys_$1_$platform.tar.gz" -C "$work/archive" neokeys
	(cd "$to" && { sha256sum neokeys_* 2>/dev/null || shasum -a 256 neokeys_*; } > checksums.txt)
}
release 0.1.0
source_url=file://$work/source ref=v0 cache=$work/cache # act has the tool cache in it

# The repository: an old key on main, which goes on after the branches have left it.
git init -q --bare -b main "$work/origin"
git -C "$work/origin" config uploadpack.allowAnySHA1InWant true
git -C "$work/origin" config uploadpack.allowFilter true
git init -q -b main "$work/repo"
cd "$work/repo"
git remote add origin "$work/origin"
old=$(key) leaked=$(key) mains=$(key)
# commit MESSAGE [FILE TEXT]...: commit files; prints the commit's id.
commit() {
	local message=$1
	shift
	while [ $# -gt 0 ]; do
		mkdir -p "$(dirname "$1")"
		printf '%s\n' "$2" > "$1"
		shift 2
	done
	git add -A
	git commit -q --allow-empty -m "$message"
	git rev-parse HEAD
}
commit "start" readme.md hello ci/off.toml '[rules.neo-api-key]
level = "off"' > /dev/null
commit "an old key" old.py "KEY = '$old'" services/api/app.py "print('x')" > /dev/null
"$work/bin/neokeys" baseline -o ci/known.json . > /dev/null
commit "take it for known" > /dev/null
fork=$(commit "fork point" readme.md hello2)
git checkout -q -b leak
commit "add" services/api/app.py "key = '$leaked'" > /dev/null
leak=$(commit "take it out again" services/api/app.py "print('y')")
git checkout -q -b clean "$fork"
clean=$(commit "above the old key" old.py "# above
KEY = '$old'")
git checkout -q -b excuse "$fork"
excuse=$(commit "excuse myself" app.py "key = '$leaked'" .neokeys.toml '[rules.neo-api-key]
level = "off"' .neokeysignore '*')
git checkout -q main
commit "main's own key" main.py "KEY = '$mains'" > /dev/null
for i in 1 2 3; do commit "main $i" readme.md "$i" > /dev/null; done
main=$(git rev-parse main)
git checkout -q -b merging "$fork"
commit "work" work.py "x = 1" > /dev/null
git merge -q -m "catch up" main~1
merging=$(commit "go on" work.py "x = 2")
# What GitHub checks out for a pull request: the merge of both.
for b in leak clean excuse merging; do
	git checkout -q --detach main
	git merge -q --no-ff -m "Merge $b" "$b"
	git branch -f "pull-$b"
done
git push -q origin --all

cat > "$work/workflow.yml" <<'EOF'
on: [pull_request, push, merge_group, schedule, workflow_dispatch]
permissions:
  contents: read
jobs:
  neokeys:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - shell: bash
        run: python3 -c 'import time; print(int(time.time() * 1000))' > "$RESULTS/begin"
      - id: scan
        uses: neokeys/neokeys@v0
        with:
          path: ${{ github.event.e2e.path || '.' }}
          verify: ${{ github.event.e2e.verify || 'false' }}
          mode: ${{ github.event.e2e.mode || 'auto' }}
          fail-on: ${{ github.event.e2e.fail-on || 'note' }}
          sarif-file: ${{ github.event.e2e.sarif }}
          config: ${{ github.event.e2e.config }}
          baseline: ${{ github.event.e2e.baseline }}
          version: ${{ github.event.e2e.version }}
          complete-sarif: ${{ github.event.e2e.complete || 'true' }}
      - if: always()
        shell: bash
        env:
          OUTPUTS: "${{ steps.scan.outcome }}: ${{ steps.scan.outputs.findings }} findings, ${{ steps.scan.outputs.keys }} keys, ${{ steps.scan.outputs.live-keys }} live"
          SUPPRESSED: ${{ steps.scan.outputs.suppressed }}
          SARIF: ${{ steps.scan.outputs.sarif }}
        run: |
          python3 -c 'import time; print(int(time.time() * 1000))' > "$RESULTS/end"
          echo "$OUTPUTS" > "$RESULTS/outputs"
          echo "$SUPPRESSED suppressed" > "$RESULTS/suppressed"
          if [ -n "$SARIF" ]; then cp "$SARIF" "$RESULTS/sarif"; fi
EOF

# clone BRANCH ARG...: clone it the way actions/checkout does, with its own arguments.
clone() {
	local branch=$1
	shift
	rm -rf "$work/clone"
	git clone -q --no-local --single-branch -b "$branch" "$@" "file://$work/origin" "$work/clone"
}

# act EVENT JSON ARG...: run the workflow on the clone, with act's own arguments. What comes of it is in $work/results.
act() {
	local event=$1 json=$2
	shift 2
	rm -rf "$work/results"
	mkdir "$work/results"
	printf '%s' "$json" > "$work/event.json"
	sed "s|neokeys/neokeys@v0|neokeys/neokeys@$ref|" "$work/workflow.yml" > "$work/workflow-$ref.yml"
	"$work/bin/act" "$event" "$@" -C "$work/clone" -W "$work/workflow-$ref.yml" -e "$work/event.json" -P ubuntu-latest=-self-hosted \
		--action-cache-path "$cache" --no-cache-server --env "RESULTS=$work/results" \
		--env "NEOKEYS_SOURCE=$source_url" --local-repository "neokeys/neokeys@$ref=$root" --local-repository "$setup_go=$work/setup-go" \
		> "$work/results/log" 2>&1 || true
}

# shellcheck disable=SC2016 # what is to stay as it is
# pull COMMITS HEAD [JSON [BASE]]: the event of a pull request.
pull() {
	printf '{"pull_request": {"number": 1, "commits": %d, "title": "$(touch %s)`touch %s`\\"; touch %s; #",
		"head": {"sha": "%s", "ref": "$(touch${IFS}%s)\\";touch${IFS}%s;#"}, "base": {"sha": "%s", "ref": "main"}},
		"repository": {"default_branch": "main"}%s}' \
		"$1" "$work/pwned" "$work/pwned" "$work/pwned" "$2" "$work/pwned" "$work/pwned" "${4:-$main}" "${3:-}"
}

failed=
# expect NAME OUTPUTS [FILE PATTERN]...: the last run ended like this, and the files have lines
# like these; with ! before a file, none.
expect() {
	local name=$1 want=$2 got ok=true
	shift 2
	got=$(cat "$work/results/outputs" 2>/dev/null) || got="nothing"
	[ "$got" = "$want" ] || { ok=; echo "$name: '$got', want '$want'"; }
	while [ $# -gt 0 ]; do
		if [ "$1" = '!' ]; then
			! grep -q -e "$3" "$work/results/$2" || { ok=; echo "$name: $2 has $3"; }
			shift 3
		else
			grep -q -e "$2" "$work/results/$1" || { ok=; echo "$name: $1 has no $2"; }
			shift 2
		fi
	done
	! grep -rlF -e "$old" -e "$leaked" -e "$mains" "$work/results" || { ok=; echo "$name: a key is printed"; }
	[ ! -e "$work/pwned" ] || { ok=; rm "$work/pwned"; echo "$name: a name was run as a command"; }
	if [ -n "$ok" ]; then echo "ok: $name"; else failed=true; sed 's/^/    /' "$work/results/log"; fi
}

clone pull-leak --depth=1
act pull_request "$(pull 2 "$leak")"
expect "pull request, a key added and removed, shallow" "failure: 1 findings, 1 keys, 0 live" \
	log "::error file=services/api/app.py,title=.*brought it in at services/api/app.py:1:8" log "--depth=3" '!' log "--depth=50" \
	log "Summary - ## neokeys found 1 key in 1 place" sarif '"uri": "services/api/app.py"' '!' sarif 'old.py'
[ ! -e "$work/went-for-go" ] || { failed=true; echo "setup-go was run though Go is there"; }

[ -x "$cache/tool_cache/neokeys/0.1.0/${platform#*_}/neokeys" ] || { failed=true; echo "the release is not in the tool cache"; }

# With the release in the cache, from the first line of the action to its result.
clone pull-leak
act pull_request "$(pull 2 "$leak")"
took=$(($(cat "$work/results/end") - $(cat "$work/results/begin")))
echo "the action took $took ms with a warm tool cache"
[ $took -lt 30000 ] || { failed=true; echo "that is more than 30 s; 2 s is the aim, on a machine with nothing else to do"; }
expect "the same in a full clone" "failure: 1 findings, 1 keys, 0 live" '!' log "git fetch"

clone pull-leak --depth=1 --filter=blob:none --sparse
act pull_request "$(pull 2 "$leak")"
expect "the same in a sparse clone" "failure: 1 findings, 1 keys, 0 live" '!' log "incomplete"

clone pull-leak --depth=1
act pull_request "$(pull 2 "$leak" ', "e2e": {"fail-on": "never", "path": "services/api"}')"
expect "the same, not to fail" "success: 1 findings, 1 keys, 0 live" sarif '"uri": "services/api/app.py"'

clone pull-clean --depth=1
act pull_request "$(pull 1 "$clean")"
expect "pull request that moves an old key" "success: 0 findings, 0 keys, 0 live" log "Summary - ## neokeys found nothing"

clone pull-excuse --depth=1
act pull_request "$(pull 1 "$excuse")"
expect "pull request that excuses itself" "failure: 1 findings, 1 keys, 0 live" log "this change edits it"

clone pull-merging --depth=1
act pull_request "$(pull 3 "$merging" '' "$fork")"
expect "pull request that main was merged into, with an old base in the event" "success: 0 findings, 0 keys, 0 live"

clone leak --depth=1
act push "{\"before\": \"$fork\", \"ref\": \"refs/heads/leak\", \"repository\": {\"default_branch\": \"main\"}}"
expect "push" "failure: 1 findings, 1 keys, 0 live"
clone leak --depth=1 --filter=blob:none --sparse
act push "{\"before\": \"$fork\", \"ref\": \"refs/heads/leak\", \"repository\": {\"default_branch\": \"main\"}}"
expect "the same in a sparse clone" "failure: 1 findings, 1 keys, 0 live" '!' log "incomplete"
clone leak --filter=blob:none --sparse
act push "{\"before\": \"$fork\", \"ref\": \"refs/heads/leak\", \"repository\": {\"default_branch\": \"main\"}}"
expect "the same in a full sparse clone" "failure: 1 findings, 1 keys, 0 live" '!' log "incomplete"
clone leak --depth=1
act push "{\"before\": \"$leak\", \"ref\": \"refs/heads/leak\", \"repository\": {\"default_branch\": \"main\"}}"
expect "push of nothing new" "success: 0 findings, 0 keys, 0 live" '!' log "::warning"
clone leak --depth=1
act push '{"before": "'"$leak"'", "after": "0000000000000000000000000000000000000000", "deleted": true, "repository": {"default_branch": "main"}}'
expect "a branch is deleted" "success: 0 findings, 0 keys, 0 live" '!' log "::warning"
clone leak --depth=1
act push "{\"before\": \"0000000000000000000000000000000000000000\", \"ref\": \"refs/heads/leak\", \"repository\": {\"default_branch\": \"main\"}}"
expect "push of a new branch" "failure: 1 findings, 1 keys, 0 live"
clone leak --depth=1
act push "{\"before\": \"1111111111111111111111111111111111111111\", \"ref\": \"refs/heads/leak\", \"repository\": {\"default_branch\": \"main\"}}"
expect "forced push" "failure: 1 findings, 1 keys, 0 live"

# On the default branch, the report is complete, and the status goes by the push.
push_main() { # BEFORE JSON: a push to it
	clone main --depth=1
	act push "{\"before\": \"$1\", \"ref\": \"refs/heads/main\", \"repository\": {\"default_branch\": \"main\"}$2}"
}
push_main "$(git rev-parse main~1)" ''
expect "push to the default branch" "success: 0 findings, 0 keys, 0 live" sarif '"uri": "old.py"' sarif '"uri": "main.py"'
push_main "$(git rev-parse main~4)" ''
expect "push of a key to the default branch" "failure: 1 findings, 1 keys, 0 live" sarif '"uri": "old.py"' sarif '"uri": "main.py"'
push_main "$main" ''
expect "push of nothing new to the default branch" "success: 0 findings, 0 keys, 0 live" sarif '"uri": "old.py"'
push_main "$(git rev-parse main~4)" ', "e2e": {"complete": "false"}'
expect "push to the default branch, with a report of the push alone" "failure: 1 findings, 1 keys, 0 live" sarif '"uri": "main.py"' '!' sarif 'old.py'

clone pull-leak --depth=1
act merge_group "{\"merge_group\": {\"base_sha\": \"$main\", \"head_sha\": \"$(git rev-parse pull-leak)\"}, \"repository\": {\"default_branch\": \"main\"}}"
expect "merge group" "failure: 1 findings, 1 keys, 0 live"

clone main --depth=1
act schedule '{"repository": {"default_branch": "main"}}'
expect "schedule" "failure: 5 findings, 3 keys, 0 live" log "--unshallow" log "old.py" log "app.py"
clone main --depth=1 --filter=blob:none --sparse
act schedule '{"repository": {"default_branch": "main"}}'
expect "the same in a sparse clone" "failure: 5 findings, 3 keys, 0 live" '!' log "incomplete"
clone clean --depth=1
act workflow_dispatch '{"repository": {"default_branch": "main"}, "e2e": {"mode": "files", "path": "services"}}'
expect "files" "success: 0 findings, 0 keys, 0 live"
clone clean --depth=1
act workflow_dispatch '{"repository": {"default_branch": "main"}, "e2e": {"mode": "files", "path": "old.py"}}'
expect "one file" "failure: 1 findings, 1 keys, 0 live" log "::error file=old.py,line=2,"
act workflow_dispatch '{"repository": {"default_branch": "main"}, "e2e": {"mode": "files", "config": "ci/off.toml", "sarif": "out/ci/it.sarif"}}'
expect "a configuration, and a place for the report" "success: 0 findings, 0 keys, 0 live" sarif '"version": "2.1.0"' log "sarif=.*out/ci/it.sarif"
act workflow_dispatch '{"repository": {"default_branch": "main"}, "e2e": {"mode": "files", "baseline": "ci/known.json"}}'
expect "a baseline" "success: 0 findings, 0 keys, 0 live" suppressed "1 suppressed"
act workflow_dispatch '{"repository": {"default_branch": "main"}, "e2e": {"mode": "files", "config": "ci/of.toml"}}'
expect "a configuration that is not there" "failure:  findings,  keys,  live" log "ci/of.toml"
clone leak --depth=1
act push "{\"before\": \"$fork\", \"ref\": \"refs/heads/leak\", \"repository\": {\"default_branch\": \"main\"}, \"e2e\": {\"config\": \"ci/off.toml\"}}"
expect "a push, with a configuration that was there before" "success: 0 findings, 0 keys, 0 live"
clone clean --depth=1
act workflow_dispatch "{\"repository\": {\"default_branch\": \"main\"}, \"e2e\": {\"mode\": \"\$(touch $work/pwned)\"}}"
expect "unknown mode" "failure:  findings,  keys,  live" log "::error title=neokeys::mode: unknown value"
clone clean --depth=1
act workflow_dispatch '{"repository": {"default_branch": "main"}, "e2e": {"mode": "diff"}}'
expect "nothing to compare" "failure:  findings,  keys,  live" log "::error title=neokeys::mode: .*no commits to compare"

# await CMD...: what CMD prints, once it prints something.
await() {
	local printed
	for _ in $(seq 100); do
		printed=$("$@" 2>/dev/null) && [ -n "$printed" ] && { echo "$printed"; return; }
		sleep 0.1
	done
	return 1
}

# An API by which the leaked key works, and no other.
mkdir "$work/api"
cat > "$work/api/server.py" << 'END'
import http.server, json, sys

class API(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        live = self.headers["Authorization"] == "Bearer " + sys.argv[1]
        body = {"data": [], "meta": {"request_id": "req_1"}}
        if not live:
            body = {"error": {"code": "unauthorized", "message": "no such key"}, "meta": {"request_id": "req_2"}}
        self.send_response(200 if live else 401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

server = http.server.HTTPServer(("127.0.0.1", 0), API)
print("Serving on port", server.server_port, flush=True)
server.serve_forever()
END
python3 -u "$work/api/server.py" "$leaked" > "$work/api.log" 2>&1 &
servers+=($!)
port=$(await sed -n 's/.* port \([0-9]*\).*/\1/p' "$work/api.log")
clone pull-leak --depth=1
act pull_request "$(pull 2 "$leak" ', "e2e": {"verify": "true", "fail-on": "live"}')" --env "NEO_API_URL=http://127.0.0.1:$port/agents.json"
expect "a key that works" "failure: 1 findings, 1 keys, 1 live" log "::error .*, live, request id req_1, not in HEAD"

# A private repository. GitHub refuses who sends no token, and who sends two.
token=t-$(head -c 20 /dev/urandom | base64 | tr -dc A-Za-z0-9)
python3 "$root/e2e/githttp.py" "$work" "$token" "$work/address" 2> "$work/server.log" &
servers+=($!)
address=$(await cat "$work/address")
private() { # ARG...: clone it, with nothing of a token in it but what the arguments of git config say
	clone pull-leak --depth=1
	git -C "$work/clone" remote set-url origin "$address/origin"
	[ $# -eq 0 ] || git -C "$work/clone" config "$@"
	act pull_request "$(pull 2 "$leak")" -s "GITHUB_TOKEN=$token" --env "GITHUB_SERVER_URL=$address"
}
private
expect "private repository, no credentials left" "failure: 1 findings, 1 keys, 0 live" '!' log "$token"
private "http.$address/.extraheader" "AUTHORIZATION: basic $(printf 'x-access-token:%s' "$token" | base64)"
expect "private repository, credentials left" "failure: 1 findings, 1 keys, 0 live"
clone leak --depth=1
git -C "$work/clone" remote set-url origin "$address/origin"
act push '{"before": "0000000000000000000000000000000000000000", "ref": "refs/heads/leak", "repository": {"default_branch": "main"}}' \
	-s "GITHUB_TOKEN=$token" --env "GITHUB_SERVER_URL=$address"
expect "private repository, new branch" "failure: 1 findings, 1 keys, 0 live"
token=t-wrong private
expect "private repository, wrong token" "failure:  findings,  keys,  live" log "::error title=neokeys::commit $leak cannot be fetched" '!' log t-wrong

# Another version than the action's own, which comes from a stand-in for GitHub.
git init -q "$work/released"
git -C "$root" archive HEAD | tar -x -C "$work/released"
git -C "$work/released" add -A
git -C "$work/released" commit -qm Release
git -C "$work/released" tag v0.0.7
clone clean --depth=1
version() { # VERSION: run the action with it
	act workflow_dispatch "{\"repository\": {\"default_branch\": \"main\"}, \"e2e\": {\"mode\": \"files\", \"path\": \"old.py\", \"version\": \"$1\"}}" \
		--env "GOMODCACHE=$work/modules" --env "GOPROXY=file://$(go env GOMODCACHE)/cache/download,$(go env GOPROXY)" \
		--env 'GOPRIVATE=github.com/neokeys/*' --env GIT_CONFIG_COUNT=1 \
		--env "GIT_CONFIG_KEY_0=url.file://$work/released.insteadOf" --env GIT_CONFIG_VALUE_0=https://github.com/neokeys/neokeys
}
version v0.0.7
expect "a version" "failure: 1 findings, 1 keys, 0 live" sarif '"version": "v\{0,1\}0.0.7"'
version v0.0.8
expect "a version that there is not" "failure:  findings,  keys,  live" log "::error title=neokeys::neokeys could not be built"

# Pinned by the id of a release's commit: from the cache, without asking for it.
pinned() { act workflow_dispatch '{"repository": {"default_branch": "main"}, "e2e": {"mode": "files", "path": "old.py"}}'; }
clone clean --depth=1
ref=$released source_url=file:///nowhere pinned
expect "a commit that is a release, in the cache" "failure: 1 findings, 1 keys, 0 live" log "Using $cache/tool_cache/neokeys/0.1.0/" sarif '"version": "0.1.0"'
ref=$released cache=$work/other pinned
expect "a commit that is a release, not in the cache" "failure: 1 findings, 1 keys, 0 live" log "Using $work/other/tool_cache/neokeys/0.1.0/" sarif '"version": "0.1.0"'
ref=v0.1.0 cache=$work/exact pinned
expect "a tag that is a release" "failure: 1 findings, 1 keys, 0 live" log "Using $work/exact/tool_cache/neokeys/0.1.0/"

# An archive that is not the release's is not used.
echo more >> "$work/source/releases/download/v0.1.0/neokeys_0.1.0_$platform.tar.gz"
ref=v0.1.0 cache=$work/tampered pinned
expect "an archive with another checksum" "failure:  findings,  keys,  live" log "::error title=neokeys::neokeys_0.1.0_.* does not have the checksum"
[ ! -e "$work/tampered/tool_cache/neokeys/0.1.0" ] || { failed=true; echo "an archive with another checksum is in the tool cache"; }

# A branch has no release: it is compiled, with a Go that will do.
ref=main pinned
expect "a branch" "failure: 1 findings, 1 keys, 0 live" log "There is no release of main: neokeys is compiled"
mkdir "$work/old-go"
printf '#!/bin/sh\nexit 1\n' > "$work/old-go/go"
chmod +x "$work/old-go/go"
ref=main PATH=$work/old-go:$PATH pinned
expect "a branch, on a runner without a Go that will do" "failure: 1 findings, 1 keys, 0 live"
[ -e "$work/went-for-go" ] || { failed=true; echo "setup-go was not run"; }

[ -z "$failed" ] || exit 1
