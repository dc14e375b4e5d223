package docs_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

func TestMyClient(t *testing.T) {
	now := clock.NewManual(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	kms := reference.NewServer(reference.Options{Clock: now, MachineSignatures: true})
	defer kms.Close()

	owner := kms.Accounts()[0]
	client := NewClient(kms.URLs[reference.API20], owner.AccessKey, owner.SecretKey)
	if !client.Works() {
		t.Error("a fresh client does not work")
	}
	now.Advance(73 * time.Hour) // its access token is dead: does it ask for another?
	if !client.Works() {
		t.Error("the client does not renew its token")
	}
}

func TestMyServer(t *testing.T) {
	steps.Test(t, proof.Reference(reference.Options{}), steps.Options{Rule: "KMS2-ACL"})
}

// A client stands for the reader's own, for which the reference is there to be tested.
type client struct{ url string }

func NewClient(url, _, _ string) client { return client{url} }

// Works asks the server for anything at all: an unsigned call is answered with a refusal.
func (c client) Works() bool {
	answer, err := http.Get(c.url + "/kms/v1/keys")
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusUnauthorized
}

func TestTheReadmeAsksForTheGoThatBuildsIt(t *testing.T) {
	module, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(string(module), "\ngo ")
	version, _, _ = strings.Cut(version, "\n")
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := "Go " + version + " or newer"; version == "" || !strings.Contains(string(readme), want) {
		t.Errorf("README.md does not say %q", want)
	}
}

func TestTheReadmeShowsTestedCode(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("embed_test.go")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for part := range strings.SplitSeq(string(readme), "```go\n") {
		snippet, _, fenced := strings.Cut(part, "```")
		if shown++; shown == 1 || !fenced {
			continue // what stands before the first fence
		}
		if !strings.Contains(string(code), snippet) {
			t.Errorf("this snippet of the README is in no test:\n%s", snippet)
		}
	}
	if shown < 2 {
		t.Error("the README shows no Go code")
	}
}

func TestTheReadmesTargetFileIsOne(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```yaml\n")
	file, _, fenced := strings.Cut(rest, "```")
	if !fenced {
		t.Fatal("the README shows no target file")
	}
	set := func(string) (string, bool) { return "x", true }
	if _, err := target.Parse("README.md", []byte(file), set); err != nil {
		t.Error(err)
	}
}
