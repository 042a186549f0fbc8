package report

// What neokeys writes of SARIF 2.1.0 (OASIS, section 3): these objects have the members that are used, by
// the names and with the defaults of the standard. Members that are not set are left out.

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	OriginalURIBaseIDs map[string]*sarifArtifactLocation `json:"originalUriBaseIds,omitempty"`
	ColumnKind         string                            `json:"columnKind"`
	Invocations        []*sarifInvocation                `json:"invocations"`
	Language           string                            `json:"language"`
	NewlineSequences   []string                          `json:"newlineSequences"`
	Properties         map[string]any                    `json:"properties"`
	RedactionTokens    []string                          `json:"redactionTokens"`
	Results            []*sarifResult                    `json:"results"` // an empty list says that there are none
	Taxonomies         []*sarifComponent                 `json:"taxonomies,omitempty"`
	Tool               sarifTool                         `json:"tool"`
}

type sarifTool struct {
	Driver *sarifComponent `json:"driver"`
}

// A sarifComponent is a toolComponent: a program, or a taxonomy.
type sarifComponent struct {
	Contents            []string                   `json:"contents"`
	DownloadURI         string                     `json:"downloadUri,omitempty"`
	InformationURI      string                     `json:"informationUri"`
	IsComprehensive     bool                       `json:"isComprehensive"`
	Language            string                     `json:"language"`
	Name                string                     `json:"name"`
	Notifications       []*sarifDescriptor         `json:"notifications,omitempty"`
	Organization        string                     `json:"organization,omitempty"`
	Rules               []*sarifDescriptor         `json:"rules,omitempty"`
	SemanticVersion     string                     `json:"semanticVersion,omitempty"`
	ShortDescription    *sarifMessage              `json:"shortDescription"`
	SupportedTaxonomies []*sarifComponentReference `json:"supportedTaxonomies,omitempty"`
	Taxa                []*sarifDescriptor         `json:"taxa,omitempty"`
	Version             string                     `json:"version,omitempty"`
}

const sarifLanguage = "en-US"

func newSARIFComponent(name, informationURI, description string) *sarifComponent {
	return &sarifComponent{
		Name: name, InformationURI: informationURI, ShortDescription: sarifText(description),
		Contents: []string{"localizedData", "nonLocalizedData"}, Language: sarifLanguage,
	}
}

type sarifComponentReference struct {
	Index int    `json:"index"`
	Name  string `json:"name"`
}

// A sarifDescriptor is a reportingDescriptor: a rule, a kind of notification, or an entry of a taxonomy.
type sarifDescriptor struct {
	DefaultConfiguration *sarifConfiguration  `json:"defaultConfiguration,omitempty"`
	FullDescription      *sarifMessage        `json:"fullDescription,omitempty"`
	Help                 *sarifMessage        `json:"help,omitempty"`
	HelpURI              string               `json:"helpUri,omitempty"`
	ID                   string               `json:"id"`
	Name                 string               `json:"name,omitempty"`
	Properties           map[string]any       `json:"properties,omitempty"`
	Relationships        []*sarifRelationship `json:"relationships,omitempty"`
	ShortDescription     *sarifMessage        `json:"shortDescription,omitempty"`
}

type sarifConfiguration struct {
	Enabled bool   `json:"enabled"`
	Level   string `json:"level"`
}

type sarifRelationship struct {
	Kinds  []string                 `json:"kinds"`
	Target sarifDescriptorReference `json:"target"`
}

type sarifDescriptorReference struct {
	ID            string                   `json:"id"`
	Index         int                      `json:"index"`
	ToolComponent *sarifComponentReference `json:"toolComponent,omitempty"`
}

// A sarifMessage is a message or a multiformatMessageString.
type sarifMessage struct {
	Markdown string `json:"markdown,omitempty"`
	Text     string `json:"text"`
}

func sarifText(text string) *sarifMessage { return &sarifMessage{Text: text} }

type sarifResult struct {
	PartialFingerprints map[string]string   `json:"partialFingerprints"`
	Fixes               []*sarifFix         `json:"fixes,omitempty"`
	Kind                string              `json:"kind"`
	Level               string              `json:"level"`
	Locations           []*sarifLocation    `json:"locations"`
	Message             *sarifMessage       `json:"message"`
	Properties          map[string]any      `json:"properties"`
	RelatedLocations    []*sarifLocation    `json:"relatedLocations,omitempty"`
	RuleID              string              `json:"ruleId"`
	RuleIndex           *int                `json:"ruleIndex,omitempty"`
	Suppressions        []*sarifSuppression `json:"suppressions,omitempty"`
}

type sarifSuppression struct {
	Justification string `json:"justification,omitempty"`
	Kind          string `json:"kind"`
	Status        string `json:"status"`
}

type sarifLocation struct {
	ID               int                     `json:"id,omitempty"`
	LogicalLocations []*sarifLogicalLocation `json:"logicalLocations,omitempty"`
	Message          *sarifMessage           `json:"message,omitempty"`
	PhysicalLocation *sarifPhysicalLocation  `json:"physicalLocation"`
}

type sarifLogicalLocation struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}

type sarifPhysicalLocation struct {
	ArtifactLocation *sarifArtifactLocation `json:"artifactLocation"`
	ContextRegion    *sarifRegion           `json:"contextRegion,omitempty"`
	Region           *sarifRegion           `json:"region,omitempty"`
}

type sarifArtifactLocation struct {
	Description *sarifMessage `json:"description,omitempty"`
	URI         string        `json:"uri"`
	URIBaseID   string        `json:"uriBaseId,omitempty"`
}

// A sarifRegion is a place in a file; lines and columns count from 1.
type sarifRegion struct {
	EndColumn   int           `json:"endColumn,omitempty"`
	EndLine     int           `json:"endLine,omitempty"`
	Snippet     *sarifContent `json:"snippet,omitempty"`
	StartColumn int           `json:"startColumn,omitempty"`
	StartLine   int           `json:"startLine"`
}

type sarifContent struct {
	Text string `json:"text"`
}

type sarifFix struct {
	ArtifactChanges []*sarifArtifactChange `json:"artifactChanges"`
	Description     *sarifMessage          `json:"description"`
	Properties      map[string]any         `json:"properties"`
}

type sarifArtifactChange struct {
	ArtifactLocation *sarifArtifactLocation `json:"artifactLocation"`
	Replacements     []*sarifReplacement    `json:"replacements"`
}

type sarifReplacement struct {
	DeletedRegion   *sarifRegion  `json:"deletedRegion"`
	InsertedContent *sarifContent `json:"insertedContent,omitempty"`
}

type sarifInvocation struct {
	EndTimeUTC                 string               `json:"endTimeUtc,omitempty"`
	ExecutionSuccessful        bool                 `json:"executionSuccessful"`
	ExitCode                   int                  `json:"exitCode"`
	StartTimeUTC               string               `json:"startTimeUtc,omitempty"`
	ToolExecutionNotifications []*sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Descriptor sarifDescriptorReference `json:"descriptor"`
	Level      string                   `json:"level"`
	Locations  []*sarifLocation         `json:"locations,omitempty"`
	Message    *sarifMessage            `json:"message"`
}
