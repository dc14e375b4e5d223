//go:build e2e

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reports"
)

// TestTheCurlLinesRepeatTheCalls pastes the command lines of a run's report into bash, against the
// same server, and expects the statuses that the run saw. The keys were kept, so their names are taken:
// creating them and their creators again is left out.
func TestTheCurlLinesRepeatTheCalls(t *testing.T) {
	dir := t.TempDir()
	file, out := filepath.Join(dir, "target.yaml"), filepath.Join(dir, "out")
	p := serve(t, "--write-target", file)
	conform := exec.Command("kmsproof", "conform", "--target", file, "--out", out, "--keep", "--trace", "--parallel", "1",
		"cipher/A plaintext of 32 bytes comes back*", "cipher/A list of * is answered by a list*", "forged/none as the algorithm is refused")
	if text, err := conform.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	run, err := reports.Read(filepath.Join(out, runFile))
	if err != nil {
		t.Fatal(err)
	}
	repeated := 0
	for _, s := range run.Scenarios {
		variables := []string{
			"ACCESS_KEY=" + p.ready["accessKey"], "SECRET_KEY=" + p.ready["secretKey"], "FORGED_TOKEN=eyJ.e30.",
		}
		for _, x := range s.Exchanges {
			if strings.HasSuffix(x.Request, "/keys") || strings.HasPrefix(x.Request, "POST") && strings.HasSuffix(x.Request, "/token-generator") {
				continue
			}
			status, answer := repeat(t, x.Curl, append(fitted(x, variables), "PLAINTEXT="+plaintext(x)))
			if status != fmt.Sprint(x.Status) {
				t.Errorf("%s\nstatus %s, the run saw %d\n%s", x.Curl, status, x.Status, answer)
			}
			variables = append(variables, secrets(answer)...)
			repeated++
		}
	}
	if repeated < 20 {
		t.Errorf("%d calls repeated, want more", repeated)
	}
}

// plaintext stands for one or, in a list, for two.
func plaintext(x reports.Exchange) string {
	if strings.Contains(x.Body, "[$") {
		return `"QQ==","Qg=="`
	}
	return "QQ=="
}

// fitted takes the first of a list where the call has place for one.
func fitted(x reports.Exchange, variables []string) []string {
	if strings.Contains(x.Body, "[$") {
		return slices.Clone(variables)
	}
	var out []string
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		first, _, _ := strings.Cut(strings.TrimPrefix(value, `"`), `"`)
		out = append(out, name+"="+first)
	}
	return out
}

func repeat(t *testing.T, line string, variables []string) (status, answer string) {
	t.Helper()
	cmd := exec.Command("bash", "-uc", line+` -w '\n%{http_code}'`)
	cmd.Env = append(os.Environ(), variables...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	i := strings.LastIndexByte(string(out), '\n')
	return string(out[i+1:]), string(out[:i])
}

// member finds what an answer gives for the next call, alone or in a list.
var member = regexp.MustCompile(`"(accessToken|refreshToken|ciphertext)":(?:"([^"]*)"|\[([^\]]*)\])`)

func secrets(answer string) []string {
	names := map[string]string{"accessToken": "ACCESS_TOKEN", "refreshToken": "REFRESH_TOKEN", "ciphertext": "CIPHERTEXT"}
	var out []string
	for _, m := range member.FindAllStringSubmatch(answer, -1) {
		out = append(out, names[m[1]]+"="+m[2]+m[3])
	}
	return out
}
