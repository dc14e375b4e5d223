package mutant

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func deletions() []Mutant {
	return []Mutant{
		{Name: "deletion-disables", Flaw: "Requesting a key's deletion only disables it.", Apply: moves(kms.RequestDeletion, kms.Disabled)},
		{Name: "cancelling-enables", Flaw: "Cancelling the deletion enables the key.", Apply: moves(kms.CancelDeletion, kms.Enabled)},
		{Name: "pending-decrypts", Flaw: "A key whose deletion is pending encrypts and decrypts.", Apply: state(kms.Pending, kms.Ciphers()...)},
		{Name: "deletes-at-once", Flaw: "A key can be deleted without a request before.", Apply: state(kms.Enabled, kms.DeleteKey)},
		{Name: "deletion-cancels", Flaw: "Deleting a key cancels its deletion.", Apply: inPlace(reference.API20, deletionCancels)},
		{Name: "deletion-pretended", Pretends: true, Flaw: "Deleting a key does nothing and says it did.", Apply: before(reference.API20,
			func(w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
				if route != "DELETE /{keyTag}" {
					next.ServeHTTP(w, r)
					return
				}
				c := &captured{header: http.Header{}}
				success(c, nil)
				c.send(w)
			})},
		{Name: "deletion-early", Flaw: "A pending key goes after 71 hours.", Apply: rules(func(r *kms.Rules) { r.Pending = 71 * time.Hour })},
		{Name: "deletion-late", Flaw: "A pending key goes after 73 hours.", Apply: rules(func(r *kms.Rules) { r.Pending = 73 * time.Hour })},
		{Name: "pending-enables", Flaw: "A key whose deletion is pending can be enabled.", Apply: state(kms.Pending, kms.EnableKey)},
		{Name: "pending-changes", Flaw: "A key whose deletion is pending can be changed.", Apply: state(kms.Pending,
			kms.DisableKey, kms.RenameKey, kms.UpdateMemo, kms.RotateKey, kms.EnableAuto)},
		{Name: "cancelled-stays-disabled", Flaw: "A key whose deletion was cancelled is never enabled again.", Apply: staysDisabled()},
		{Name: "cancelled-goes", Flaw: "A deletion that was cancelled happens all the same.", Apply: goesAllTheSame()},
		{Name: "deletion-tells", Flaw: "A deletion is answered with the key's tag.", Apply: answersOf(reference.API20, "DELETE /{keyTag}",
			set("data", map[string]any{"keyTag": "0"}))},
		{Name: "names-used-once", Flaw: "The name of a deleted key is never free again.", Apply: usedOnce()},
	}
}

// staysDisabled returns a flaw that refuses to enable a key whose deletion was once cancelled.
func staysDisabled() func(*reference.Options) {
	return func(o *reference.Options) {
		var cancelled sync.Map // by key tag
		before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			if _, was := cancelled.Load(keyOf(r)); was && at == "POST /{keyTag}/enable" {
				w.WriteHeader(http.StatusUnprocessableEntity)
				return
			}
			if at == "POST /{keyTag}/cancel-deletion" {
				cancelled.Store(keyOf(r), true)
			}
			next.ServeHTTP(w, r)
		})(o)
	}
}

// goesAllTheSame returns a flaw that deletes a key 72 hours after a request, though it was cancelled.
func goesAllTheSame() func(*reference.Options) {
	return func(opts *reference.Options) {
		var requested sync.Map // key tag to time.Time
		inPlace(reference.API20, func(o owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			now := o.clock.Now()
			if then, ok := requested.Load(keyOf(r)); ok && now.Sub(then.(time.Time)) >= 72*time.Hour {
				o.about(next, r, http.MethodPost, "/request-deletion")
				o.about(next, r, http.MethodDelete, "")
			}
			if at == "POST /{keyTag}/request-deletion" {
				requested.Store(keyOf(r), now)
			}
			next.ServeHTTP(w, r)
		})(opts)
	}
}

// usedOnce returns a flaw that refuses to create a key by a name that another ever had.
func usedOnce() func(*reference.Options) {
	return func(o *reference.Options) {
		var names sync.Map
		before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			if at != "POST /" {
				next.ServeHTTP(w, r)
				return
			}
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			var asked struct {
				Name string `json:"keyName"`
			}
			if json.Unmarshal(body, &asked) == nil && asked.Name != "" {
				if _, used := names.LoadOrStore(asked.Name, true); used {
					w.WriteHeader(http.StatusUnprocessableEntity)
					return
				}
			}
			next.ServeHTTP(w, r)
		})(o)
	}
}
