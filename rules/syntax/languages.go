package syntax

import "github.com/neokeys/neokeys/internal/text"

var (
	cComments = []string{"//"}
	cBlock    = [2]string{"/*", "*/"}
)

// The languages: their files, comments, strings, and the functions that print or run programs. A
// new one is an entry here, and its name in the list at the end. Other quirks of grammars are in
// the rest of this package; what is true of a platform is in rules and rules/internal/facts.
var (
	// JavaScript is also TypeScript, with and without JSX, and Google's Apps Script.
	JavaScript = &Language{
		Name: "javascript", extensions: []string{"js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "gs"}, interpreters: []string{"node", "deno", "bun"},
		lineComments: cComments, blockComment: cBlock, quotes: "'\"`", multi: "`",
		interpolation: "${", interpolating: "`", regexps: true, sigils: "$#@", Newlines: true, Concat: "+",
		Spawns: []Function{{
			text.Set("exec", "execSync", "execFile", "execFileSync", "spawn", "spawnSync", "execa", "execaSync"),
			[]string{"", "cp", "child_process", "childProcess", "shell"},
		}},
	}
	// HTML is also Vue's and Svelte's components.
	HTML = &Language{
		Name: "html", extensions: []string{"vue", "svelte", "astro", "html", "htm", "xhtml"},
		lineComments: cComments, blockComment: cBlock, quotes: "'\"`", multi: "`",
		interpolation: "${", interpolating: "`", regexps: true, sigils: "$#@", Newlines: true, Markup: true, Concat: "+",
	}
	// Python is the language in all its versions.
	Python = &Language{
		Name: "python", extensions: []string{"py", "pyw", "pyi"}, interpreters: []string{"python"},
		lineComments: []string{"#"}, quotes: "'\"", triple: true,
		interpolation: "{", interpolating: "'\"", sigils: "@", Newlines: true, Indented: true, Concat: "+", Adjacent: true,
		Spawns: []Function{
			{text.Set("run", "Popen", "call", "check_call", "check_output"), []string{"subprocess"}},
			{text.Set("system", "popen"), []string{"os"}},
			{text.Set("Popen", "check_call", "check_output", "create_subprocess_exec", "create_subprocess_shell"), []string{"", "asyncio"}},
		},
	}
	// Go is Go.
	Go = &Language{
		Name: "go", extensions: []string{"go"},
		lineComments: cComments, blockComment: cBlock, quotes: "'\"`", raw: "`", multi: "`", Newlines: true, BraceLists: true, Concat: "+",
		Spawns: []Function{{text.Set("Command", "CommandContext"), []string{"exec"}}},
	}
	// Java is Java.
	Java = &Language{
		Name: "java", extensions: []string{"java"},
		lineComments: cComments, blockComment: cBlock, quotes: "'\"", triple: true, sigils: "@", BraceLists: true, Concat: "+",
		Spawns: onJVM,
	}
	// Kotlin is also Scala.
	Kotlin = &Language{
		Name: "kotlin", extensions: []string{"kt", "kts", "scala"},
		lineComments: cComments, blockComment: cBlock, quotes: "'\"", triple: true,
		interpolation: "${", interpolating: "\"", bareVariables: true, sigils: "@", Newlines: true, Concat: "+",
		Spawns: onJVM,
	}
	// Groovy is Groovy, and so Gradle's and Jenkins' files.
	Groovy = &Language{
		Name: "groovy", extensions: []string{"groovy", "gradle", "jenkinsfile"},
		lineComments: cComments, blockComment: cBlock, quotes: "'\"", triple: true,
		interpolation: "${", interpolating: "\"", bareVariables: true, sigils: "@", Newlines: true, Commands: true, Concat: "+",
		Prints: text.Set("echo"), // in a pipeline
	}
	// Swift is Swift.
	Swift = &Language{
		Name: "swift", extensions: []string{"swift"},
		lineComments: cComments, blockComment: cBlock, quotes: "\"", triple: true,
		interpolation: `\(`, interpolating: "\"", sigils: "@#", Newlines: true, Concat: "+",
	}
	// Dart is Dart.
	Dart = &Language{
		Name: "dart", extensions: []string{"dart"},
		lineComments: cComments, blockComment: cBlock, quotes: "'\"", triple: true,
		interpolation: "${", interpolating: "'\"", bareVariables: true, sigils: "@", Concat: "+",
	}
	// CSharp is C#.
	CSharp = &Language{
		Name: "csharp", extensions: []string{"cs"},
		lineComments: cComments, blockComment: cBlock, quotes: "'\"", triple: true,
		interpolation: "{", interpolating: "\"", sigils: "@", BraceLists: true, Concat: "+",
		Spawns: []Function{{text.Set("Start"), []string{"Process"}}, {text.Set("ProcessStartInfo"), nil}},
	}
	// Rust is Rust.
	Rust = &Language{
		Name: "rust", extensions: []string{"rs"},
		lineComments: cComments, blockComment: cBlock, quotes: "\"", multi: "\"",
		interpolating: "\"", bareVariables: true, Concat: "+",
		Spawns: []Function{{text.Set("arg", "args"), []string{"Command"}}},
	}
	// C is also C++ and Objective-C.
	C = &Language{
		Name: "c", extensions: []string{"c", "h", "cc", "cpp", "cxx", "hpp", "m", "mm"},
		lineComments: cComments, blockComment: cBlock, quotes: "'\"", sigils: "@#", Concat: "+", Adjacent: true,
		PrintStatements: text.Set("cout", "cerr", "clog"),
	}
	// PHP is PHP.
	PHP = &Language{
		Name: "php", extensions: []string{"php", "phtml"}, interpreters: []string{"php"},
		lineComments: []string{"//", "#"}, blockComment: cBlock, quotes: "'\"", multi: "'\"",
		interpolation: "{", interpolating: "\"", bareVariables: true, sigils: "$@", Concat: ".",
		PrintStatements: text.Set("echo", "print"),
		Spawns:          []Function{{text.Set("exec", "shell_exec", "system", "passthru", "proc_open", "popen"), []string{""}}},
	}
	// Ruby is also Elixir, Crystal and Perl, as far as that goes.
	Ruby = &Language{
		Name: "ruby", extensions: []string{"rb", "rake", "ex", "exs", "cr", "pl", "pm"}, interpreters: []string{"ruby", "perl"},
		lineComments: []string{"#"}, blockComment: [2]string{"\n=begin", "\n=end"}, quotes: "'\"", multi: "'\"",
		interpolation: "#{", interpolating: "\"", sigils: "$@", Newlines: true, Commands: true, Concat: "+",
		Prints: text.Set("p"),
		Spawns: []Function{
			{text.Set("system", "exec", "spawn"), []string{""}},
			{text.Set("capture2", "capture2e", "capture3", "popen", "popen3"), []string{"Open3", "IO"}},
		},
	}
	// PowerShell is PowerShell.
	PowerShell = &Language{
		Name: "powershell", extensions: []string{"ps1", "psm1"}, interpreters: []string{"pwsh"},
		lineComments: []string{"#"}, blockComment: [2]string{"<#", "#>"}, quotes: "'\"", raw: "'", multi: "'\"",
		interpolation: "$(", interpolating: "\"", bareVariables: true, sigils: "$@", Newlines: true, Commands: true, Concat: "+",
		Prints: text.Set("host", "output", "verbose", "debug", "warning", "information"), // Write-Host
	}
	// HCL is Terraform's language.
	HCL = &Language{
		Name: "hcl", extensions: []string{"tf", "tfvars", "hcl"},
		lineComments: []string{"#", "//"}, blockComment: cBlock, quotes: "\"",
		interpolation: "${", interpolating: "\"", Newlines: true,
	}
	// JSON is also JSON with comments.
	JSON = &Language{
		Name: "json", extensions: []string{"json", "jsonc", "json5"},
		lineComments: cComments, blockComment: cBlock, quotes: "\"",
	}
)

// onJVM are the functions of Java that run a program, for other languages too.
var onJVM = []Function{{text.Set("exec"), []string{"Runtime", "runtime"}}, {text.Set("ProcessBuilder"), nil}}

var languages = []*Language{
	JavaScript, HTML, Python, Go, Java, Kotlin, Groovy, Swift, Dart, CSharp, Rust, C, PHP, Ruby, PowerShell, HCL, JSON,
}
