package mutant

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/kmsproof/kmsproof/reference"
)

// lists break what the list of keys says.
func lists() []Mutant {
	const list = "GET /"
	return []Mutant{
		{Name: "list-loses-one", Flaw: "The key list leaves the newest key out.", Apply: answers(list, func(data map[string]any) {
			if list, ok := data["keyList"].([]any); ok && len(list) > 0 {
				data["keyList"] = list[:len(list)-1]
			}
		})},
		{Name: "ten-keys", Flaw: "An account may create ten keys and no more.", Apply: tenKeys},
		{Name: "list-without-names", Flaw: "The key list does not name the keys.", Apply: rows(set("keyName", ""))},
		{Name: "list-counts-a-page", Flaw: "The key list counts the keys of the page for all.", Apply: answers(list, func(data map[string]any) {
			keys, _ := data["keyList"].([]any)
			data["totalCount"], data["totalPageNo"] = len(keys), 1
		})},
		{Name: "list-stays-on-a-page", Flaw: "Whatever page of the key list is asked for, the first comes.", Apply: query(func(q url.Values) { q.Del("pageNo") })},
		{Name: "list-of-one", Flaw: "Unless asked otherwise a page of the key list holds one key.", Apply: query(func(q url.Values) {
			if !q.Has("pageSize") {
				q.Set("pageSize", "1")
			}
		})},
		{Name: "list-up-to-100", Flaw: "A page of the key list has 100 keys at most, and more are refused.", Apply: query(func(q url.Values) {
			if n, _ := strconv.Atoi(q.Get("pageSize")); n > 100 {
				q.Set("pageSize", "0")
			}
		})},
		{Name: "list-from-2", Flaw: "A page of the key list has two keys at least.", Apply: query(func(q url.Values) {
			if q.Get("pageSize") == "1" {
				q.Set("pageSize", "2")
			}
		})},
		{Name: "list-newest-first", Flaw: "The key list begins with the newest key.", Apply: answers(list, func(data map[string]any) {
			data["keyList"] = reversed(data["keyList"])
		})},
		{Name: "list-without-end", Flaw: "Beyond the last page of the key list the first comes again.", Apply: query(func(q url.Values) {
			if n, err := strconv.Atoi(q.Get("pageNo")); err == nil && n > 1000 {
				q.Del("pageNo")
			}
		})},
		{Name: "list-from-page-0", Flaw: "Page 0 of the key list is the first.", Apply: query(func(q url.Values) {
			if q.Get("pageNo") == "0" {
				q.Del("pageNo")
			}
		})},
		{Name: "list-destroys-all", Flaw: "The key list names for every key a time when it goes.", Apply: rows(func(row map[string]any) {
			row["destroyDate"] = row["registerDate"]
		})},
	}
}

// tenKeys lets ten keys be created, and refuses each other by making its name a wrong one.
func tenKeys(o *reference.Options) {
	made := &tally{}
	before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		if at != "POST /" {
			next.ServeHTTP(w, r)
			return
		}
		if made.of("any") >= 10 {
			r = rewritten(r, members(func(m map[string]any) { m["keyName"] = "" }))
		}
		c := capture(next, r)
		if c.ok() {
			made.count("any")
		}
		c.send(w)
	})(o)
}

// rows returns a flaw in each entry of the key list.
func rows(change func(row map[string]any)) func(*reference.Options) {
	return answers("GET /", func(data map[string]any) {
		keys, _ := data["keyList"].([]any)
		for row := range slices.Values(keys) {
			if members, ok := row.(map[string]any); ok {
				change(members)
			}
		}
	})
}

// query returns a flaw that changes the query of the key list after it was signed.
func query(change func(url.Values)) func(*reference.Options) {
	return before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		if at == "GET /" {
			signed := r.URL.RequestURI()
			r = r.Clone(r.Context())
			q := r.URL.Query()
			change(q)
			r.URL.RawQuery, r.RequestURI = q.Encode(), signed
		}
		next.ServeHTTP(w, r)
	})
}
