package mutant

import (
	"net/http"
	"strings"

	"github.com/kmsproof/kmsproof/reference"
)

// A stage is what must come before a change of a key so that it can be made.
type stage []struct{ method, rest string }

// stages are the changes of a key that does not exist, each with what comes before it.
var stages = map[string]stage{
	"POST /{keyTag}/enable":                {{http.MethodPost, "/disable"}},
	"POST /{keyTag}/disable":               nil,
	"PUT /{keyTag}/name":                   nil,
	"POST /{keyTag}/request-deletion":      nil,
	"POST /{keyTag}/cancel-deletion":       {{http.MethodPost, "/request-deletion"}},
	"PUT /{keyTag}/rotation-period":        {{http.MethodPost, "/enable-auto-rotation"}},
	"POST /{keyTag}/enable-auto-rotation":  nil,
	"POST /{keyTag}/disable-auto-rotation": {{http.MethodPost, "/enable-auto-rotation"}},
	"POST /{keyTag}/versions/1/enable":     {{http.MethodPost, "/rotate"}, {http.MethodPost, "/versions/1/disable"}},
	"POST /{keyTag}/versions/1/disable":    {{http.MethodPost, "/rotate"}},
	"POST /{keyTag}/token-generator":       nil,
	"PUT /{keyTag}/token-generator":        {{http.MethodPost, "/token-generator"}},
	"DELETE /{keyTag}/token-generator":     {{http.MethodPost, "/token-generator"}},
	"POST /{keyTag}/token-set":             {{http.MethodPost, "/token-generator"}},
	"POST /{keyTag}/acl/enable":            nil,
	"POST /{keyTag}/acl/disable":           {{http.MethodPost, "/acl/enable"}},
	"POST /{keyTag}/migrate":               {{http.MethodPost, "/disable"}},
	"DELETE /{keyTag}":                     {{http.MethodPost, "/request-deletion"}},
}

// changesOnDemand makes a key when one that does not exist is to be changed, and changes that.
func changesOnDemand(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
	before, ok := stages[route]
	if !ok {
		next.ServeHTTP(w, r)
		return
	}
	body, c := heard(next, r)
	if c.status == http.StatusNotFound {
		path := "/kms/v1/keys/" + o.make(next, r, "AES256")
		for _, b := range before {
			o.call(next, r, b.method, path+b.rest, nil)
		}
		rest := strings.TrimPrefix(r.URL.Path, "/kms/v1/keys/"+keyOf(r))
		c = o.call(next, r, r.Method, path+rest, body)
	}
	c.send(w)
}

func absent() []Mutant {
	return []Mutant{
		{Name: "changes-on-demand", Flaw: "Who changes a key that does not exist makes one and changes it.", Apply: inPlace(reference.API20, changesOnDemand)},
	}
}
