package fix

import "strings"

// A format is a kind of configuration in which keys become references.
type format struct {
	is  func(lower string, src []byte) bool // by the path in lower case and the text
	fix func(w *work, start, end int, name string) (*change, string)
}

// formats are tried in order.
var formats = []format{
	{isEnvExample, (*work).envExample},
	{isWorkflow, (*work).workflow},
	{isAction, (*work).action},
	{isGitLab, (*work).gitLab},
	{isCircle, (*work).circle},
	{isAzure, (*work).azure},
	{isBitbucket, (*work).bitbucket},
	{isDockerfile, (*work).dockerfile},
	{isCompose, (*work).compose},
	{isKubernetes, (*work).kubernetes},
	{isHelmValues, (*work).helmValues},
	{isSpring, (*work).spring},
	{isAnsible, (*work).ansible},
	{isTerraform, (*work).terraform},
	{isProperties, (*work).properties},
	{isAppSettings, (*work).appSettings},
	{isRequests, (*work).requests},
	{isRequestVariables, (*work).requestVariables},
	{isPostman, (*work).postman},
	{isMakefile, (*work).makefile},
	{isDocument, (*work).document},
}

// formatOf returns the format of a file; nil for none that is known.
func formatOf(name string, src []byte) *format {
	lower := strings.ToLower(name)
	for i := range formats {
		if formats[i].is(lower, src) {
			return &formats[i]
		}
	}
	return nil
}

func isYAMLName(lower string) bool {
	return strings.HasSuffix(lower, ".yml") || strings.HasSuffix(lower, ".yaml")
}
