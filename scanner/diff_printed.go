package scanner

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// What git prints for people has more than the diff: a summary of the changed files before it, colours,
// a graph of the commits to the left of it, words instead of lines. A shell may put a byte order mark first.

// summaryLine is a line that git prints before the first diff: of --stat, --shortstat, --dirstat,
// --numstat, --raw and --summary, for what is not merged yet, for a submodule, and for a commit on
// a single line (--oneline, a reflog, a stash, git diff-tree).
const summaryLine = `(?:[ \t]*` +
	`| [^\n]+ \| +(?:[0-9]+(?: [+-]+)?|Bin[^\n]*|Unmerged)` +
	`| [0-9]+ files? changed[^\n]*` +
	`| +[0-9]+\.[0-9]% [^\n]+` +
	`|(?:[0-9]+|-)\t(?:[0-9]+|-)\t[^\n]+` +
	`|:+[0-7]{6} [^\n]+` +
	`| (?:create|delete|mode change|rename|copy|rewrite) [^\n]+` +
	`|\* Unmerged path [^\n]+` +
	`|Submodule [^\n]+|  [<>] [^\n]+` +
	`|(?:[<>=+-] ?)?[0-9a-f]{7,64}(?: [^\n]*)?` +
	`|stash@\{[0-9]+\}: [^\n]+` +
	`)\r?\n`

// beginsDiff are the beginnings of a diff, of git log -p, git show, git format-patch, git status -v and
// git request-pull, and of diff -ur.
var beginsDiff = lazyregexp.New(`\A(?:` + summaryLine + `)*(?:diff --(?:git|cc|combined) |diff -[^\n]+\n--- |` +
	`commit (?:[<>=+^-] ?)?(?:[0-9a-f]{40,64}\b|[0-9a-f]{7,39}(?: \([^\n]*\))?\r?\n(?:Merge|Author|Reflog|tree|Date)\b)|` +
	`tag [^\n]+\nTagger: |From [0-9a-f]{40,64} |Index: [^\n]+\n=+\r?\n|--- [^\n]+\n\+\+\+ |` +
	`(?:On branch [^\n]+|HEAD detached (?:at|from) [^\n]+)\n|The following changes since commit [0-9a-f]{40,64}:\r?\n)`)

// onlySummary is what is read at first of a diff with a long summary.
var onlySummary = lazyregexp.New(`\A(?:` + summaryLine + `)+\z`)

// beginsGraph are the beginnings of git log -p --graph. A commit on a single line begins one only if
// a diff follows: a list in a text looks like it.
var beginsGraph = lazyregexp.New(`\A\s*[*<>o=+-][ |\\/_.*-]* (?:commit (?:[<>=+^-] ?)?[0-9a-f]{7,64}\b|` +
	`[0-9a-f]{7,64}(?: [^\n]*)?\n(?:[^\n]*\n)*?[ |\\/_]* diff --(?:git|cc|combined) )`)

// graphCommit is the first line of a commit in a graph: what belongs to the commit begins as far to the right.
var graphCommit = lazyregexp.New(`^([ |\\/_.-]*[*<>o=+-][ |\\/_.-]* )(commit )?(?:[<>=+^-] ?)?[0-9a-f]{7,64}\b`)

// graphMarks are the letters to the left of what belongs to a commit.
const graphMarks = ` |\/_`

// A printed is how git printed a diff.
type printed struct {
	coloured bool
	graph    bool
	oneline  bool // a commit has no lines but the first: with more, one of a message may look like the next commit
	margin   int  // letters of the graph to the left of the current commit
}

// printedOf returns how the diff that begins with head was printed, if head begins one. It is cut off
// if more follows.
func printedOf(head []byte, cut bool) (p printed, isDiff bool) {
	head = bytes.TrimPrefix(head, []byte(bomUTF8))
	if plain := withoutColours(head); len(plain) < len(head) {
		p.coloured, head = true, plain
	}
	if beginsDiff.Match(head) {
		return p, true
	}
	if cut && onlySummary.Match(head[:bytes.LastIndexByte(head, '\n')+1]) {
		return p, true
	}
	p.graph = beginsGraph.Match(head)
	if p.graph {
		m := graphCommit.FindSubmatch(bytes.TrimSpace(head))
		p.oneline = m != nil && len(m[2]) == 0
	}
	return p, p.graph
}

// plain returns a line as it would be without colours and graph. It is not ok if the graph ends
// before the line does what the graph's other lines do.
func (p *printed) plain(line []byte) (plain []byte, ok bool) {
	if p.coloured {
		line = withoutColours(line)
	}
	if !p.graph {
		return line, true
	}
	if m := graphCommit.FindSubmatch(line); m != nil && p.oneline == (len(m[2]) == 0) {
		p.margin = len(m[1])
		return line[p.margin:], true
	}
	margin := bytes.TrimRight(line[:min(len(line), p.margin)], "\r\n")
	if len(bytes.Trim(margin, graphMarks)) > 0 {
		return line, false
	}
	return line[len(margin):], true
}

// words reports whether a line looks like one of --word-diff, which has what is added and removed
// in one line, and no letter before it that says so.
func (p *printed) words(line []byte) bool {
	_, added, ok := bytes.Cut(line, []byte("{+"))
	if ok && bytes.Contains(added, []byte("+}")) {
		return true
	}
	return p.coloured && inColours(line, p.margin)
}

// inColours reports whether the words of a line have several colours, apart from its first margin
// letters. White space does not count: git shows white space errors in another colour.
func inColours(line []byte, margin int) bool {
	colour, first, some := "", "", false
	for len(line) > 0 {
		if n := colourAt(line); n > 0 {
			colour, line = strings.Trim(string(line[:n]), "\x1b[0mK"), line[n:]
			continue
		}
		text := line
		if n := bytes.IndexByte(line[1:], 0x1b); n >= 0 {
			text = line[:n+1]
		}
		line = line[len(text):]
		left := min(margin, len(text))
		margin -= left
		text = text[left:]
		switch {
		case len(text) == 0:
		case !some:
			first, some = colour, true
		case colour != first && len(bytes.TrimSpace(text)) > 0:
			return true
		}
	}
	return false
}

// withoutColours returns text without the codes that set colours (ECMA-48, "SGR"), and that clear the
// rest of a line, which git prints with them.
func withoutColours(text []byte) []byte {
	next := bytes.IndexByte(text, 0x1b)
	if next < 0 {
		return text
	}
	plain := make([]byte, 0, len(text))
	for next >= 0 {
		plain, text = append(plain, text[:next]...), text[next:]
		n := colourAt(text)
		if n == 0 {
			plain, n = append(plain, text[0]), 1
		}
		text = text[n:]
		next = bytes.IndexByte(text, 0x1b)
	}
	return append(plain, text...)
}

// colourAt returns the length of the code of a colour that text begins with, or 0.
func colourAt(text []byte) int {
	if !bytes.HasPrefix(text, []byte("\x1b[")) {
		return 0
	}
	end := 2
	for end < len(text) && ('0' <= text[end] && text[end] <= '9' || text[end] == ';') {
		end++
	}
	if end < len(text) && (text[end] == 'm' || text[end] == 'K') {
		return end + 1
	}
	return 0
}
