package mutant

import (
	"crypto/rand"
	"strings"

	"github.com/kmsproof/kmsproof/reference"
)

// naming breaks how name and memo of a key are changed.
func naming() []Mutant {
	const renaming, noting = "PUT /{keyTag}/name", "PUT /{keyTag}/memo"
	return []Mutant{
		{Name: "renamed-in-capitals", Flaw: "A renamed key gets its new name in capitals.", Apply: asks(renaming, members(func(m map[string]any) {
			if name, ok := m["keyName"].(string); ok {
				m["keyName"] = strings.ToUpper(name)
			}
		}))},
		{Name: "renamed-somehow", Flaw: "A key that is renamed to what is no name gets another.", Apply: asks(renaming, members(func(m map[string]any) {
			if name, _ := m["keyName"].(string); !strings.HasPrefix(name, "kp-") || len(name) > 15 {
				m["keyName"] = "some-" + rand.Text()[:8]
			}
		}))},
		{Name: "memo-of-50", Flaw: "A changed memo is cut to 50 characters.", Apply: asks(noting, members(func(m map[string]any) {
			if memo, ok := m["memo"].(string); ok && len(memo) > 50 {
				m["memo"] = memo[:50]
			}
		}))},
		{Name: "memo-never-empty", Flaw: "A memo cannot be changed to an empty one.", Apply: asks(noting, members(func(m map[string]any) {
			if m["memo"] == "" {
				m["memo"] = tooLong
			}
		}))},
		{Name: "memo-without-a-memo", Flaw: "A change of the memo that names none takes it away.", Apply: asks(noting, members(func(m map[string]any) {
			if _, ok := m["memo"]; !ok {
				m["memo"] = "none"
			}
		}))},
		{Name: "creator-tells", Flaw: "A change of the creator is answered with its state.", Apply: func(o *reference.Options) {
			for _, method := range []string{"POST", "PUT", "DELETE"} {
				answersOf(reference.API20, method+" /{keyTag}/token-generator", set("data", map[string]any{"status": "ACTIVE"}))(o)
			}
		}},
	}
}
