package codec

// forms are all the forms, in the order in which they are tried.
var forms = []*form{
	base64Form, cutBase64Form, base64WideForm, packedForm, deflatedForm, wordForm,
	backslashForm, escapeForm, octalForm, cssForm, percentForm, htmlForm, quotedPrintableForm, encodedWordForm,
	hexForm, charCodesForm, rot13Form, reversedForm,
	ansiForm, foldedForm, joinedForm, rawForm, underscoredForm, wordsForm, templateForm, constantForm, replacedForm,
}

// splitAnchors are what is left of a key's beginning where its first letters are apart.
func splitAnchors() []string {
	return []string{"_sk_prod", "_sk_live", "_sk_stag", "_sk_test", "_sk_dev"}
}
