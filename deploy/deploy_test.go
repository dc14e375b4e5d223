// Package deploy_test holds what starts kmsproof elsewhere against what is published about it.
package deploy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// published is an excerpt of the OpenAPI description of Kubernetes; its info says of which and from where.
const published = "testdata/kubernetes-v1.36.1.json"

// kinds are the definitions of what a manifest may hold.
var kinds = map[string]string{
	"batch/v1 Job":                       "io.k8s.api.batch.v1.Job",
	"v1 ConfigMap":                       "io.k8s.api.core.v1.ConfigMap",
	"v1 PersistentVolumeClaim":           "io.k8s.api.core.v1.PersistentVolumeClaimTemplate", // the same without kind and status
	"v1 Secret":                          "io.k8s.api.core.v1.Secret",
	"v1 Namespace":                       "io.k8s.api.core.v1.Namespace",
	"networking.k8s.io/v1 NetworkPolicy": "io.k8s.api.networking.v1.NetworkPolicy",
}

// schema compiles a definition, in which members that it does not name are refused: the API server drops
// them, and a misspelt limit would be none.
func schema(t *testing.T, definition string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Definitions map[string]map[string]any }
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	for name, d := range doc.Definitions {
		if _, ok := d["properties"]; ok {
			d["additionalProperties"] = false
		}
		all[name] = d
	}
	all["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] = map[string]any{"type": []any{"integer", "string"}}
	all["io.k8s.apimachinery.pkg.api.resource.Quantity"] = map[string]any{"type": []any{"integer", "string"}, "pattern": `^[0-9]+(\.[0-9]+)?(m|k|M|G|Ki|Mi|Gi)?$`}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	if err := c.AddResource("k8s.json", map[string]any{"definitions": all}); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("k8s.json#/definitions/" + definition)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// holds checks a manifest, whole.
func holds(t *testing.T, text []byte) error {
	t.Helper()
	for part := range strings.SplitSeq(string(text), "\n---\n") {
		var doc map[string]any
		if err := yaml.UnmarshalWithOptions([]byte(part), &doc, yaml.Strict()); err != nil {
			return err
		}
		plain, err := json.Marshal(doc)
		if err != nil {
			return err
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(plain)))
		if err != nil {
			return err
		}
		kind := fmt.Sprintf("%v %v", doc["apiVersion"], doc["kind"])
		if kinds[kind] == "" {
			return fmt.Errorf("a %s is not expected here", kind)
		}
		if members := v.(map[string]any); strings.HasSuffix(kinds[kind], "Template") {
			delete(members, "apiVersion")
			delete(members, "kind")
		}
		if err := schema(t, kinds[kind]).Validate(v); err != nil {
			return err
		}
	}
	return nil
}

func TestManifestsAreWhatKubernetesPublishes(t *testing.T) {
	files, err := filepath.Glob("kubernetes/*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := holds(t, text); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// Every volume that a manifest claims is one that another makes.
func TestClaimedVolumesAreMade(t *testing.T) {
	volume, err := os.ReadFile("kubernetes/volume.yaml")
	if err != nil {
		t.Fatal(err)
	}
	coordinator, err := os.ReadFile("kubernetes/coordinator.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, name, ok := strings.Cut(string(coordinator), "claimName: ")
	name, _, _ = strings.Cut(name, "}")
	if !ok || !strings.Contains(string(volume), "\n  name: "+name+"\n") {
		t.Errorf("the claim %q is not made", name)
	}
}

func TestAWrongManifestIsNoticed(t *testing.T) {
	text, err := os.ReadFile("kubernetes/workers.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"a member misspelt":        {"readOnlyRootFilesystem", "readonlyRootFilesystem"},
		"a member of another kind": {"completions: 8", "replicas: 8"},
		"a number as text":         {"parallelism: 8", `parallelism: "8"`},
		"a member that is needed":  {"        - name: worker\n", "        - imagePullPolicy: Always\n"},
		"another kind":             {"kind: Job", "kind: Jobs"},
		"no quantity":              {"memory: 512Mi", "memory: 512 megabytes"},
	} {
		wrong := strings.Replace(string(text), change[0], change[1], 1)
		if wrong == string(text) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if holds(t, []byte(wrong)) == nil {
			t.Errorf("%s: nothing is wrong with it", name)
		}
	}
}
