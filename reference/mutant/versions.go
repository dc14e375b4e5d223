package mutant

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func versions() []Mutant {
	const rotating = "POST /{keyTag}/rotate"
	return []Mutant{
		{Name: "newest-version-stops", Flaw: "The newest version can be disabled.", Apply: rules(func(r *kms.Rules) { r.NewestStops = true })},
		{Name: "versions-of-disabled", Flaw: "A version of a disabled key can be enabled and disabled.", Apply: state(kms.Disabled, kms.EnableVersion, kms.DisableVersion)},
		{Name: "version-list-loses-first", Flaw: "The version list leaves the first version out.", Apply: answers("GET /{keyTag}/versions", func(data map[string]any) {
			if list, ok := data["versionList"].([]any); ok && len(list) > 0 {
				data["versionList"] = list[1:]
			}
		})},
		{Name: "version-list-of-nobody", Flaw: "The version list does not name its key.", Apply: answers("GET /{keyTag}/versions", set("keyTag", nil))},
		{Name: "version-off-by-one", Flaw: "Disabling a version means the one after it.", Apply: rerouted("POST /{keyTag}/versions/1/disable", "/versions/2/disable")},
		{Name: "versions-guessed", Flaw: "A version that the key lacks is taken for its first.", Apply: inPlace(reference.API20,
			func(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
				rest, ok := strings.CutPrefix(route, "POST /{keyTag}/versions/")
				version, how, _ := strings.Cut(rest, "/")
				if !ok || version == "1" || version == "2" {
					next.ServeHTTP(w, r)
					return
				}
				o.about(next, r, http.MethodPost, "/versions/1/"+how).send(w)
			})},
		{Name: "enabling-revives-versions", Flaw: "Enabling a key enables all its versions.", Apply: inPlace(reference.API20,
			func(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
				c := capture(next, r)
				if route == "POST /{keyTag}/enable" {
					o.about(next, r, http.MethodPost, "/versions/1/enable")
				}
				c.send(w)
			})},
		{Name: "rotates-twice", Flaw: "A rotation gives a key two versions.", Apply: alsoBefore(rotating, http.MethodPost, "/rotate")},
		{Name: "rotation-disables-older", Flaw: "A rotation disables the version before.", Apply: alsoAfter(rotating, http.MethodPost, "/versions/1/disable")},
		{Name: "rotation-revives-first", Flaw: "A rotation enables the first version again.", Apply: alsoAfter(rotating, http.MethodPost, "/versions/1/enable")},
		{Name: "rotation-moves-the-next", Flaw: "A rotation by hand moves the next automatic one.", Apply: inPlace(reference.API20,
			func(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
				c := capture(next, r)
				if route == rotating {
					o.call(next, r, http.MethodPut, "/kms/v1/keys/"+keyOf(r)+"/rotation-period", []byte(`{"rotationPeriod":30}`))
				}
				c.send(w)
			})},
		{Name: "disabled-rotates", Flaw: "A disabled key rotates.", Apply: state(kms.Disabled, kms.RotateKey)},
		{Name: "pending-rotates", Flaw: "A key whose deletion is pending rotates.", Apply: state(kms.Pending, kms.RotateKey)},
		{Name: "rotation-stays-on", Flaw: "Switching automatic rotation off leaves it on.", Apply: alsoAfter("POST /{keyTag}/disable-auto-rotation", http.MethodPost, "/enable-auto-rotation")},
		{Name: "rotation-of-nobody", Flaw: "What is changed of the rotation by itself is answered without the key.", Apply: func(o *reference.Options) {
			for _, route := range []string{"POST /{keyTag}/enable-auto-rotation", "POST /{keyTag}/disable-auto-rotation", "PUT /{keyTag}/rotation-period"} {
				answers(route, set("keyTag", nil))(o)
			}
		}},
		{Name: "next-rotation-late", Flaw: "Key info names the next rotation half an hour late.", Apply: answers("GET /{keyTag}", func(data map[string]any) {
			if ms, ok := data["nextRotationDate"].(float64); ok {
				data["nextRotationDate"] = int64(ms) + (30 * time.Minute).Milliseconds()
			}
		})},
		{Name: "rotates-unasked", Flaw: "Every new key rotates by itself.", Apply: asks("POST /", members(func(m map[string]any) { m["isAutoRotation"] = true }))},
		{Name: "period-switches-on", Flaw: "A change of the period switches automatic rotation on.", Apply: alsoBefore("PUT /{keyTag}/rotation-period", http.MethodPost, "/enable-auto-rotation")},
		{Name: "rotates-every-other-day", Flaw: "A key that is to rotate every day does so every other day.", Apply: asks("POST /", members(func(m map[string]any) {
			if m["rotationPeriod"] == float64(1) {
				m["rotationPeriod"] = 2
			}
		}))},
		{Name: "period-rounded-up", Flaw: "A change of the period to less than a day is taken for one.", Apply: asks("PUT /{keyTag}/rotation-period", members(func(m map[string]any) {
			if n, ok := m["rotationPeriod"].(float64); ok {
				m["rotationPeriod"] = max(n, 1)
			}
		}))},
		{Name: "period-echoed", Flaw: "A change of the period is answered as it was asked for, and the period stays.", Apply: inPlace(reference.API20, echoesPeriod)},
		{Name: "first-version-named", Flaw: "A ciphertext names version 1, whatever version made it.", Apply: func(o *reference.Options) {
			for _, api := range []string{reference.API20, reference.API10} {
				answersOf(api, "POST /{keyTag}/encrypt", func(envelope map[string]any) {
					data, _ := envelope["data"].(map[string]any)
					if text, ok := data["ciphertext"].(string); ok {
						data["ciphertext"] = strings.Replace(text, "ncpkms:v2:", "ncpkms:v1:", 1)
					}
				})(o)
			}
		}},
	}
}

// echoesPeriod puts the old rotation period back once the new one is answered.
func echoesPeriod(o owner, w http.ResponseWriter, r *http.Request, route string, next http.Handler) {
	if route != "PUT /{keyTag}/rotation-period" {
		next.ServeHTTP(w, r)
		return
	}
	var old struct {
		Data struct {
			Period json.RawMessage `json:"rotationPeriod"`
		} `json:"data"`
	}
	_ = json.Unmarshal(o.about(next, r, http.MethodGet, "").body.Bytes(), &old)
	c := capture(next, r)
	if c.ok() {
		o.call(next, r, http.MethodPut, "/kms/v1/keys/"+keyOf(r)+"/rotation-period", fmt.Appendf(nil, `{"rotationPeriod":%s}`, old.Data.Period))
	}
	c.send(w)
}

// rerouted returns a flaw that carries a call out as another about the same key.
func rerouted(route, to string) func(*reference.Options) {
	return inPlace(reference.API20, func(o owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		if at != route {
			next.ServeHTTP(w, r)
			return
		}
		o.about(next, r, r.Method, to).send(w)
	})
}

// alsoBefore returns a flaw that makes another call about the same key before one on a route.
func alsoBefore(route, method, rest string) func(*reference.Options) {
	return inPlace(reference.API20, func(o owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		if at == route {
			o.about(next, r, method, rest)
		}
		next.ServeHTTP(w, r)
	})
}

// alsoAfter returns a flaw that makes another call about the same key after one on a route.
func alsoAfter(route, method, rest string) func(*reference.Options) {
	return inPlace(reference.API20, func(o owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		c := capture(next, r)
		if at == route {
			o.about(next, r, method, rest)
		}
		c.send(w)
	})
}
