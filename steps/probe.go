package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// absent says why a target has not what it declares.
type absent struct{ why string }

func (a *absent) Error() string { return a.why }

// probes find out whether a target has what it declares: an absent says that it has not. Any other
// error means that it could not be asked, and then scenarios find out what is wrong. They ask as little
// as they can about rules. A capability that is not listed cannot be asked for.
var probes = map[string]func(*world, context.Context) error{
	features.Clock:         (*world).probeClock,
	features.API10:         (*world).probeAPI10,
	features.APIKey:        (*world).probeAPIKey,
	features.Viewer:        (*world).probeViewer,
	features.Sources:       (*world).probeSources,
	features.Isolated:      (*world).probeIsolated,
	features.Regions:       (*world).probeRegions,
	features.Policies:      (*world).probePolicies,
	features.Administrator: (*world).probeAdministrator,
	features.Access:        (*world).probeAccess,
	features.Encryptor:     (*world).probeEncryptor,
	features.Rights:        (*world).probeRights,
}

// probeAll asks a shared target for each capability that it declares and that is needed, and takes away
// what is not there. A target that is made for the run has what it was made with.
func (r *runner) probeAll(ctx context.Context, needs []string) {
	r.lacks = map[string]string{}
	if r.shared.Disposable {
		return
	}
	for _, capability := range r.has {
		probe := probes[capability]
		if probe == nil || slices.Contains(r.o.Has, capability) {
			continue
		}
		if !slices.Contains(needs, capability) {
			r.unasked = append(r.unasked, capability)
			continue
		}
		if missing, ok := errors.AsType[*absent](r.probe(ctx, capability, probe)); ok && ctx.Err() == nil {
			r.lacks[capability] = missing.why
		}
	}
	r.has = slices.DeleteFunc(slices.Clone(r.has), func(c string) bool { return r.lacks[c] != "" })
	for _, capability := range r.declared {
		if why := r.lacks[capability]; why != "" {
			r.tell(reports.Finding{Kind: "capability", Text: fmt.Sprintf(
				"declared and not found: %s: %s", features.Wanting(capability), why)})
		}
	}
}

// found lists the capabilities that the target was seen to have. What no case of the run needs was not asked
// for, and is not among them.
func (r *runner) found() []string {
	return slices.DeleteFunc(slices.Clone(r.has), func(c string) bool { return slices.Contains(r.unasked, c) })
}

// needsOf lists the capabilities that cases need.
func needsOf(cases []Case) []string {
	var needs []string
	for _, c := range cases {
		needs = append(needs, c.Needs...)
	}
	return needs
}

// probe asks for one capability with keys of its own.
func (r *runner) probe(ctx context.Context, capability string, ask func(*world, context.Context) error) error {
	w := newWorld(r.shared, r.o.Seed^hash(capability))
	w.ledger, w.pace = r.ledger, r.pace
	w.settable = slices.Contains(r.has, features.Clock) && r.lacks[features.Clock] == ""
	err := ask(w, ctx)
	r.clean(context.WithoutCancel(ctx), Case{}, w)
	return err
}

// missing names the first capability that the case needs and the target lacks. A clock that cannot be
// set is waited for, where the target allows that much.
func (r *runner) missing(c Case) (capability string, wait bool) {
	for _, need := range c.Needs {
		if slices.Contains(r.has, need) {
			continue
		}
		if d, can := waits(c); need == features.Clock && can && d <= r.shared.Wait {
			wait = true
			continue
		}
		return need, false
	}
	return "", wait
}

// wanting says why a case is skipped.
func (r *runner) wanting(c Case, missing string) string {
	text := "the target does not offer " + features.Wanting(missing)
	if r.lacks[missing] != "" {
		return text + ", though it is declared"
	}
	if d, can := waits(c); missing == features.Clock && can && r.shared.Wait > 0 {
		text += fmt.Sprintf("; the scenario would have to wait %v, and it allows %v (wait)", d, r.shared.Wait)
	}
	return text
}

// probeClock moves the clock by nothing.
func (w *world) probeClock(ctx context.Context) error {
	if err := w.t.Advance(ctx, 0); err != nil {
		return &absent{err.Error()}
	}
	return nil
}

// probeRegions reads how the regions are.
func (w *world) probeRegions(ctx context.Context) error {
	if _, err := w.t.AdminCall(ctx, http.MethodGet, "/admin/regions", nil); err != nil {
		return &absent{err.Error()}
	}
	return nil
}

// probeIsolated lists keys at both hosts of isolated keys. Any answer but that there is no such route
// will do.
func (w *world) probeIsolated(ctx context.Context) error {
	for _, api := range []target.API{target.API20KR, target.API20JP} {
		r, err := w.send(ctx, call{api: api, method: "GET", path: keysPath + "?pageNo=1&pageSize=1", by: w.owner()})
		if errors.Is(err, target.ErrNoAnswer) {
			return &absent{err.Error()}
		}
		if err != nil {
			return err
		}
		if r.Status == http.StatusNotFound {
			return &absent{fmt.Sprintf("no host of isolated keys answers at %s (status 404)", w.t.URLs[api])}
		}
	}
	return nil
}

// probeAPI10 asks API 1.0 for an encryption. Any answer but that there is no such route will do.
func (w *world) probeAPI10(ctx context.Context) error {
	r, err := w.ask10(ctx, "v2", w.owner())
	if err != nil || r.Status != http.StatusNotFound {
		return err
	}
	return &absent{fmt.Sprintf("no API 1.0 answers at %s (status 404)", w.t.URLs[target.API10])}
}

// probeAPIKey signs with the API key. From a refusal it does not follow whose fault it is.
func (w *world) probeAPIKey(ctx context.Context) error {
	r, err := w.ask10(ctx, "v1", target.SignatureV1(w.t.Credentials["owner"]))
	if err != nil || r.Status != http.StatusUnauthorized {
		return err
	}
	return &absent{"a call of API 1.0 that is signed with it is refused (status 401): the key is wrong, or the target does not know the older signature"}
}

func (w *world) ask10(ctx context.Context, generation string, by target.Auth) (*reply, error) {
	if err := w.makeKey(ctx, "the key", "AES256"); err != nil {
		return nil, err
	}
	err := w.encrypt10By(ctx, generation, by)
	if errors.Is(err, target.ErrNoAnswer) {
		return nil, &absent{err.Error()}
	}
	return w.last, err
}

// probeViewer lists keys as the viewer. Only who is unknown is not there: what a viewer may do is a
// rule.
func (w *world) probeViewer(ctx context.Context) error { return w.probeRole(ctx, "viewer") }

// probePolicies is probeViewer for the accounts of the other policies.
func (w *world) probePolicies(ctx context.Context) error {
	for _, role := range []string{governed, "infra", "finance"} {
		if err := w.probeRole(ctx, role); err != nil {
			return err
		}
	}
	return nil
}

// probeAdministrator is probeViewer for the account that administers the platform.
func (w *world) probeAdministrator(ctx context.Context) error {
	return w.probeRole(ctx, "administrator")
}

// probeEncryptor is probeViewer for the account that may encrypt alone.
func (w *world) probeEncryptor(ctx context.Context) error { return w.probeRole(ctx, permitted) }

// probeRights asks how that account stands.
func (w *world) probeRights(ctx context.Context) error {
	if _, err := w.t.Standing(ctx, permitted); err != nil {
		return &absent{err.Error()}
	}
	return nil
}

func (w *world) probeRole(ctx context.Context, role string) error {
	r, err := w.send(ctx, call{method: "GET", path: keysPath + "?pageNo=1&pageSize=1", by: w.as(role)})
	if err != nil || r.Status != http.StatusUnauthorized {
		return err
	}
	return &absent{fmt.Sprintf("the key list is refused to credentials.%s (status 401)", role)}
}

// probeAccess asks who the manager is, and for its access rule.
func (w *world) probeAccess(ctx context.Context) error {
	if err := w.makeKey(ctx, "the key", "AES256"); err != nil {
		return err
	}
	path, err := w.rulePath(ctx)
	if _, no := errors.AsType[*Mismatch](err); no {
		return &absent{"the activity log does not tell the id of credentials.manager: " + err.Error()}
	}
	if err != nil {
		return err
	}
	r, err := w.send(ctx, call{api: target.SubAccount, method: "GET", path: path, by: w.owner()})
	if errors.Is(err, target.ErrNoAnswer) {
		return &absent{err.Error()}
	}
	if err != nil || r.Status == http.StatusOK {
		return err
	}
	return &absent{fmt.Sprintf("the owner is not told the access rule of credentials.manager (status %d)", r.Status)}
}

// probeSources lists one address after the other in the IP ACL of a key and sees whether a call from
// it is let in. That a listed address lets in another is a broken rule, and no matter of the file's.
func (w *world) probeSources(ctx context.Context) error {
	if err := w.differ(); err != nil {
		return err
	}
	if err := w.keyWithTokens(ctx, "the key", "the ", "AES256"); err != nil {
		return err
	}
	if err := w.manage(ctx, "the key", "POST", aclSwitches["on"]); err != nil {
		return err
	}
	for _, ordinal := range []string{"first", "second", "third"}[:min(3, len(w.t.Sources))] {
		if err := w.probeSource(ctx, ordinal); err != nil {
			return err
		}
	}
	return nil
}

// differ refuses addresses that the file itself calls the same.
func (w *world) differ() error {
	for i, s := range w.t.Sources {
		for _, other := range w.t.Sources[:i] {
			if s.SeenAs.Unmap() == other.SeenAs.Unmap() {
				return &absent{fmt.Sprintf("two of them are seen as %s", s.SeenAs)}
			}
		}
	}
	return nil
}

func (w *world) probeSource(ctx context.Context, ordinal string) error {
	if err := w.changeAddress(ctx, "the key", ordinal, "added"); err != nil {
		return err
	}
	s, err := w.source(ordinal)
	if err != nil {
		return err
	}
	r, err := w.useToken(ctx, "the access token", s)
	if err == nil && !r.ok() && w.settable { // an address that is let in late is the right one all the same
		if err := w.minutePasses(ctx); err != nil {
			return err
		}
		r, err = w.useToken(ctx, "the access token", s)
	}
	if errors.Is(err, target.ErrNoAnswer) {
		return &absent{fmt.Sprintf("nothing can be sent from %s: %v", s.Bind, err)}
	}
	if err != nil {
		return err
	}
	if r.refused() && r.Status != http.StatusTooManyRequests {
		return &absent{fmt.Sprintf("a call from %s is refused although the IP ACL lists %s: that is not the address that the target sees, or it does not keep to its list",
			s.Bind, s.SeenAs)}
	}
	return w.changeAddress(ctx, "the key", ordinal, "deleted")
}
