package reference_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
)

// TestEachMemberOfTheDialectChangesItsAnswer asks twice: the documented guess, and the other reading.
func TestEachMemberOfTheDialectChangesItsAnswer(t *testing.T) {
	readings := maps.Clone(readingsOfCalls)
	maps.Copy(readings, readingsOfKeys)
	for member := range reflect.TypeFor[reference.Dialect]().Fields() {
		name := member.Tag.Get("yaml")
		r, ok := readings[name]
		if !ok {
			t.Errorf("nothing shows what %s does", name)
			continue
		}
		d, err := reference.ParseDialect("d.yaml", []byte(name+": "+r.set+"\n"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := r.ask(plainCaller(t, reference.Options{})); got != r.guess {
			t.Errorf("%s: the guess is answered with %s, want %s", name, got, r.guess)
		}
		if got := r.ask(plainCaller(t, reference.Options{Dialect: d})); got != r.rival {
			t.Errorf("%s: %s is answered with %s, want %s", name, r.set, got, r.rival)
		}
	}
}

func TestADialectFileIsReadStrictly(t *testing.T) {
	if d, err := reference.ParseDialect("d.yaml", nil); err != nil || !reflect.DeepEqual(d, reference.Dialect{}) {
		t.Errorf("an empty file: %+v, %v, want the zero dialect", d, err)
	}
	for text, want := range map[string]string{
		"flatErrors: true\nflatErors: true\n":          "d.yaml:2: ",
		"versionLimit: many\n":                         "d.yaml:1: ",
		"versionLimit: -1\n":                           "d.yaml: versionLimit: it is negative",
		"leeway: -1s\n":                                "d.yaml: leeway: it is negative",
		"answers: {nothing: {status: 400, code: X}}\n": "d.yaml: answers: there is no reason",
		"answers: {no-key: {status: 200, code: X}}\n":  "d.yaml: answers: no-key: it needs a status",
		"answers: {no-key: {status: 404}}\n":           "d.yaml: answers: no-key: it needs a status",
		"answers: {no-key: {stats: 404}}\n":            "d.yaml:1: ",
		"flatErrors: true\nflatErrors: false\n":        "d.yaml:2: ",
		"- flatErrors\n":                               "d.yaml",
	} {
		_, err := reference.ParseDialect("d.yaml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: error %v, want it to begin with %q", text, err, want)
		}
	}
	if _, err := reference.New(reference.Options{Dialect: reference.Dialect{MaxItems: -1}}); err == nil {
		t.Error("a dialect that no file could hold is taken")
	}
}
