package docs_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

func Example_faults() {
	state, err := reference.ParseState("state.yaml", []byte(`
accounts: [{name: owner, policy: NCP_ADMINISTRATOR, accessKey: AK1, secretKey: SK1}]
keys: [{name: orders, tag: orders, creator: {}}]
`))
	if err != nil {
		panic(err)
	}
	var o reference.Options
	o.Use(state)
	server := reference.NewServer(o)
	defer server.Close()

	encrypt := func() string { // a client of yours would sign
		answer, err := http.Post(server.URLs[reference.API20]+"/kms/v1/keys/orders/encrypt", "application/json", nil)
		if err != nil {
			return "no answer"
		}
		defer answer.Body.Close()
		return answer.Status
	}
	if err := server.SetFaults(reference.FaultScript{Faults: []reference.Fault{{Op: kms.Encrypt, Status: 503, Times: 2}}}); err != nil {
		panic(err)
	}
	fmt.Println(encrypt(), "|", encrypt(), "|", encrypt())
	for _, e := range server.Journal().Entries(reference.Filter{Op: kms.Encrypt, Status: 503}) {
		fmt.Println(e.Key, e.Fault)
	}
	// Output:
	// 503 Service Unavailable | 503 Service Unavailable | 401 Unauthorized
	// orders #1
	// orders #1
}

func Example_mutant() {
	flaw, err := mutant.Find("acl-default-allow")
	if err != nil {
		panic(err)
	}
	// A server for tests of yours, which should notice.
	server := reference.NewServer(flaw.Options(reference.Options{}))
	defer server.Close()

	// The same for the scenarios.
	result, err := steps.Run(context.Background(), steps.Options{
		Open: proof.Mutant(flaw, reference.Options{}), Rule: "KMS2-ACL-002",
	})
	if err != nil {
		panic(err)
	}
	for _, s := range result.Scenarios {
		if s.Outcome == reports.Failed {
			fmt.Println(s.Title)
			break
		}
	}
	// Output: Switched on, it denies the access token to everybody
}

func TestThePageAboutControlShowsTestedCode(t *testing.T) {
	page, err := os.ReadFile("control.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("control_test.go")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(page), "```go\n")[1:]
	if len(parts) < 2 {
		t.Error("the page shows no Go code")
	}
	for _, part := range parts {
		snippet, _, _ := strings.Cut(part, "```")
		if !strings.Contains(string(code), snippet) {
			t.Errorf("this snippet of the page is in no test:\n%s", snippet)
		}
	}
}
