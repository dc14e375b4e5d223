package proof

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/kmsproof/kmsproof/target"
)

// A sealed is what a repeated call was answered.
type sealed struct {
	decrypt   []byte // the body that decrypts it
	plaintext any    // that must come back: a text or a list
	changes   int    // to the key before the call
}

// seal makes the decryption of an answer to a body; nil: the body is no call to encrypt.
func seal(asked, answer []byte, changes int) *sealed {
	var text map[string]any
	if err := json.Unmarshal(asked, &text); err != nil {
		return nil
	}
	ask := map[string]any{"ciphertext": member(answer, "ciphertext")}
	if context, ok := text["context"]; ok {
		ask["context"] = context
	}
	body, err := json.Marshal(ask)
	if err != nil {
		panic(err) // it was JSON
	}
	return &sealed{decrypt: body, plaintext: text["plaintext"], changes: changes}
}

// reopen decrypts, by account, what a repeated call was answered. A refusal tells something of the ciphertext only
// where the scenario has not changed the key meanwhile, and refuses neither the account nor for the limit.
func (e *echo) reopen(ctx context.Context, r errand) {
	owner := target.SignatureV2(e.t.Credentials["owner"])
	answer, err := e.t.Do(ctx, target.Request{Method: http.MethodPost, Path: r.key + "/decrypt", Auth: owner, Body: r.sealed.decrypt})
	if ctx.Err() != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.count(answer, err) {
		return
	}
	switch {
	case answer.Status == http.StatusOK:
		e.opened++
		if !reflect.DeepEqual(member(answer.Body, "plaintext"), r.sealed.plaintext) {
			e.spoilt++
		}
	case answer.Status == http.StatusUnauthorized, answer.Status == http.StatusForbidden, e.keys[r.key].changes != r.sealed.changes:
		e.refused++
	default:
		e.opened++
		e.spoilt++
	}
}

// member is a member of the data of an answer; nil: it has none.
func member(answer []byte, name string) any {
	var a struct{ Data map[string]any }
	if json.Unmarshal(answer, &a) != nil {
		return nil
	}
	return a.Data[name]
}
