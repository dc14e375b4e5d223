package steps

import (
	"context"
	"fmt"
	"strings"

	"github.com/kmsproof/kmsproof/target"
)

func (w *world) wireSteps(add func(string, any)) {
	add(`I call (GET|POST|PUT|DELETE) (\S+)`, func(ctx context.Context, method, path string) error {
		return w.callRoute(ctx, method, path, target.API20)
	})
	add(`I call (GET|POST|PUT|DELETE) (\S+) on API 1.0`, func(ctx context.Context, method, path string) error {
		return w.callRoute(ctx, method, path, target.API10)
	})
	add(`I send a key creation that is (.+)`, w.sendCreation)
	add(`I send (a token set request|an IP ACL change|an encryption|a new name|a new memo|a new rotation period|a migration) that is (.+)`,
		func(ctx context.Context, what, flaw string) error {
			return w.sendMalformed(ctx, rightRequests[what], w.owner(), flaw)
		})
	add(`I send a renewal of (the token set|the access token) that is (.+)`, func(ctx context.Context, what, flaw string) error {
		t, err := w.token("the refresh token")
		if err != nil {
			return err
		}
		return w.sendMalformed(ctx, rightRequests["a renewal of "+what], target.Token(t.text), flaw)
	})
	add(`I encrypt without a content type with {caller}`, func(ctx context.Context, caller string) error {
		return w.encryptTyped(ctx, "", caller)
	})
	add(`I encrypt with the content type (\S+) with {caller}`, w.encryptTyped)
	add(`the state of the key is noted`, func(ctx context.Context) error { return w.note(ctx, "state", w.stateOfKey) })
	add(`the state of the key is as noted`, func(ctx context.Context) error { return w.asNoted(ctx, "state", w.stateOfKey) })
	add(`the list of keys is noted`, func(ctx context.Context) error { return w.note(ctx, "list", w.ownKeys) })
	add(`the list of keys is as noted`, func(ctx context.Context) error { return w.asNoted(ctx, "list", w.ownKeys) })
}

// A rightRequest is a right request about the key with a body.
type rightRequest struct{ method, rest, body string }

// rightRequests are called by what sentences call them.
var rightRequests = map[string]rightRequest{
	"a token set request":           {"POST", "/token-set", `{"accessTokenHours":1}`},
	"an IP ACL change":              {"POST", "/acl", `{"ipList":["192.0.2.1"]}`},
	"an encryption":                 {"POST", "/encrypt", `{"plaintext":"a21zcHJvb2Y="}`},
	"a new name":                    {"PUT", "/name", `{"keyName":"kp-malformed"}`},
	"a new memo":                    {"PUT", "/memo", `{"memo":"malformed"}`},
	"a new rotation period":         {"PUT", "/rotation-period", `{"rotationPeriod":7}`},
	"a migration":                   {"POST", "/migrate", `{"targetRegion":"KR"}`},
	"a renewal of the token set":    {"PUT", "/token-set", `{"accessTokenHours":1}`},
	"a renewal of the access token": {"POST", "/access-token", `{"accessTokenHours":1}`},
}

func (w *world) callRoute(ctx context.Context, method, path string, api target.API) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	c := call{api: api, method: method, path: strings.ReplaceAll(path, "{tag}", k.tag), by: w.owner()}
	if method != "GET" {
		c.body = map[string]any{"plaintext": encode(w.bytes(usualSize))}
	}
	return w.try(ctx, c)
}

// malform spoils a right JSON object in one way. Its error means that there is no such flaw, or that the object has
// nothing that could have it.
func malform(right, flaw string) (string, error) {
	spoiled, ok := malformed[flaw]
	if !ok {
		return "", fmt.Errorf("no request is %s", flaw)
	}
	text := spoiled(right)
	if text == right {
		return "", fmt.Errorf("nothing in %s can be %s", right, flaw)
	}
	return text, nil
}

// malformed are what a right JSON object becomes, by the words of sentences.
var malformed = map[string]func(right string) string{
	"no JSON":          func(string) string { return "keyName=kp" },
	"cut off":          func(right string) string { return right[:len(right)-1] },
	"empty":            func(string) string { return "" },
	"a list":           func(right string) string { return "[" + right + "]" },
	"a number":         func(string) string { return "1" },
	"followed by more": func(right string) string { return right + right },
	"not UTF-8": func(right string) string { // within a text, so that it is JSON but for that
		return strings.Replace(right, `":"`, "\":\"\xff", 1)
	},
	"of wrong types": func(right string) string { return wrongTypes.Replace(right) },
	"with a member twice": func(right string) string {
		first, _, _ := strings.Cut(right[1:len(right)-1], ",")
		return "{" + otherValues.Replace(first) + "," + right[1:]
	},
}

var wrongTypes = strings.NewReplacer(`"AES256"`, `["AES256"]`, `["192.0.2.1"]`, `192`, `"memo":""`, `"memo":7`)

// otherValues makes of a right value another that is right too, so that each of the two would do by itself.
var otherValues = strings.NewReplacer(`:1`, `:2`, `:7`, `:8`, `192.0.2.1`, `192.0.2.2`, `"a21z`, `"cHJv`,
	`malformed`, `otherwise`, `"KR"`, `"JPN"`, `"memo":""`, `"memo":"first"`)

func rightCreation(name string) string {
	return fmt.Sprintf(`{"memo":"","keyName":%q,"keyType":"AES256","protectionType":"BASIC","isAutoRotation":false}`, name)
}

// sendCreation sends a key creation with one flaw; a key that comes of it is noted for removal.
func (w *world) sendCreation(ctx context.Context, flaw string) error {
	name, err := w.nameForKey()
	if err != nil {
		return err
	}
	body, err := malform(rightCreation(name), flaw)
	if err != nil {
		return err
	}
	return w.tryCreate(ctx, w.owner(), rawBody(body))
}

func (w *world) sendMalformed(ctx context.Context, l rightRequest, by target.Auth, flaw string) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	body, err := malform(l.body, flaw)
	if err != nil {
		return err
	}
	return w.try(ctx, call{method: l.method, path: k.path(l.rest), by: by, body: rawBody(body)})
}

// encryptTyped encrypts with a body that calls itself something; with the empty text it says nothing.
func (w *world) encryptTyped(ctx context.Context, contentType, caller string) error {
	by, err := w.caller(caller)
	if err != nil {
		return err
	}
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	return w.try(ctx, call{
		method: "POST", path: k.path("/encrypt"), by: by,
		header: map[string]string{"Content-Type": contentType}, body: map[string]any{"plaintext": encode(w.bytes(usualSize))},
	})
}

// stateOfKey is what the target shows of the key, its creator and its IP ACL.
func (w *world) stateOfKey(ctx context.Context) (string, error) {
	k, err := w.key("the key")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, rest := range []string{"", creatorPath, "/acl"} {
		r, err := w.demand(ctx, call{method: "GET", path: k.path(rest), by: w.owner()})
		if err != nil {
			return "", err
		}
		b.Write(r.Body)
	}
	return b.String(), nil
}

// ownKeys is the list of all keys on a disposable target; on one that others use too, the keys whose
// tags the case does not know may come and go, so only its own count.
func (w *world) ownKeys(ctx context.Context) (string, error) {
	last := w.last
	err := w.listAll(ctx)
	listed := w.noted["listed"]
	w.last = last
	if err != nil || w.t.Disposable {
		return listed, err
	}
	var own []string
	for _, tag := range w.made {
		if strings.Contains(listed, tag) {
			own = append(own, tag)
		}
	}
	return strings.Join(own, " "), nil
}

func (w *world) note(ctx context.Context, as string, look func(context.Context) (string, error)) error {
	seen, err := look(ctx)
	w.noted[as] = seen
	return err
}

func (w *world) asNoted(ctx context.Context, as string, look func(context.Context) (string, error)) error {
	seen, err := look(ctx)
	if err != nil {
		return err
	}
	return w.compare(seen == w.noted[as], "nothing to have changed: "+short(w.noted[as], 300), short(seen, 300))
}
