#!/usr/bin/env bash
# Load the completion scripts in the real shells, each at a terminal of its own, and press the
# tab key: bash with bash-completion, zsh and fish. Those that are not there are installed.
#
#   e2e/completion.sh NEOKEYS
set -euo pipefail

neokeys=$(realpath "${1:?usage: e2e/completion.sh NEOKEYS}")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

missing=()
[ -e /usr/share/bash-completion/bash_completion ] || missing+=(bash-completion)
for shell in zsh fish; do
	command -v "$shell" > /dev/null || missing+=("$shell")
done
if [ ${#missing[@]} -gt 0 ]; then
	sudo=
	[ "$(id -u)" = 0 ] || sudo=sudo
	$sudo apt-get update -qq
	DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qq --no-install-recommends "${missing[@]}" > "$work/apt" 2>&1 ||
		{ cat "$work/apt"; exit 1; }
fi

# Where it finds the last folder, fish does not go and read all manual pages.
mkdir -p "$work/bin" "$work/home/functions" "$work/home/.config/fish/completions" "$work/tree/sources" \
	"$work/home/.local/share/fish/generated_completions"
ln -s "$neokeys" "$work/bin/neokeys"
touch "$work/tree/policy.toml"
export PATH=$work/bin:$PATH HOME=$work/home ZDOTDIR=$work/home TERM=xterm
unset XDG_CONFIG_HOME XDG_DATA_HOME
cd "$work/tree"

neokeys completion bash > "$work/neokeys.bash"
cat > "$HOME/bashrc" <<BASH
. /usr/share/bash-completion/bash_completion
. $work/neokeys.bash
bind 'set show-all-if-ambiguous on'
PS1='ready> '
BASH
# As the script itself says: into a folder of \$fpath, in a file called _neokeys.
neokeys completion zsh > "$HOME/functions/_neokeys"
cat > "$HOME/.zshrc" <<ZSH
fpath=($HOME/functions \$fpath)
autoload -Uz compinit
compinit -u -d $HOME/.zcompdump
PS1='ready> '
ZSH
neokeys completion fish > "$HOME/.config/fish/completions/neokeys.fish"
cat > "$HOME/.config/fish/config.fish" <<'FISH'
function fish_prompt; echo -n 'ready> '; end
function fish_greeting; end
set -g fish_autosuggestion_enabled 0
FISH

# What is typed, and the words that a tab then has on the screen.
cat > "$work/cases" <<'CASES'
neokeys sc => neokeys scan
neokeys scan --format  => text | json | jsonl | sarif | github | markdown | github-output | gitlab | junit
neokeys scan --format sa => --format sarif
neokeys git -f git => github | github-output | gitlab
neokeys audit --rule neo- => neo-api-key | neo-legacy-token
neokeys scan --disable key-in => --disable key-in-url
neokeys scan --severity stale => --severity stale-key=
neokeys scan --fail-on  => error | warning | note | live
neokeys scan --only in => --only inactive
neokeys scan --color n => --color never
neokeys scan --config pol => --config policy.toml
neokeys scan sour => neokeys scan sources
neokeys rules stale => rules stale-key
neokeys verify --format  => text | json
neokeys hook pre- => pre-commit | pre-push | pre-receive
neokeys completion po => completion powershell
CASES

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyte==0.8.2
for shell in "bash --noprofile --rcfile $HOME/bashrc -i" "zsh -d -i" "fish -i"; do
	"$work/venv/bin/python" "$root/e2e/tab.py" "$shell" < "$work/cases"
done
