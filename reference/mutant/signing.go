package mutant

import (
	"net/http"
	"strconv"
	"time"

	"github.com/kmsproof/kmsproof/reference"
)

// signing breaks, each for one part of it, how the signature of an account is read.
func signing() []Mutant {
	return []Mutant{
		{Name: "clock-unread", Flaw: "A signature's timestamp may be a year and a half off.", Apply: skew(13_000 * time.Hour)},
		{Name: "time-optional", Flaw: "A call without a time, or with one that is no number, is taken to be from now.", Apply: everySigned(func(h http.Header) bool {
			_, err := strconv.ParseInt(h.Get(timeHeader), 10, 64)
			return isNamed(h) && err != nil
		})},
		{Name: "signature-optional", Flaw: "A call that names an access key and carries no signature is believed.", Apply: everySigned(func(h http.Header) bool {
			return isNamed(h) && h.Get(signature2Header) == ""
		})},
		{Name: "access-key-optional", Flaw: "A call that carries a signature and names no access key is believed.", Apply: everySigned(func(h http.Header) bool {
			return !isNamed(h) && h.Get(signature2Header) != ""
		})},
		{Name: "access-key-unread", Flaw: "An access key that nobody has is taken for the owner's.", Apply: strangersBelieved},
		{Name: "anonymous-looks", Flaw: "Who only looks at a key needs no credentials.", Apply: asOwner(reference.API20,
			func(r *http.Request, at string) bool {
				return at == "GET /{keyTag}" && !carriesToken(r) && r.Header.Get(timeHeader) == ""
			})},
	}
}

func isNamed(h http.Header) bool { return h.Get(accessKeyHeader) != "" }

// everySigned returns a flaw that carries calls out for the owner by what their headers say.
func everySigned(when func(http.Header) bool) func(*reference.Options) {
	return asOwner(reference.API20, func(r *http.Request, _ string) bool { return when(r.Header) })
}

// strangersBelieved takes what no account has signed for the owner's.
func strangersBelieved(o *reference.Options) {
	ownerOf(o)
	known := map[string]bool{"": true}
	for _, a := range o.Accounts {
		known[a.AccessKey] = true
	}
	everySigned(func(h http.Header) bool { return !known[h.Get(accessKeyHeader)] })(o)
}
