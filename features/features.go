// Package features holds the data of the conformance suite: the scenarios, the register of the rules
// that they check, and the OpenAPI files of the imitated APIs. It knows nothing of how they are run.
package features

import (
	"embed"
	"io/fs"
	"sync"
)

//go:embed *.feature *.yaml *.json
var files embed.FS

// RulesFile is the name of the register in a file system of features.
const RulesFile = "rules.yaml"

// FS returns the embedded files: *.feature, rules.yaml, statements.yaml, *.openapi.yaml and state.schema.json,
// without folders.
func FS() fs.FS { return files }

// Rules returns the embedded register in the order of its file. The caller must not change it.
// A register that does not parse is a mistake of the build, so it panics.
var Rules = sync.OnceValue(func() []Rule {
	rules, err := Load(files)
	if err != nil {
		panic(err)
	}
	return rules
})
