package report

import (
	"encoding/json"
	"io"

	"github.com/neokeys/neokeys/finding"
)

// The members have the names that they have in the report of a scan.
type jsonDossier struct {
	SchemaVersion int               `json:"schema_version"`
	Tool          jsonTool          `json:"tool"`
	Key           *jsonKey          `json:"key"`
	Liveness      string            `json:"liveness"`
	Verification  *jsonVerification `json:"verification"`
	First         *jsonCommit       `json:"first_commit"`
	Steps         []jsonStep        `json:"steps"`
	Windows       jsonWindows       `json:"windows"`
	Refs          []jsonRef         `json:"refs"`
	Findings      []jsonFinding     `json:"findings"`
	Public        []jsonPublic      `json:"public_places"`
	Neighbours    []jsonNeighbour   `json:"other_keys"`
	Remaining     []jsonTask        `json:"remaining"`
	Errors        []jsonError       `json:"errors"`
}

type jsonStep struct {
	Kind      string      `json:"kind"`
	Date      string      `json:"date"`
	Commit    *jsonCommit `json:"commit"`
	Paths     []string    `json:"paths,omitempty"`
	From      []string    `json:"from,omitempty"`
	By        *jsonKey    `json:"replaced_by,omitempty"`
	InHead    bool        `json:"in_head"`
	OnRef     bool        `json:"on_ref"`
	Liveness  string      `json:"liveness,omitempty"`
	RequestID string      `json:"request_id,omitempty"`
}

type jsonWindows struct {
	Head     *jsonWindow `json:"head"`
	Branches *jsonWindow `json:"branches"`
	History  *jsonWindow `json:"history"`
}

type jsonWindow struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Open    bool   `json:"open"`
	Seconds int64  `json:"seconds"`
}

type jsonRef struct {
	Name  string `json:"name"`
	OID   string `json:"oid,omitempty"`
	Holds bool   `json:"holds"`
}

type jsonPublic struct {
	Kind  string   `json:"kind"`
	Paths []string `json:"paths"`
	Now   bool     `json:"now"`
}

type jsonNeighbour struct {
	Key    *jsonKey    `json:"key"`
	Path   string      `json:"path"`
	Commit *jsonCommit `json:"commit"`
}

type jsonTask struct {
	What     string `json:"what"`
	Command  string `json:"command"`
	Proof    string `json:"proof"`
	Optional bool   `json:"optional"`
}

func (d *Dossier) writeJSON(w io.Writer, o Options) error {
	j := jsonDossier{
		SchemaVersion: schemaVersion, Tool: jsonTool{"neokeys", o.Tool.Version},
		Key: newJSONKey(d.Key, o), Liveness: string(d.Liveness()), Verification: newJSONVerification(d.Findings[0].Verification),
		First:   newJSONCommit(d.Oldest()),
		Windows: jsonWindows{newJSONWindow(d.story.Head), newJSONWindow(d.story.Branches), newJSONWindow(d.story.History)},
		Steps:   []jsonStep{}, Refs: []jsonRef{}, Findings: []jsonFinding{}, Public: []jsonPublic{}, Neighbours: []jsonNeighbour{}, Remaining: []jsonTask{},
		Errors: append([]jsonError{}, newJSONErrors(d.problems)...),
	}
	for i := range d.story.Steps {
		s := &d.story.Steps[i]
		j.Steps = append(j.Steps, jsonStep{string(s.Kind), timestamp(s.Date), newJSONCommit(s.Commit), s.Paths, s.From, newJSONKey(s.By, o), s.InHead, s.OnRef, string(s.Liveness), s.RequestID})
	}
	for _, r := range d.story.Refs {
		j.Refs = append(j.Refs, jsonRef{r.Name, r.OID, r.Holds})
	}
	for _, f := range d.Findings {
		j.Findings = append(j.Findings, newJSONFinding(f, o))
	}
	for _, p := range d.public {
		j.Public = append(j.Public, jsonPublic(p))
	}
	for _, n := range d.neighbours {
		j.Neighbours = append(j.Neighbours, jsonNeighbour{newJSONKey(n.Key, o), n.Path, newJSONCommit(n.Commit)})
	}
	for _, t := range d.Remaining {
		j.Remaining = append(j.Remaining, jsonTask(t))
	}
	text, err := json.MarshalIndent(j, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(inert(text), '\n'))
	return err
}

func newJSONWindow(w finding.Window) *jsonWindow {
	if w.From.IsZero() {
		return nil
	}
	return &jsonWindow{timestamp(w.From), timestamp(w.To), w.Open, int64(w.Length().Seconds())}
}
