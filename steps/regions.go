package steps

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/kmsproof/kmsproof/target"
)

// regions are the regions as sentences call them.
var regions = map[string]target.Region{"Korea": target.KR, "Japan": target.JPN}

// host returns the API that serves the keys that a sentence names.
func host(name string) target.API {
	if name == "the global keys" {
		return target.API20
	}
	return regions[name].Host()
}

func (w *world) regionSteps(add func(string, any)) {
	add(`{region} is (down|up)`, func(ctx context.Context, region, how string) error {
		return w.t.SetRegion(ctx, regions[region], how == "up")
	})
	add(`changes reach {region} {duration} late`, w.lagBehind)
	add(`an isolated key of {region}`, w.makeIsolated)
	add(`I create an isolated key of {region} with the name of the key`, w.createNamesake)
	add(`calls go to the host of {host}`, func(at string) { w.home = host(at) })
	add(`its base URL is noted`, func(ctx context.Context) error { return w.note(ctx, "base URL", w.baseURL) })
	add(`the answer names another base URL`, func() error {
		url, _ := w.last.str("baseUrl")
		return w.comparesTo("baseUrl", url, w.noted["base URL"], false)
	})
	add(`the answer names the base URL of the host of {host}`, func(at string) error {
		url, _ := w.last.str("baseUrl")
		return equal(w, "baseUrl", strings.TrimSuffix(url, "/"), w.t.URLs[host(at)])
	})
	add(`I migrate the key and name no region`, func(ctx context.Context) error { return w.migrateBy(ctx, map[string]any{}) })
	add(`I migrate the key to (.+)`, w.migrate)
	add(`the key is migrated to {region}`, w.mustMigrate)
	add(`the key is (enabled|disabled) at the host of {region}`, w.switchAt)
	add(`I ask about the key at the host of {host}`, w.askAt)
	add(`I encrypt {n} bytes at the host of {host}`, w.encryptAt)
	add(`I decrypt the ciphertext at the host of {host}`, w.decryptAt)
	add(`{caller} is served {n} times in a row`, w.servedInARow)
	add(`the call is not served`, func() error {
		return w.compare(!w.last.ok(), "the call not to be served", w.last.String())
	})
	add(`the gateway answers that its endpoint failed`, func() error {
		return w.compare(w.last.Status == http.StatusServiceUnavailable && w.last.Fault.Code == "500", "status 503, code 500", w.last.String())
	})
	add(`the answer names the key and the region {region}`, w.namesRegion)
}

// atHost is a call of the owner about the key at the host of some keys.
func (w *world) atHost(at, method, rest string) (call, error) {
	k, err := w.key("the key")
	if err != nil {
		return call{}, err
	}
	return call{api: host(at), method: method, path: k.path(rest), by: w.owner()}, nil
}

func (w *world) switchAt(ctx context.Context, how, region string) error {
	c, err := w.atHost(region, "POST", "/"+strings.TrimSuffix(how, "d"))
	if err != nil {
		return err
	}
	return w.mustAccept(ctx, c)
}

func (w *world) askAt(ctx context.Context, at string) error {
	c, err := w.atHost(at, "GET", "")
	if err != nil {
		return err
	}
	return w.try(ctx, c)
}

func (w *world) encryptAt(ctx context.Context, n int, at string) error {
	c, err := w.atHost(at, "POST", "/encrypt")
	if err != nil {
		return err
	}
	plain := [][]byte{w.bytes(n)}
	c.body, w.asList = map[string]any{"plaintext": oneOrList(plain, false)}, false
	return w.encryptBy(ctx, c, plain)
}

func (w *world) decryptAt(ctx context.Context, at string) error {
	c, err := w.atHost(at, "POST", "/decrypt")
	if err != nil {
		return err
	}
	if err := w.putCiphertexts(&c); err != nil {
		return err
	}
	return w.try(ctx, c)
}

func (w *world) lagBehind(ctx context.Context, region, span string) error {
	d, err := duration(span)
	if err != nil {
		return err
	}
	return w.t.SetLag(ctx, regions[region], d)
}

// makeIsolated creates an isolated key, which the target must accept.
func (w *world) makeIsolated(ctx context.Context, region string) error {
	name, err := w.nameForKey()
	if err != nil {
		return err
	}
	if err := w.createIsolated(ctx, region, name); err != nil {
		return err
	}
	return w.adopt("the key")
}

func (w *world) createIsolated(ctx context.Context, region, name string) error {
	return w.tryCreateAt(ctx, host(region), w.owner(), map[string]any{
		"keyName": name, "keyType": "AES256", "protectionType": "BASIC", "isAutoRotation": false, "memo": "",
	})
}

func (w *world) createNamesake(ctx context.Context, region string) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	return w.createIsolated(ctx, region, k.name)
}

// migrate asks for a migration where the key lives. to is a region, or what the call says for one.
func (w *world) migrate(ctx context.Context, to string) error {
	if r, ok := regions[to]; ok {
		to = string(r)
	}
	return w.migrateBy(ctx, map[string]any{"targetRegion": to})
}

func (w *world) migrateBy(ctx context.Context, body map[string]any) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	return w.try(ctx, call{api: k.api, method: "POST", path: k.path("/migrate"), by: w.owner(), body: body})
}

func (w *world) baseURL(ctx context.Context) (string, error) {
	r, err := w.info(ctx)
	if err != nil {
		return "", err
	}
	url, ok := r.str("baseUrl")
	return url, w.compare(ok && url != "", "a baseUrl", string(r.Data["baseUrl"]))
}

func (w *world) mustMigrate(ctx context.Context, region string) error {
	if err := w.migrate(ctx, region); err != nil {
		return err
	}
	return w.accepted(w.last)
}

// servedInARow compares how many of n encryptions in a row are served with all of them.
func (w *world) servedInARow(ctx context.Context, caller string, n int) error {
	served := 0
	var first *reply
	for range n {
		if err := w.use(ctx, "encrypt", "with "+caller, ""); err != nil {
			return err
		}
		if w.last.ok() {
			served++
		} else if first == nil {
			first = w.last
		}
	}
	if first == nil {
		return w.compare(true, "", "")
	}
	return w.compare(false, fmt.Sprintf("all %d calls to be served", n), fmt.Sprintf("%d were; the first other answer is %s", served, first))
}

func (w *world) namesRegion(region string) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	tag, _ := w.last.str("keyTag")
	if err := equal(w, "keyTag", tag, k.tag); err != nil {
		return err
	}
	got, _ := w.last.str("targetRegion")
	return equal(w, "targetRegion", got, string(regions[region]))
}
