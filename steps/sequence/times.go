package sequence

import (
	"time"

	"pgregory.net/rapid"
)

// spans are times that may pass, in the words of sentences.
var spans = []struct {
	text string
	d    time.Duration
}{
	{"10 minutes pass", 10 * time.Minute},
	{"30 hours pass", 30 * time.Hour},
	{"71 hours and 30 minutes pass", 71*time.Hour + 30*time.Minute},
	{"72 hours and 30 minutes pass", 72*time.Hour + 30*time.Minute},
}

func (m *model) letPass(t *rapid.T) {
	only(t, m.has["clock"])
	s := rapid.SampledFrom(spans).Draw(t, "span")
	only(t, !m.near(m.now+s.d))
	m.when(s.text)
	m.pass(s.d)
	m.seeKey()
}

// seeKey checks what has become of a key that was pending, or that may have rotated.
func (m *model) seeKey() {
	k := m.keys["the key"]
	switch {
	case k.state == pending:
		m.then(`the key is "REVOKE"`, "KMS2-DEL-006")
	case k.state == gone:
		m.when("I ask about the key")
		m.then("the call is refused", "KMS2-DEL-006")
	case k.state == enabled:
		m.seeVersion(k)
	}
}

// goToEnd sets the clock to a minute before the end of a token, or 61 seconds after it.
func (m *model) goToEnd(t *rapid.T) {
	only(t, m.has["clock"])
	name := rapid.SampledFrom(m.names()).Draw(t, "token")
	when, at := "a minute before", m.tokens[name].ends-time.Minute
	if rapid.Bool().Draw(t, "after") {
		when, at = "61 seconds after", m.tokens[name].ends+61*time.Second
	}
	only(t, at > m.now && !m.near(at))
	m.when("it is " + when + " the end of " + name)
	m.pass(at - m.now)
	m.seeKey()
}

// spread is how long 300 calls take that are spread over a second, a nanosecond more between each.
const spread = 300 * (time.Second/300 + time.Nanosecond)

// useLimit makes the 300 calls that are guaranteed, or uses the key up and looks at the other.
func (m *model) useLimit(t *rapid.T) {
	k := m.the(t)
	works, known, _ := m.verdict("the access token", "")
	only(t, works && known && m.has["overload"] && m.has["clock"] && !k.acl)
	m.when("a second passes")
	m.pass(time.Second)
	if other, known, _ := m.useOf("the other access token"); other && known && rapid.Bool().Draw(t, "use up") {
		m.when("I use up the key")
		m.then("the other access token works", "KMS2-TPS-003")
		k.made = 0
		m.when("a second passes")
		m.pass(time.Second)
		return
	}
	m.when("I encrypt 300 times with the access token, spread over a second")
	m.then("all of them are accepted", "KMS2-TPS-001")
	k.made = 0 // the last of the 300 is the ciphertext now
	m.pass(spread)
}
