package syntax

// CommentStarts begin a comment in one language or another, and CommentEnds may end one or
// the string that stands for one in JSON. They are for text of which the language is not
// known.
var (
	CommentStarts = []string{
		"#", "//", "/*", "*", "<!--", "--", ";", "%",
		"REM", "rem", "::", "(*", "{-", "--[[", "! ", "' ",
	}
	// CommentBlocks are the comments that may have several lines.
	CommentBlocks = []struct{ Start, End string }{
		{"/*", "*/"}, {"<!--", "-->"}, {"(*", "*)"}, {"{-", "-}"}, {"--[[", "]]"}, {"<#", "#>"}, {"=begin", "=end"},
	}
	CommentEnds = []string{"*/}", "*/", "-->", "#}", "--}}", "--%>", "%>", "#>", "}}", "]]", "*)", "-}", `"},`, `"}`, `",`, `"`}
)
