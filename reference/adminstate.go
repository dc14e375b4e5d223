package reference

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// maxState bounds a state that is put: some 20,000 keys with creators.
const maxState = 64 << 20

// stateWrite is how long a caller may take to read a state, or what became of one.
const stateWrite = time.Minute

// tellState is GET /admin/state. The time to write begins when there is something to write: making the RSA keys of
// many versions can take minutes.
func (s *Service) tellState(w http.ResponseWriter, _ *http.Request) {
	if err := s.settle(); err != nil {
		complain(w, http.StatusInternalServerError, "what was due could not be done: "+err.Error())
		return
	}
	text, err := s.State().Marshal()
	if err != nil {
		complain(w, http.StatusInternalServerError, "the state cannot be written: "+err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/yaml")
	w.Header().Set("Cache-Control", "no-store")
	writeFromNow(w)
	_, _ = w.Write(text)
}

// writeFromNow lets the time to write begin: what the call was for may have taken longer than all of it.
func writeFromNow(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(stateWrite)) // in memory there is none to set
}

// whole reads a body of at most so many bytes, or complains: of one that is longer in the given words.
func whole(w http.ResponseWriter, r *http.Request, most int64, long string) (text []byte, ok bool) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		complain(w, http.StatusBadRequest, long)
	} else if err != nil {
		complain(w, http.StatusBadRequest, "the body could not be read to its end")
	}
	return text, err == nil
}

// putState is PUT /admin/state.
func (s *Service) putState(w http.ResponseWriter, r *http.Request) {
	text, ok := whole(w, r, maxState, "a state has at most 64 MB")
	if !ok {
		return
	}
	state, err := readState("body", text)
	if err == nil {
		if err = s.SetState(state); err != nil {
			err = located("body", text, err)
		}
	}
	writeFromNow(w)
	if err != nil {
		complain(w, http.StatusBadRequest, err.Error())
		return
	}
	respond(w, http.StatusOK, map[string]int{"accounts": len(s.Accounts()), "keys": len(state.Keys)})
}
