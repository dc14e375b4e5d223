package mutant

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func keys() []Mutant {
	return []Mutant{
		{Name: "created-disabled", Flaw: "A new key is said to be disabled.", Apply: answers("POST /", set("status", "DISABLE"))},
		{Name: "names-of-four", Flaw: "A key name needs four characters.", Apply: names(`^[A-Za-z][A-Za-z0-9_-]{3,14}$`)},
		{Name: "names-of-two", Flaw: "A key name of two characters is taken.", Apply: names(`^[A-Za-z][A-Za-z0-9_-]{1,14}$`)},
		{Name: "names-of-fourteen", Flaw: "A key name of fifteen characters is refused.", Apply: names(`^[A-Za-z][A-Za-z0-9_-]{2,13}$`)},
		{Name: "names-of-sixteen", Flaw: "A key name of sixteen characters is taken.", Apply: names(`^[A-Za-z][A-Za-z0-9_-]{2,15}$`)},
		{Name: "names-with-digits-first", Flaw: "A key name may begin with a digit.", Apply: names(`^[A-Za-z0-9][A-Za-z0-9_-]{2,14}$`)},
		{Name: "names-without-dash", Flaw: "A key name may hold no dash and no underline.", Apply: names(`^[A-Za-z][A-Za-z0-9]{2,14}$`)},
		{Name: "names-of-anything", Flaw: "A key name may hold any characters.", Apply: names(`^.{3,15}$`)},
		{Name: "names-of-nothing", Flaw: "A key name may be empty.", Apply: names(`^$|^[A-Za-z][A-Za-z0-9_-]{2,14}$`)},
		{Name: "shared-names", Flaw: "Two keys may have the same name.", Apply: rules(func(r *kms.Rules) { r.SharedNames = true })},
		{Name: "short-memos", Flaw: "A memo may have 50 characters at most.", Apply: rules(func(r *kms.Rules) { r.MaxMemo = 50 })},
		{Name: "long-memos", Flaw: "A memo may have 1,000 characters.", Apply: rules(func(r *kms.Rules) { r.MaxMemo = 1000 })},
		{Name: "any-type", Flaw: "A key of a type that does not exist is created.", Apply: asks("POST /", members(func(m map[string]any) {
			if _, ok := m["keyType"]; ok {
				m["keyType"] = "AES256"
			}
		}))},
		{Name: "any-protection", Flaw: "A key with a protection that does not exist is created.", Apply: asks("POST /", members(func(m map[string]any) {
			if _, ok := m["protectionType"]; ok {
				m["protectionType"] = "BASIC"
			}
		}))},
		{Name: "defaults-for-missing", Flaw: "A key is created without its name, type or protection.", Apply: asks("POST /", members(func(m map[string]any) {
			for field, value := range map[string]string{"keyName": "unnamed", "keyType": "AES256", "protectionType": "BASIC"} {
				if _, ok := m[field]; !ok {
					m[field] = value
				}
			}
		}))},
		{Name: "names-case-blind", Flaw: "Names that differ in capitals and small letters are one.", Apply: namesCaseBlind},
		{Name: "tags-in-capitals", Flaw: "Key info writes the tag of a key in capitals.", Apply: answers("GET /{keyTag}", func(data map[string]any) {
			data["keyTag"] = strings.ToUpper(fmt.Sprint(data["keyTag"]))
		})},
		{Name: "created-in-seconds", Flaw: "The times of a new key are told in seconds.", Apply: answers("POST /", func(data map[string]any) {
			for _, member := range []string{"registerDate", "nextRotationDate"} {
				if ms, ok := data[member].(float64); ok {
					data[member] = int64(ms) / 1000
				}
			}
		})},
		{Name: "version-zero", Flaw: "The first version of a key is 0.", Apply: answers("GET /{keyTag}", set("currentVersion", 0))},
		{Name: "key-on-demand", Flaw: "Who asks about a key that does not exist makes one.", Apply: inPlace(reference.API20, keyOnDemand)},
		{Name: "ecdsa-becomes-rsa", Flaw: "Asked for an ECDSA key, it makes one of RSA.", Apply: asks("POST /", members(func(m map[string]any) {
			if m["keyType"] == "ECDSA" {
				m["keyType"] = "RSA2048"
			}
		}))},
		{Name: "no-hsm", Flaw: "A key of protection COMMON_HSM is refused.", Apply: rules(func(r *kms.Rules) { r.Protections = []string{"BASIC"} })},
		{Name: "hsm-forgotten", Flaw: "A key of protection COMMON_HSM becomes one of BASIC.", Apply: asks("POST /", members(func(m map[string]any) {
			if m["protectionType"] == "COMMON_HSM" {
				m["protectionType"] = "BASIC"
			}
		}))},
		{Name: "memo-required", Flaw: "A key is not created without a memo.", Apply: asks("POST /", members(func(m map[string]any) {
			if _, ok := m["memo"]; !ok {
				m["memo"] = tooLong
			}
		}))},
		{Name: "memo-in-utf-8", Flaw: "A memo may have 200 bytes in UTF-8.", Apply: asks("POST /", members(func(m map[string]any) {
			if memo, _ := m["memo"].(string); len(memo) > 200 {
				m["memo"] = tooLong
			}
		}))},
		{Name: "info-without-memo", Flaw: "Key info does not tell the memo.", Apply: answers("GET /{keyTag}", set("memo", ""))},
		{Name: "created-without-number", Flaw: "A created key is answered without its number.", Apply: answers("POST /", set("keyId", nil))},
		{Name: "info-without-nrn", Flaw: "Key info does not name the key's resource name.", Apply: answers("GET /{keyTag}", set("nrn", nil))},
		{Name: "nrn-of-a-server", Flaw: "The resource name of a key is that of a server.", Apply: answers("GET /{keyTag}", set("nrn", "nrn:PUB:VPCServer:KR:1000000:Server/1"))},
		{Name: "key-is-elsewhere", Flaw: "Key info names another base URL.", Apply: answers("GET /{keyTag}", set("baseUrl", "https://elsewhere.example"))},
		{Name: "enabling-disables", Flaw: "Enabling a key leaves it disabled.", Apply: moves(kms.EnableKey, kms.Disabled)},
		{Name: "disabling-revokes", Flaw: "Disabling a key requests its deletion.", Apply: moves(kms.DisableKey, kms.Pending)},
		{Name: "state-since-in-seconds", Flaw: "A change of state is answered with its time in seconds.", Apply: func(o *reference.Options) {
			for _, change := range []string{"enable", "disable", "request-deletion", "cancel-deletion"} {
				answers("POST /{keyTag}/"+change, func(data map[string]any) {
					if ms, ok := data["statusDate"].(float64); ok {
						data["statusDate"] = int64(ms) / 1000
					}
				})(o)
			}
		}},
		{Name: "state-since-an-hour-ago", Flaw: "A change of state is answered with a time an hour before.", Apply: func(o *reference.Options) {
			for _, change := range []string{"enable", "disable", "request-deletion", "cancel-deletion"} {
				answers("POST /{keyTag}/"+change, func(data map[string]any) {
					if ms, ok := data["statusDate"].(float64); ok {
						data["statusDate"] = int64(ms) - time.Hour.Milliseconds()
					}
				})(o)
			}
		}},
		{Name: "rotates-monthly", Flaw: "The rotation period is 30 days unless asked otherwise.", Apply: period(kms.Bounds{Default: 30, Min: 1, Max: 730})},
		{Name: "rotates-within-a-year", Flaw: "A rotation period above 365 days is refused.", Apply: period(kms.Bounds{Default: 90, Min: 1, Max: 365})},
		{Name: "rotates-after-a-week", Flaw: "A rotation period below 7 days is refused.", Apply: period(kms.Bounds{Default: 90, Min: 7, Max: 730})},
		{Name: "rotates-after-three-years", Flaw: "A rotation period of three years is taken.", Apply: period(kms.Bounds{Default: 90, Min: 1, Max: 1095})},
		{Name: "rotates-at-once", Flaw: "A rotation period of 0 days is taken.", Apply: asks("POST /", members(func(m map[string]any) {
			if n, ok := m["rotationPeriod"].(float64); ok && n < 1 {
				m["rotationPeriod"] = 1
			}
		}))},
		{Name: "disabled-encrypts", Flaw: "A disabled key encrypts and decrypts.", Apply: state(kms.Disabled, kms.Ciphers()...)},
		{Name: "success-as-created", Flaw: "A success is answered with status 201.", Apply: statuses(func(s int) int {
			if s == http.StatusOK {
				return http.StatusCreated
			}
			return s
		})},
		{Name: "success-as-ok", Flaw: "A success carries the code OK.", Apply: answersOf(reference.API20, "", set("code", "OK"))},
	}
}

// set returns a change that gives a member another value.
func set(member string, value any) func(map[string]any) {
	return func(m map[string]any) { m[member] = value }
}

// tooLong is a memo that every reading refuses.
var tooLong = strings.Repeat("m", 300)

func names(form string) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.Name = regexp.MustCompile(form) })
}

func moves(op kms.Op, to kms.State) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.Moves[op] = to })
}

func period(b kms.Bounds) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.PeriodDays = b })
}

// state returns a flaw in one row of the table of states: it takes more than it should.
func state(s kms.State, ops ...kms.Op) func(*reference.Options) {
	return rules(func(r *kms.Rules) { r.States[s] = append(slices.Clone(r.States[s]), ops...) })
}

// namesCaseBlind refuses a name that another key has but for capitals.
func namesCaseBlind(o *reference.Options) {
	var taken sync.Map // names in small letters
	before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		if at != "POST /" {
			next.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		var in struct {
			Name string `json:"keyName"`
		}
		_ = json.Unmarshal(body, &in)
		if _, same := taken.Load(strings.ToLower(in.Name)); same {
			refusal(http.StatusUnprocessableEntity, "UNPROCESSABLE_ENTITY").send(w)
			return
		}
		c := capture(next, r)
		if c.ok() {
			taken.Store(strings.ToLower(in.Name), true)
		}
		c.send(w)
	})(o)
}
