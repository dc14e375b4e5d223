package proof

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"github.com/kmsproof/kmsproof/near"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/target"
)

// ErrTarget is wrapped by every error that says that what a run was pointed at is no target: an
// unknown name, a file that is wrong, a URL that nobody answers at.
var ErrTarget = errors.New("target")

// A Target says how to open what --target names.
type Target struct {
	Name string
	// Scenario opens the target for one scenario, Load for a load profile.
	Scenario, Load target.Opener
	// Shared is the one target that both openers return, or nil when each call starts a reference of
	// its own. Its owner closes it.
	Shared *target.Target
	// Reference is the version of the kmsproof reference that answers; empty for a foreign target.
	Reference string
}

// Close closes the shared target, if there is one.
func (t *Target) Close() error {
	if t.Shared == nil {
		return nil
	}
	return t.Shared.Close()
}

// Resolve finds what name names: "reference", "mutant:NAME", or a target file. It asks a target file's
// URLs for an answer. run is the six-character id that key names carry.
func Resolve(ctx context.Context, name string, o reference.Options, run string) (*Target, error) {
	if name == "reference" {
		return embedded(name, o.Version, plain(o)), nil
	}
	if wanted, ok := strings.CutPrefix(name, "mutant:"); ok {
		m, err := FindMutant(wanted)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrTarget, err)
		}
		return embedded(name, o.Version, flawed(m, o)), nil
	}
	return fromFile(ctx, name, run)
}

// FindMutant returns the mutant with this name. Its error tells the names that are near, and where all of them are.
func FindMutant(name string) (mutant.Mutant, error) {
	m, err := mutant.Find(name)
	if err == nil {
		return m, nil
	}
	var names []string
	for _, m := range mutant.All() {
		names = append(names, m.Name)
	}
	return m, fmt.Errorf("%w%s; `kmsproof list mutants` names all", err, near.Hint(name, names))
}

// embedded is a reference that each scenario and each load profile starts anew, over real sockets:
// for scenarios on a clock that stands still at Epoch, for load on the machine's time. options is
// called for each server.
func embedded(name, version string, options onClock) *Target {
	return &Target{
		Name: name, Reference: cmp.Or(version, "dev"),
		Scenario: listening(name, func() reference.Options { return options(clock.NewManual(Epoch)) }),
		Load:     listening(name, func() reference.Options { return options(nil) }),
	}
}

func listening(name string, options func() reference.Options) target.Opener {
	return func(context.Context) (*target.Target, error) {
		server, err := reference.Start(options(), reference.Listen{})
		if err != nil {
			return nil, err
		}
		t := describe(name, server.URLs, server.Accounts())
		t.Disposable = true
		t.OnClose = server.Close
		return t, nil
	}
}

// meant hints at the mutant of that name.
func meant(name string) string {
	if _, err := mutant.Find(name); err != nil {
		return ""
	}
	return "; did you mean mutant:" + name + "?"
}

// fromFile reads a target file and sees whether anybody answers.
func fromFile(ctx context.Context, path, run string) (*Target, error) {
	t, err := target.ReadFile(path, os.LookupEnv)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %q is neither reference, mutant:NAME nor a file%s", ErrTarget, path, meant(path))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTarget, err)
	}
	t.Ledger = target.NewLedger(run, t.Budget, nil)
	if err := t.Reach(ctx); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTarget, err)
	}
	version, err := referenceVersion(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTarget, err)
	}
	if err := t.Belong(ctx); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTarget, err)
	}
	if err := known(ctx, t); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTarget, err)
	}
	open := func(context.Context) (*target.Target, error) { return t, nil }
	return &Target{Name: t.Name, Scenario: open, Load: open, Shared: t, Reference: version}, nil
}

// known makes one call as the owner. If that is refused for who calls, or because there is no such
// call, then the file is wrong, and the target must not be blamed for it.
func known(ctx context.Context, t *target.Target) error {
	answer, err := t.Do(ctx, target.Request{
		Method: http.MethodGet, Path: "/kms/v1/keys?pageNo=1&pageSize=1", Auth: target.SignatureV2(t.Credentials["owner"]),
	})
	if err != nil {
		return err
	}
	switch answer.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("credentials.owner: the key list was refused with status %d: %.200s", answer.Status, oneLine(answer.Body))
	case http.StatusNotFound:
		return fmt.Errorf("api20: no KMS API 2.0 answers at %s (status 404)", t.URLs[target.API20])
	}
	return nil
}

func oneLine(text []byte) string { return strings.Join(strings.Fields(string(text)), " ") }

// referenceVersion asks the admin listener, if there is one, whether it is a kmsproof reference.
func referenceVersion(ctx context.Context, t *target.Target) (string, error) {
	if !t.Offers(target.Admin) {
		return "", nil
	}
	answer, err := t.AdminCall(ctx, http.MethodGet, "/healthz", nil)
	if target.Unanswered(err) {
		return "", err
	}
	var health struct {
		Product string `json:"product"`
		Version string `json:"version"`
	}
	if err != nil || json.Unmarshal(answer, &health) != nil || health.Product != "kmsproof-reference" {
		return "", fmt.Errorf("admin: what answers at %s is no kmsproof reference", t.URLs[target.Admin])
	}
	return health.Version, nil
}
