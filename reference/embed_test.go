package reference_test

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/target"
)

// TestAnImporterGetsNoToolsOfTheSuite holds what a program takes on that embeds the reference.
func TestAnImporterGetsNoToolsOfTheSuite(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "github.com/kmsproof/kmsproof/reference").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 50 {
		t.Fatalf("only %d packages: the list is not what it should be", len(deps))
	}
	for _, dep := range deps {
		for _, tool := range []string{
			"spf13/", "nats-io/", "cucumber/", "tsenart/", "getkin/", "c2sp/", "uber.org/goleak", "testing", "HdrHistogram/",
			"kmsproof/steps", "kmsproof/loadgen", "kmsproof/reports", "kmsproof/target", "kmsproof/cmd", "kmsproof/proof",
		} {
			if strings.Contains(dep, tool) {
				t.Errorf("who imports reference builds %s", dep)
			}
		}
	}
}

// listAs asks for the key list as the owner of the service.
func listAs(client *http.Client, s *reference.Service, base string) string {
	r, err := http.NewRequest(http.MethodGet, base+"/kms/v1/keys", nil)
	if err != nil {
		return err.Error()
	}
	owner := s.Accounts()[0]
	target.SignatureV2{AccessKey: owner.AccessKey, SecretKey: owner.SecretKey}.Authorize(r, s.Clock().Now())
	resp, err := client.Do(r)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s %s", resp.Status, text)
}

func ExampleNewServer() {
	server := reference.NewServer(reference.Options{
		Clock: clock.NewManual(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)),
	})
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	fmt.Println(listAs(client, server.Service, server.URLs[reference.API20]))
	// Output: 200 OK {"code":"SUCCESS","data":{"keyList":[],"currentPageNo":1,"totalPageNo":0,"totalCount":0}}
}

func ExampleService_RoundTripper() {
	service, err := reference.New(reference.Options{})
	if err != nil {
		panic(err)
	}
	client := &http.Client{Transport: service.RoundTripper(netip.MustParseAddr("192.0.2.1"))}
	fmt.Println(listAs(client, service, reference.MemoryURLs()[reference.API20]))
	fmt.Println("called from", service.Journal().Entries(reference.Filter{})[0].From)
	// Output:
	// 200 OK {"code":"SUCCESS","data":{"keyList":[],"currentPageNo":1,"totalPageNo":0,"totalCount":0}}
	// called from 192.0.2.1
}

func ExampleService_SetFaults() {
	service, err := reference.New(reference.Options{})
	if err != nil {
		panic(err)
	}
	client := &http.Client{Transport: service.RoundTripper(netip.MustParseAddr("192.0.2.1"))}
	if err := service.SetFaults(reference.FaultScript{Faults: []reference.Fault{{Op: "list-keys", Status: 503}}}); err != nil {
		panic(err)
	}
	for range 2 {
		fmt.Println(listAs(client, service, reference.MemoryURLs()[reference.API20]))
	}
	// Output:
	// 503 Service Unavailable {"error":{"errorCode":"500","message":"Endpoint Error","details":"fault #1"}}
	// 200 OK {"code":"SUCCESS","data":{"keyList":[],"currentPageNo":1,"totalPageNo":0,"totalCount":0}}
}

// BenchmarkNew is a fresh service for a scenario.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := reference.New(reference.Options{Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
