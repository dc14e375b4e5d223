package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// canaries are the secrets that went through a reference, by what they are.
type canaries struct {
	mu   sync.Mutex
	seen map[string]string
}

var aToken = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)`)

func (s *canaries) add(name, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(secret) >= 8 {
		s.seen[secret] = name
	}
}

// hear stands before the handlers of a reference.
func (s *canaries) hear(_ string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if signed := aToken.FindStringSubmatch(r.Header.Get(target.HeaderToken)); signed != nil {
			s.add("the signature of a token", signed[1])
		}
		s.add("a signature of an account", r.Header.Get(target.HeaderSignatureV2))
		kept := httptest.NewRecorder()
		next.ServeHTTP(kept, r)
		for _, signed := range aToken.FindAllStringSubmatch(kept.Body.String(), -1) {
			s.add("the signature of a token", signed[1])
		}
		maps.Copy(w.Header(), kept.Header())
		w.WriteHeader(kept.Code)
		_, _ = w.Write(kept.Body.Bytes())
	})
}

// in returns what secrets a text shows.
func (s *canaries) in(text string) []string {
	var found []string
	for secret, name := range s.seen {
		for form, shown := range map[string]string{
			"plain": secret, "hex": hex.EncodeToString([]byte(secret)), "base64": base64.RawStdEncoding.EncodeToString([]byte(secret)), "URL": url.QueryEscape(secret),
		} {
			if strings.Contains(text, shown) {
				found = append(found, name+" as "+form)
			}
		}
	}
	return found
}

// TestTheCommandsLeaveNoSecret plays a load and some scenarios on a target file, and looks through all that the
// commands print and leave in their folders: the call log, the latencies, every report.
func TestTheCommandsLeaveNoSecret(t *testing.T) {
	t.Parallel()
	s := &canaries{seen: map[string]string{}}
	server := reference.NewServer(reference.Options{Wrap: s.hear})
	defer server.Close()
	owner := server.Accounts()[0]
	s.add("the secret key", owner.SecretKey)
	s.add("the API key", owner.APIKey)
	folder := t.TempDir()
	file := filepath.Join(folder, "target.yaml")
	text := "name: canary\napi20: " + server.URLs[reference.API20] + "\nadmin: " + server.URLs[reference.Admin] +
		"\ncredentials:\n  owner: {accessKey: " + owner.AccessKey + ", secretKey: " + owner.SecretKey + ", apiKey: " + owner.APIKey + "}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	run := func(args ...string) {
		cmd := exec.Command("kmsproof", args...)
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() == exitUsage {
			t.Fatalf("kmsproof %v: %v\n%s", args, err, said.Bytes())
		}
	}
	run("load", "gentle", "--duration", "400ms", "--target", file, "--out", filepath.Join(folder, "load"))
	run("conform", "--rule", "KMS2-TOK-0", "--trace", "--target", file, "--out", filepath.Join(folder, "conform"))
	for _, format := range formats() {
		run("report", filepath.Join(folder, "load", "run.json"), "--format", format, "-o", filepath.Join(folder, "load", "as."+format))
	}
	kinds := map[string]int{}
	for _, name := range s.seen {
		kinds[name]++
	}
	if len(kinds) != 4 {
		t.Errorf("the commands showed the test %v, want four kinds of secrets", kinds)
	}
	told := map[string]string{"stdout and stderr": said.String()}
	for _, out := range []string{"load", "conform"} {
		err := fs.WalkDir(os.DirFS(folder), out, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := os.ReadFile(filepath.Join(folder, path))
			told[path] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%v in %d texts", kinds, len(told))
	for _, name := range []string{"stdout and stderr", "load/run.json", "load/load-gentle.calls", "load/load-gentle.hlog", "load/report.html", "load/as.hgrm", "conform/run.json", "conform/junit.xml"} {
		if told[name] == "" {
			t.Errorf("%s is empty", name)
		}
	}
	for where, text := range told {
		for _, leak := range s.in(text) {
			t.Errorf("%s shows %s", where, leak)
		}
	}
	if leaks := s.in("x" + owner.SecretKey + "y"); len(leaks) == 0 {
		t.Errorf("a text with the secret key: %v, want it found", leaks)
	}
}
