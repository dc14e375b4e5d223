// Package browser drives the pages of kmsproof in headless Chromium. It is a module of its own, so that who imports
// kmsproof does not get a browser driver.
package browser

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Patience is how long one step in the browser may take before its test fails.
const Patience = 30 * time.Second

// A Tab is a tab in a browser of its own. It notes what a page must not do.
type Tab struct {
	t   testing.TB
	ctx context.Context

	mu    sync.Mutex
	said  []string // on the console: errors, warnings, uncaught exceptions
	asked []string // addresses, without data: and blob:
}

// Open starts a browser, which ends with the test. Its preferred language is English unless an option says
// otherwise.
func Open(t testing.TB, options ...chromedp.ExecAllocatorOption) *Tab {
	t.Helper()
	all := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("accept-lang", "en"), chromedp.WindowSize(1400, 900))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), append(all, options...)...)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		cancel()
		stop()
	})
	tab := &Tab{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, tab.note); err != nil {
		t.Fatalf("no browser: %v", err)
	}
	tab.Do(Command(network.Enable, network.EnableParams{}), Command(log.Enable, cdp.Empty{}))
	return tab
}

// Command is an action that sends a command of the protocol.
func Command[P, R any](cmd cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, cmd, params)
		return chromedp.Void{}, err
	}
}

// note is called for each event, by the driver's goroutine.
func (tab *Tab) note(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "blob:") {
			tab.asked = append(tab.asked, url)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			tab.said = append(tab.said, string(e.Type))
		}
	case *runtime.EventExceptionThrown:
		tab.said = append(tab.said, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		tab.said = append(tab.said, e.Entry.Text)
	}
}

// Do runs the actions one after another, each within Patience, and ends the test at the first that fails.
func (tab *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	for _, a := range actions {
		ctx, cancel := context.WithTimeout(tab.ctx, Patience)
		err := chromedp.Do(ctx, a)
		for redrawn(err) && ctx.Err() == nil {
			err = chromedp.Do(ctx, a)
		}
		cancel()
		if err != nil {
			tab.t.Fatalf("in the browser: %v", err)
		}
	}
}

// redrawn reports whether an element was replaced by the page between being found and being reached, so
// that nothing was done to it.
func redrawn(err error) bool {
	return err != nil && strings.Contains(err.Error(), "Could not find node with given id")
}

// Result runs an action, within Patience, and ends the test where it fails.
func Result[V any](tab *Tab, a chromedp.Action[V]) V {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		tab.t.Fatalf("in the browser: %v", err)
	}
	return v
}

// Value evaluates an expression in the page, and waits where it is a promise.
func Value[V any](tab *Tab, expression string) V {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[V](expression, func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }))
	if err != nil {
		tab.t.Fatalf("in the browser: %.80s: %v", expression, err)
	}
	return v
}

// Text is what an element shows, also where no script may run.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	return Result(tab, chromedp.Text(selector))
}

// Allow grants a permission, which a person would be asked for.
func (tab *Tab) Allow(permission string) {
	tab.t.Helper()
	_, err := chromedp.CallBrowser(tab.ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: permission}, Setting: browser.PermissionSettingGranted,
	})
	if err != nil {
		tab.t.Fatalf("in the browser: %v", err)
	}
}

// Said is what the page wrote to the console as a warning or an error, or left uncaught.
func (tab *Tab) Said() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return append([]string(nil), tab.said...)
}

// Asked are the addresses that were asked for, the page's own first.
func (tab *Tab) Asked() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return append([]string(nil), tab.asked...)
}

// Clean fails the test if the page said anything on the console, or asked for an address that does not begin with
// one of own.
func (tab *Tab) Clean(own ...string) {
	tab.t.Helper()
	for _, s := range tab.Said() {
		tab.t.Errorf("on the console: %s", s)
	}
	for _, url := range tab.Asked() {
		if !begins(url, own) {
			tab.t.Errorf("the page asked for %s", url)
		}
	}
}

func begins(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
