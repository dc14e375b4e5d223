package console_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryTextHasItsKorean compares the texts that the page's scripts use with the dictionary.
func TestEveryTextHasItsKorean(t *testing.T) {
	scripts, err := filepath.Glob("page/*.js")
	if err != nil {
		t.Fatal(err)
	}
	used, known := map[string]bool{}, map[string]bool{}
	for _, path := range scripts {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(path) == "korean.js" {
			for _, m := range regexp.MustCompile(`'([^']+)': '[^']+'`).FindAllStringSubmatch(string(text), -1) {
				known[m[1]] = true
			}
			continue
		}
		for _, m := range regexp.MustCompile(`\bt\('([^']+)'`).FindAllStringSubmatch(string(text), -1) {
			used[m[1]] = true
		}
		if strings.Contains(string(text), "innerHTML") {
			t.Errorf("%s makes markup of text", path)
		}
	}
	if len(used) < 100 {
		t.Fatalf("%d texts were found: the scripts are written otherwise", len(used))
	}
	for text := range used {
		if !known[text] {
			t.Errorf("no Korean for %q", text)
		}
	}
	for text := range known {
		if !used[text] {
			t.Errorf("nothing says %q", text)
		}
	}
}
