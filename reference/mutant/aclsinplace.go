package mutant

import (
	"encoding/json"
	"net/http"
)

// listed is the IP ACL of the key of a call.
func listed(o owner, next http.Handler, r *http.Request) (list []any) {
	inAnswer(o.about(next, r, http.MethodGet, "/acl"), func(data map[string]any) { list, _ = data["allowedIpList"].([]any) })
	return list
}

// unlist deletes addresses from the IP ACL of the key of a call.
func unlist(o owner, next http.Handler, r *http.Request, list []any) *captured {
	body, _ := json.Marshal(map[string]any{"ipList": list})
	return o.call(next, r, http.MethodDelete, "/kms/v1/keys/"+keyOf(r)+"/acl", body)
}

// deletesAll takes an address that is not listed for all that are.
func deletesAll(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
	if route != "DELETE /{keyTag}/acl" {
		next.ServeHTTP(w, r)
		return
	}
	before := listed(o, next, r)
	c := capture(next, r)
	if c.ok() && len(before) > 0 && len(listed(o, next, r)) == len(before) {
		c = unlist(o, next, r, before)
	}
	c.send(w)
}

// offEmpties empties an IP ACL that is switched off.
func offEmpties(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
	c := capture(next, r)
	if route == "POST /{keyTag}/acl/disable" && c.ok() {
		if list := listed(o, next, r); len(list) > 0 {
			unlist(o, next, r, list)
		}
	}
	c.send(w)
}
