package report

import (
	"fmt"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// cweNames are the names of the entries of the Common Weakness Enumeration about credentials,
// from https://cwe.mitre.org/data/definitions/. Other entries are shown by number alone.
var cweNames = map[int]string{
	200:  "Exposure of Sensitive Information to an Unauthorized Actor",
	214:  "Invocation of Process Using Visible Sensitive Information",
	215:  "Insertion of Sensitive Information Into Debugging Code",
	256:  "Plaintext Storage of a Password",
	259:  "Use of Hard-coded Password",
	260:  "Password in Configuration File",
	262:  "Not Using Password Aging",
	276:  "Incorrect Default Permissions",
	295:  "Improper Certificate Validation",
	311:  "Missing Encryption of Sensitive Data",
	312:  "Cleartext Storage of Sensitive Information",
	319:  "Cleartext Transmission of Sensitive Information",
	321:  "Use of Hard-coded Cryptographic Key",
	324:  "Use of a Key Past its Expiration Date",
	497:  "Exposure of Sensitive System Information to an Unauthorized Control Sphere",
	522:  "Insufficiently Protected Credentials",
	526:  "Cleartext Storage of Sensitive Information in an Environment Variable",
	532:  "Insertion of Sensitive Information into Log File",
	538:  "Insertion of Sensitive Information into Externally-Accessible File or Directory",
	540:  "Inclusion of Sensitive Information in Source Code",
	541:  "Inclusion of Sensitive Information in an Include File",
	547:  "Use of Hard-coded, Security-relevant Constants",
	552:  "Files or Directories Accessible to External Parties",
	598:  "Use of GET Request Method With Sensitive Query Strings",
	602:  "Client-Side Enforcement of Server-Side Security",
	615:  "Inclusion of Sensitive Information in Source Code Comments",
	732:  "Incorrect Permission Assignment for Critical Resource",
	798:  "Use of Hard-coded Credentials",
	922:  "Insecure Storage of Sensitive Information",
	1392: "Use of Default Credentials",
}

func cweTaxonomy() *sarif.ToolComponent {
	const url = "https://cwe.mitre.org/"
	return sarif.NewToolComponent().WithName("CWE").WithOrganization("MITRE").
		WithInformationURI(url).WithDownloadURI(url + "data/downloads.html").
		WithShortDescription(multiformat("The MITRE Common Weakness Enumeration."))
}

// cweReference points at the taxonomy, the first and only one of the run.
func cweReference() *sarif.ToolComponentReference {
	return sarif.NewToolComponentReference().WithName("CWE").WithIndex(0)
}

// addCWE returns the index of an entry in the taxonomy, adding it if it is new.
func addCWE(taxonomy *sarif.ToolComponent, cwe int) int {
	id := fmt.Sprint(cwe)
	for i, entry := range taxonomy.Taxa {
		if *entry.ID == id {
			return i
		}
	}
	entry := sarif.NewReportingDescriptor().WithID(id).
		WithHelpURI(fmt.Sprintf("https://cwe.mitre.org/data/definitions/%d.html", cwe))
	if name := cweNames[cwe]; name != "" {
		entry.WithShortDescription(multiformat(name + "."))
	}
	taxonomy.Taxa = append(taxonomy.Taxa, entry)
	return len(taxonomy.Taxa) - 1
}
