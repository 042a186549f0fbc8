# Finds the commits of an event and fetches them into a clone that may contain only one.
# run.sh sources it.
# shellcheck shell=bash disable=SC2154,SC2034 # what run.sh sets and what it reads

zeros=0000000000000000000000000000000000000000

# git_config NAME VALUE: set it for the git commands that follow, and in no file.
git_config() {
	local n=${GIT_CONFIG_COUNT:-0}
	export "GIT_CONFIG_KEY_$n=$1" "GIT_CONFIG_VALUE_$n=$2" "GIT_CONFIG_COUNT=$((n + 1))"
}

# find_ends sets base and head to the ends of the event's range of commits, and count to its
# length if the event has it. Without a head, the event is about no commits.
find_ends() {
	base='' head='' count=0
	if [ -n "$PULL_HEAD" ]; then
		base=$PULL_BASE head=$PULL_HEAD count=${PULL_COMMITS:-0}
		# The event's base may be older than the one that GitHub merged with to test.
		local parents
		parents=$(git cat-file commit "$GITHUB_SHA" 2>/dev/null | sed -n '1,/^$/s/^parent //p') || parents=
		case $parents in
		*$'\n'"$head") base=${parents%%$'\n'*} ;;
		esac
	elif [ -n "$GROUP_HEAD" ]; then
		base=$GROUP_BASE head=$GROUP_HEAD
	elif [ "$GITHUB_EVENT_NAME" = push ]; then
		base=${PUSH_BEFORE:-$zeros} head=$GITHUB_SHA
		[ "$PUSH_DELETED" != true ] || base=$zeros head=$zeros
	fi
	case $base$head$count in
	*[!0-9a-f]*) fail "the event names commits '$base' and '$head', which are no object ids" ;;
	esac
}

# fetch_range fetches the commits of the range and their parents, with all files.
# It sets exclude_shallow if the range ends at the boundary of the shallow clone.
fetch_range() {
	exclude_shallow=
	[ "$head" != $zeros ] || return 0
	fetch_commits
	[ "$base" != $zeros ] || return 0
	local exclude=
	[ -z "$exclude_shallow" ] || exclude=$(boundary)
	{
		echo "$base"
		revisions "$exclude" | git rev-list --boundary --stdin | sed 's/^-//'
	} | fetch_files --no-walk --stdin
}

fetch_commits() {
	here "$head" || fetch_one "$head" || fail "commit $head cannot be fetched; the log says why"
	# The base is gone after a forced push, and there is none for a new branch.
	if [ "$base" = $zeros ] || { ! here "$base" && ! fetch_one "$base"; }; then
		base=
		[ "${GITHUB_REF:-}" = "refs/heads/$DEFAULT_BRANCH" ] || base=$(tip "$DEFAULT_BRANCH") ||
			fail "the branch $DEFAULT_BRANCH cannot be looked up; the log says why"
		base=${base:-$zeros}
		if [ "$base" = $zeros ]; then
			fetch_history
			return
		fi
		here "$base" || fetch_one "$base" || fail "commit $base cannot be fetched; the log says why"
	fi
	! connected || return 0
	# No commit of the range is more than count commits away from head. In a clone that is one
	# deeper, the oldest commits are therefore outside of the range; if the rest is as many as
	# the event says, it is the range.
	if [ "$count" -gt 0 ]; then
		fetch --depth=$((count + 1)) origin "$head" || fail "commit $head cannot be fetched; the log says why"
		if [ "$(new_commits "$(boundary)")" = "$count" ]; then
			exclude_shallow=true
			return
		fi
	fi
	local depth
	for depth in --depth=50 --depth=1000 --unshallow; do
		fetch "$depth" origin "$base" "$head" || fail "the history of $head cannot be fetched; the log says why"
		! connected || return 0
	done
	fail "$base and $head cannot be compared: the history between them is not complete, though all of it was fetched"
}

# fetch_history fetches all branches and tags with all their commits.
fetch_history() {
	local unshallow=
	[ "$(git rev-parse --is-shallow-repository)" = false ] || unshallow=--unshallow
	fetch ${unshallow:+"$unshallow"} origin '+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*' ||
		fail "the history cannot be fetched; the log says why"
	fetch_files --all
}

# here COMMIT: whether it is in the clone.
here() { git cat-file -e "$1^{commit}" 2>/dev/null; }

# connected: whether the clone contains all commits of the range and all their parents.
connected() {
	local all rest
	all=$(new_commits) && rest=$(new_commits "$(boundary)") && [ "$all" = "$rest" ]
}

# new_commits [EXCLUDE] counts the commits of head that neither base nor EXCLUDE, a list of
# ^COMMIT, reaches.
new_commits() { revisions "${1:-}" | git rev-list --count --stdin; }

# revisions [EXCLUDE] prints the arguments for git rev-list --stdin.
revisions() { printf '%s\n' "$head" "^$base" ${1:+"$1"}; }

# boundary prints ^COMMIT for each commit whose parents the shallow clone lacks.
boundary() {
	local file
	file=$(git rev-parse --git-path shallow)
	[ ! -e "$file" ] || sed 's/^/^/' "$file"
}

# fetch_one COMMIT fetches a commit, with its history unless the clone is shallow.
fetch_one() {
	local depth=
	[ "$(git rev-parse --is-shallow-repository)" = false ] || depth=--depth=1
	fetch ${depth:+"$depth"} origin "$1"
}

# fetch_files ARG...: fetch the files of the commits that git rev-list ARG... prints and that a
# partial clone, which a sparse checkout makes, omitted.
fetch_files() {
	local missing
	missing=$(git rev-list --objects --missing=print "$@" | sed -n 's/^?//p')
	[ -n "$missing" ] || return 0
	# If git sent the commits that are here, the server would assume that their files are, too.
	printf '%s\n' "$missing" | (
		git_config fetch.negotiationAlgorithm noop
		fetch --filter=blob:none --stdin origin
	) || fail "files that the clone leaves out cannot be fetched; the log says why"
}

# fetch ARG...: git fetch.
fetch() (
	authorize
	echo "git fetch $*"
	git fetch --quiet --no-tags --no-write-fetch-head --no-recurse-submodules "$@"
)

# tip BRANCH prints the commit that it is at; nothing if there is no such branch.
tip() (
	authorize >&2
	git ls-remote origin "refs/heads/$1" | cut -f 1
)

# authorize lets the git commands that follow read from GitHub, unless actions/checkout has left
# them a way to: GitHub refuses a request with two.
authorize() {
	local url basic
	url=$(git config --get remote.origin.url) || fail "the clone has no remote called origin to fetch from; use actions/checkout with fetch-depth: 0"
	case $url in
	"${GITHUB_SERVER_URL:-https://github.com}"/*) ;;
	*) return 0 ;;
	esac
	[ -n "$token" ] || return 0
	[ -z "$(git config --get-urlmatch http.extraheader "$url")" ] || return 0
	basic=$(printf 'x-access-token:%s' "$token" | base64 | tr -d '\n')
	echo "::add-mask::$basic"
	git_config "http.$GITHUB_SERVER_URL/.extraheader" "AUTHORIZATION: basic $basic"
}
