// Command vet is the analyzers that go vet does not bring, as a -vettool. go vet keeps their results
// in the build cache, so what did not change is not looked at again.
package main

import (
	"github.com/ldez/usetesting"
	"github.com/polyfloyd/go-errorlint/errorlint"
	"github.com/timakin/bodyclose/passes/bodyclose"
	"golang.org/x/tools/go/analysis/passes/nilness"
	"golang.org/x/tools/go/analysis/passes/unusedwrite"
	"golang.org/x/tools/go/analysis/unitchecker"
)

func main() {
	unitchecker.Main(
		bodyclose.Analyzer,       // an answer's body that nobody closes holds its connection
		errorlint.NewAnalyzer(),  // errors compared by == or a type assertion miss wrapped ones
		nilness.Analyzer,         // what is certainly nil when it is used
		unusedwrite.Analyzer,     // a write to a field of a copy that nobody reads
		usetesting.NewAnalyzer(), // t.Context, t.TempDir and t.Setenv clean up after themselves
	)
}
