package main

import (
	_ "embed"
	"encoding/json"
	"strings"
)

//go:embed npm/neokeys.js
var launcher []byte

// readme is the page that the registries show.
//
//go:embed PACKAGE.md
var readme []byte

// A manifest is a package.json.
type manifest struct {
	Name                 string            `json:"name"`
	Version              string            `json:"version"`
	Description          string            `json:"description"`
	License              string            `json:"license"`
	Homepage             string            `json:"homepage"`
	Repository           repository        `json:"repository"`
	Bin                  map[string]string `json:"bin,omitempty"`
	OptionalDependencies map[string]string `json:"optionalDependencies,omitempty"`
	OS                   []string          `json:"os,omitempty"`
	CPU                  []string          `json:"cpu,omitempty"`
	Engines              map[string]string `json:"engines,omitempty"`
	PreferUnplugged      bool              `json:"preferUnplugged,omitempty"`
}

type repository struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// npmName is the name of the package that has the program for a platform. Node.js finds it by
// process.platform and process.arch.
func (p platform) npmName() string { return "@" + name + "/" + p.npmOS + "-" + p.npmCPU }

// npm writes a package for each platform, and one that starts the program of the platform it is
// installed on. npm installs, of the optional dependencies, those whose os and cpu fit.
func (b *build) npm() error {
	all := b.manifest(name)
	all.Bin = map[string]string{name: "bin/neokeys.js"}
	all.Engines = map[string]string{"node": ">=16"}
	all.OptionalDependencies = map[string]string{}
	for _, p := range platforms {
		all.OptionalDependencies[p.npmName()] = b.version
		m := b.manifest(p.npmName())
		m.Description = "neokeys for " + p.npmOS + " on " + p.npmCPU
		m.OS, m.CPU, m.PreferUnplugged = []string{p.npmOS}, []string{p.npmCPU}, true
		if err := b.npmPackage(m, file{"bin/" + p.program(), 0o755, b.programs[p.String()]}); err != nil {
			return err
		}
	}
	return b.npmPackage(all, file{"bin/neokeys.js", 0o755, launcher})
}

func (b *build) manifest(pkg string) manifest {
	return manifest{
		Name: pkg, Version: b.version, Description: summary, License: license, Homepage: homepage,
		Repository: repository{"git", "git+" + homepage + ".git"},
	}
}

// npmPackage writes a package that has one file besides the usual ones.
func (b *build) npmPackage(m manifest, content file) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	content.name = "package/" + content.name
	data, err := tgz([]file{
		{"package/package.json", 0o644, append(text, '\n')},
		{"package/README.md", 0o644, readme},
		{"package/LICENSE", 0o644, b.legal},
		content,
	}, b.when)
	if err != nil {
		return err
	}
	// As npm pack calls it.
	return b.write(data, "npm", strings.NewReplacer("@", "", "/", "-").Replace(m.Name)+"-"+m.Version+".tgz")
}
