package kms

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestOnlyTheWholeTokenIsGenuine(t *testing.T) {
	const signature = "0123456789abcdef"
	token, other := "head.payload."+signature, "head.payload.fedcba9876543210"
	var g genuine
	if _, ok := g.find(token); ok {
		t.Error("a token is known before the first")
	}
	g.add(token, Claims{Subject: "a"})
	g.add(other, Claims{Subject: "b"})
	for range 2 { // in turn, so that each is found as the latest and as another
		for token, subject := range map[string]string{token: "a", other: "b"} {
			for range 2 {
				if c, ok := g.find(token); !ok || c.Subject != subject {
					t.Errorf("%s: known %v, want the claims of %s", token, ok, subject)
				}
			}
			for _, altered := range []string{"", signature, "HEAD.payload." + signature, token[1:], "x" + token, token + "x", strings.ToUpper(token), other[:10] + token} {
				if _, ok := g.find(altered); ok {
					t.Errorf("%q is taken for %s", altered, token)
				}
			}
		}
	}
}

func TestACreatorRemembersSoManyTokens(t *testing.T) {
	var g genuine
	name := func(i int) string { return fmt.Sprintf("%020d", i) }
	for i := range maxVerified + 1 {
		g.add(name(i), Claims{})
	}
	if _, ok := g.find(name(maxVerified - 1)); !ok {
		t.Error("the last that fits is forgotten")
	}
	if _, ok := g.find(name(maxVerified)); ok {
		t.Error("one more is remembered")
	}
}

func TestTokensAreRememberedAndFoundAtOnce(t *testing.T) {
	var g genuine
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for j := range 100 {
				token := fmt.Sprintf("%020d", 1000*i+j)
				g.add(token, Claims{Subject: token})
				if c, ok := g.find(token); !ok || c.Subject != token {
					t.Errorf("%s: known %v", token, ok)
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkSeal(b *testing.B) {
	b.ReportAllocs()
	token := strings.Repeat("a token ", 120)
	for b.Loop() {
		sealOf(token)
	}
}
