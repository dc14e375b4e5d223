package reports

import "strings"

// A Saying is a text in each language, for pages that other packages make.
type Saying struct {
	English string `json:"en"`
	Korean  string `json:"ko"`
	Quoted  string `json:"quoted,omitempty"` // English, to follow what is said in Korean
}

func (p phrase) saying() Saying { return Saying{English: p[english], Korean: p[korean]} }

// Sayings are the words for outcomes and verdicts, as "o.fail", and for the claims of load profiles, as "cl.limit".
func Sayings() map[string]Saying {
	said := map[string]Saying{}
	for key, p := range words {
		if strings.HasPrefix(key, "o.") || strings.HasPrefix(key, "cl.") {
			said[key] = p.saying()
		}
	}
	return said
}

// Told are the reasons of the run in each language.
func (r *Run) Told() []Saying {
	said := []Saying{}
	for _, why := range r.reasons() {
		s := why.Says.saying()
		s.Quoted = why.Quoted
		said = append(said, s)
	}
	return said
}

// Told says on what the verdict of the claim rests, in Korean too where that is a sentence of known form.
func (c Claim) Told() Saying { return read(c.Why).saying() }

// Told says why the profile ended so: in English as the run file has it, in Korean by its claims.
func (l *Load) Told() Saying { return Saying{English: l.Why, Korean: l.lead()[korean]} }
