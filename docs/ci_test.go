//go:build e2e

package docs_test

import "testing"

func TestTheCIPageDoesWhatItShows(t *testing.T) { does(t, "ci.md", 5, "bash", "grep", "tail") }
