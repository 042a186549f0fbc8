package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/google/uuid"
)

// sbom has syft list the software in an archive, in a format that syft has, and writes that to
// file. Syft puts the time and a random id in it; in their place come the time of the commit and
// an id made of the archive's contents, so that the same archive has the same list.
func sbom(archive, format, file string, when time.Time) error {
	content, err := os.ReadFile(archive)
	if err != nil {
		return err
	}
	cmd := exec.Command("syft", "scan", "file:"+archive, "--quiet", "--output", format)
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(), "SYFT_CHECK_FOR_APP_UPDATE=false")
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("syft scan %s: %w", archive, err)
	}
	var document map[string]any
	if err := json.Unmarshal(text, &document); err != nil {
		return fmt.Errorf("syft's list of %s: %w", archive, err)
	}
	sum := sha256.Sum256(content)
	if err := fix(document, format, uuid.NewSHA1(uuid.NameSpaceURL, sum[:]).String(), when.Format(time.RFC3339)); err != nil {
		return fmt.Errorf("syft's list of %s: %w", archive, err)
	}
	out, err := json.MarshalIndent(document, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(out, '\n'), 0o666)
}

// fix sets the id and the time of a document.
func fix(document map[string]any, format, id, when string) error {
	part := map[string]string{"cyclonedx-json": "metadata", "spdx-json": "creationInfo"}[format]
	about, ok := document[part].(map[string]any)
	if !ok {
		return fmt.Errorf("format %s: there is no %q in it", format, part)
	}
	if format == "cyclonedx-json" {
		document["serialNumber"], about["timestamp"] = "urn:uuid:"+id, when
	} else {
		document["documentNamespace"], about["created"] = homepage+"/spdx/"+id, when
	}
	return nil
}
