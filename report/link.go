package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// A Web is the address of a repository's web page.
type Web struct {
	// URL is the address of the repository, as https://github.com/OWNER/NAME; empty if it is
	// not known.
	URL string
	// Folder is the slash-separated path in the repository of what findings' paths are
	// relative to; empty for its root.
	Folder string
}

// placeURL returns the web address of f's line, in the version of the file that contains it;
// empty if there is none.
func (o *Options) placeURL(f *finding.Finding) string {
	commit := o.Commit
	if f.Commit != nil {
		commit = f.Commit.OID
	}
	uri, relative := pathURI(f.File(), o.Root)
	if o.Web.URL == "" || commit == "" || !relative || f.Exposure == finding.Message || f.Exposure == finding.Name || f.File() == stdin {
		return ""
	}
	if o.Web.Folder != "" {
		uri = percentEncode(o.Web.Folder) + "/" + uri
	}
	address := fmt.Sprintf("%s/blob/%s/%s", o.Web.URL, commit, uri)
	if f.Line > 0 && f.Container == "" {
		address += "#L" + strconv.Itoa(f.Line)
	}
	return address
}

// headURL is placeURL of f's place in HEAD, if HEAD has it.
func (o *Options) headURL(f *finding.Finding) string {
	if f.Head == nil || o.Commit == "" {
		return o.placeURL(f)
	}
	g := *atHead(f)
	g.Commit = nil
	return o.placeURL(&g)
}

// commitURL returns the web address of a commit; empty if there is none.
func (o *Options) commitURL(c *finding.Commit) string {
	if o.Web.URL == "" {
		return ""
	}
	return o.Web.URL + "/commit/" + c.OID
}

// Hyperlinks reports whether the terminal supports OSC 8 hyperlinks, judging by its environment:
// terminals cannot be asked. FORCE_HYPERLINK, which other programs also read, overrides that.
func Hyperlinks(getenv func(string) string) bool {
	if forced := getenv("FORCE_HYPERLINK"); forced != "" {
		return forced != "0"
	}
	if getenv("CI") != "" || getenv("TERM") == "dumb" {
		return false
	}
	for _, name := range []string{"WT_SESSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID", "DOMTERM", "ALACRITTY_WINDOW_ID", "GHOSTTY_RESOURCES_DIR"} {
		if getenv(name) != "" {
			return true
		}
	}
	switch getenv("TERM_PROGRAM") {
	case "iTerm.app", "WezTerm", "vscode", "Hyper", "ghostty", "rio", "Tabby":
		return true
	}
	if strings.HasPrefix(getenv("TERM"), "foot") {
		return true
	}
	vte, err := strconv.Atoi(getenv("VTE_VERSION"))
	return err == nil && vte >= 5000 // earlier ones show them as text, or crash
}
