package proof_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A cage holds canaries: the secrets of a run, by what they are. Its zero value is empty.
type cage struct {
	names  map[string]string      // by secret
	chunks map[[head]byte][]chunk // of all forms of all secrets, by their first bytes
}

// A chunk is a piece of a secret in some form. A leak of it is as good as one of the secret.
type chunk struct{ text, form, secret string }

const (
	head   = 8   // bytes by which a chunk is looked up; what is shorter is no secret
	piece  = 16  // bytes of a chunk, so that a secret that was cut short is found too
	enough = 512 // bytes of a form that are looked for
)

// add puts a secret into the cage. What is short, or nearly all one byte, is left out: it would be found
// by chance.
func (c *cage) add(name, secret string) {
	if _, known := c.names[secret]; known || len(secret) < head || distinct(secret) < head-2 || public.MatchString(secret) {
		return
	}
	if c.names == nil {
		c.names, c.chunks = map[string]string{}, map[[head]byte][]chunk{}
	}
	c.names[secret] = name
	for form, text := range forms(secret) {
		text = text[:min(len(text), enough)]
		for i := 0; i+head <= len(text); i += piece {
			part := text[i:min(i+piece, len(text))]
			key := [head]byte([]byte(part))
			if distinct(part) < head-2 || slices.ContainsFunc(c.chunks[key], func(k chunk) bool { return k.text == part }) {
				continue
			}
			c.chunks[key] = append(c.chunks[key], chunk{part, form, name})
		}
	}
}

// public are texts that the suite encrypts and that are no secrets: its own name, and that encoded.
var public = regexp.MustCompile(`^(kmsproof|a21zcHJvb2Y=)$`)

func distinct(text string) int {
	var seen [256]bool
	n := 0
	for i := range len(text) {
		if !seen[text[i]] {
			seen[text[i]] = true
			n++
		}
	}
	return n
}

// forms are the ways in which a text may show a secret. In base64 it looks different at each of three
// places in what is encoded; characters that hold bits of its neighbours are left out.
func forms(secret string) map[string]string {
	out := map[string]string{
		"plain": secret, "hex": hex.EncodeToString([]byte(secret)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"URL": url.QueryEscape(secret), "path": url.PathEscape(secret), "quoted": strings.Trim(fmt.Sprintf("%q", secret), `"`), "octets": strings.Trim(fmt.Sprint([]byte(secret)), "[]"),
	}
	for name, alphabet := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64 for URLs": base64.RawURLEncoding} {
		for shift := range 3 {
			text := alphabet.EncodeToString([]byte(strings.Repeat("\x00", shift) + secret))
			first := (shift*8 + 5) / 6
			last := (shift + len(secret)) * 8 / 6
			out[fmt.Sprintf("%s, %d bytes in", name, shift)] = text[first:last]
		}
		out[name+", escaped"] = url.QueryEscape(alphabet.EncodeToString([]byte(secret)))
	}
	return out
}

// A leak is where a text shows a secret.
type leak struct {
	chunk
	around string
}

// search returns the first leak of each secret in a text, as it is and as a browser would show it.
func (c *cage) search(text string) []leak {
	var found []leak
	seen := map[string]bool{}
	for _, text := range slices.Compact([]string{text, html.UnescapeString(text)}) {
		for i := 0; i+head <= len(text); i++ {
			for _, k := range c.chunks[[head]byte([]byte(text[i:i+head]))] {
				if !seen[k.secret] && strings.HasPrefix(text[i:], k.text) {
					seen[k.secret] = true
					found = append(found, leak{k, text[max(0, i-40):min(len(text), i+40)]})
				}
			}
		}
	}
	return found
}

// TestTheCageHearsEveryForm plants a secret in each form among other text, whole and cut short, and
// looks for it: a search that cannot find would prove nothing.
func TestTheCageHearsEveryForm(t *testing.T) {
	secret := "s3cr+t/\xfb\xff\xfe of-a_key?with&all"
	var c cage
	c.add("the secret", secret)
	const noise = `{"op":"encrypt","key":"0123456789abcdef","status":200,"base64":"AAAAAAAAAAAA"} <p>`
	if found := c.search(noise); len(found) > 0 {
		t.Fatalf("nothing is there, and it finds %v", found)
	}
	std := base64.StdEncoding.EncodeToString
	for name, text := range map[string]string{
		"plain": secret, "cut short": secret[:20], "hex": fmt.Sprintf("%x", secret), "capital hex": fmt.Sprintf("%X", secret), "quoted by Go": fmt.Sprintf("%q", secret), "octets": fmt.Sprint([]byte(secret)),
		"base64": std([]byte(secret)), "raw base64": base64.RawStdEncoding.EncodeToString([]byte(secret)), "base64 for URLs": base64.URLEncoding.EncodeToString([]byte(secret)),
		"base64 behind a byte": std([]byte("x" + secret + "y")), "base64 behind two bytes": std([]byte("xy" + secret)), "base64 behind three bytes": std([]byte("xyz" + secret)), "URL": url.QueryEscape(secret), "path": url.PathEscape(secret),
		"base64 in a URL": url.QueryEscape(std([]byte(secret))), "HTML": html.EscapeString(secret), "base64 in HTML": strings.ReplaceAll(std([]byte(secret)), "+", "&#43;"),
	} {
		if found := c.search(noise + text + noise); len(found) != 1 || found[0].secret != "the secret" {
			t.Errorf("the secret as %s: %v, want it found", name, found)
		}
	}
}
