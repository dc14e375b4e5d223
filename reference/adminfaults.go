package reference

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/goccy/go-yaml"
)

// ParseFaults reads a fault script in YAML, or in JSON, which YAML includes. Its error is a sentence
// that names the line or the fault.
func ParseFaults(name string, text []byte) (FaultScript, error) {
	var s FaultScript
	if err := readNamed(text, &s); err != nil {
		if _, located := errors.AsType[yaml.Error](err); located {
			return FaultScript{}, yamlError(name, "fault", err)
		}
		sentence, _, _ := strings.Cut(quoted.ReplaceAllStringFunc(err.Error(), requote), "\n")
		return FaultScript{}, fmt.Errorf("%s: %s", name, sentence)
	}
	if err := s.check(); err != nil {
		return FaultScript{}, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// SetFaults replaces the fault script. Windows begin to count now, by the server's clock. The error
// says which fault is wrong; the script that was there then stays.
func (s *Service) SetFaults(f FaultScript) error {
	if err := f.check(); err != nil {
		return err
	}
	s.script.Store(newScript(f, s.clock.Now()))
	return nil
}

// Faults returns the faults of the script and what became of them, in order.
func (s *Service) Faults() []FaultState { return s.script.Load().states() }

// tellFaults is GET /admin/faults.
func (s *Service) tellFaults(w http.ResponseWriter, _ *http.Request) {
	now := s.script.Load()
	text, err := json.Marshal(struct {
		Seed   uint64       `json:"seed"`
		Faults []FaultState `json:"faults"`
	}{now.source.Seed, now.states()}, json.Deterministic(true), jsontext.AllowInvalidUTF8(true), json.WithMarshalers(json.MarshalFunc(writeDuration)))
	if err != nil {
		complain(w, http.StatusInternalServerError, "the script cannot be shown: "+err.Error())
		return
	}
	send(w, http.StatusOK, text)
}

// writeDuration writes a duration as a script has it.
func writeDuration(d time.Duration) ([]byte, error) { return jsontext.AppendQuote(nil, d.String()) }

// putFaults is PUT /admin/faults.
func (s *Service) putFaults(w http.ResponseWriter, r *http.Request) {
	text, ok := whole(w, r, 1<<20, "a fault script has at most 1 MB")
	if !ok {
		return
	}
	script, err := ParseFaults("body", text)
	if err == nil {
		err = s.SetFaults(script)
	}
	if err != nil {
		complain(w, http.StatusBadRequest, err.Error())
		return
	}
	s.tellFaults(w, r)
}

// dropFaults is DELETE /admin/faults.
func (s *Service) dropFaults(w http.ResponseWriter, r *http.Request) {
	s.script.Store(newScript(FaultScript{}, s.clock.Now()))
	s.tellFaults(w, r)
}
