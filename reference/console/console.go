// Package console is a page by which people look at a service and work on it: keys, token creators,
// tokens, IP ACLs, versions, the journal, load, regions and the clock. It is the counterpart of the
// vendor's console. Every action of the page is a call of the imitated API, signed here for an account
// that the page names, so that no secret key ever enters the browser.
package console

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"time"

	"github.com/kmsproof/kmsproof/reference/limit"
)

// Prefix is the path under which [New]'s handler expects to be mounted.
const Prefix = "/console/"

// A Service is what a console is about. All members are needed; the functions must be safe for
// concurrent use.
type Service struct {
	Version string
	// APIs are the handlers of API 2.0 that the page may call, by name.
	APIs map[string]http.Handler
	// URLs returns the base URLs of all APIs by name, for the page to show; none is known in memory.
	URLs func() map[string]string
	// Accounts returns who may call.
	Accounts func() []Account
	// SigningTime returns the time by which signatures are judged now.
	SigningTime func() time.Time
	// MachineTime says that this is the machine's, wherever the service's clock stands.
	MachineTime bool
	Load        func() Load
}

// An Account may be chosen in the page, which gets to know its name and its policy alone.
type Account struct {
	Name      string `json:"name"`
	Policy    string `json:"policy"`
	AccessKey string `json:"-"`
	SecretKey string `json:"-"`
}

// Load is what the rate limiters decided in the latest [limit.Span] seconds of the service's clock.
type Load struct {
	Now   time.Time         `json:"now"`
	API20 Gate              `json:"api20"`
	API10 Gate              `json:"api10"`
	Names map[string]string `json:"names"` // of the keys of API 2.0 that were called, by tag
}

// A Gate is one rate limiter.
type Gate struct {
	Limit   string         `json:"limit"` // as RATE/BURST, off, or custom
	Seconds []limit.Second `json:"seconds"`
}

//go:embed page
var files embed.FS

// New returns the handler of the page and of what it asks for.
func New(s Service) http.Handler {
	page, err := fs.Sub(files, "page")
	if err != nil { // the folder is embedded above
		panic("console: " + err.Error())
	}
	mux := http.NewServeMux()
	mux.Handle(Prefix, http.StripPrefix(Prefix, http.FileServerFS(page)))
	mux.Handle("GET "+Prefix+"info", ownPage(http.HandlerFunc(s.tellInfo)))
	mux.Handle("GET "+Prefix+"load", ownPage(http.HandlerFunc(s.tellLoad)))
	mux.Handle(apiPrefix+"{api}/", ownPage(http.HandlerFunc(s.call)))
	return guarded(mux)
}

func (s *Service) tellInfo(w http.ResponseWriter, _ *http.Request) {
	respond(w, http.StatusOK, struct {
		Version     string            `json:"version"`
		Accounts    []Account         `json:"accounts"`
		URLs        map[string]string `json:"urls"`
		MachineTime bool              `json:"machineTime"`
	}{s.Version, s.Accounts(), s.URLs(), s.MachineTime})
}

func (s *Service) tellLoad(w http.ResponseWriter, _ *http.Request) {
	respond(w, http.StatusOK, s.Load())
}

func respond(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil { // only our own types come here
		panic("console: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// complain answers with a sentence, as the admin listener does.
func complain(w http.ResponseWriter, status int, sentence string) {
	respond(w, status, map[string]string{"error": sentence})
}
