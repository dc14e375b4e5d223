package reference_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
)

// TestTheShortReaderTakesOnlyWhatIsPlain holds the short way of reading a body against the general one.
func TestTheShortReaderTakesOnlyWhatIsPlain(t *testing.T) {
	for body, plain := range map[string]bool{
		`{"plaintext":"aGVsbG8="}`: true, `{"plaintext":""}`: true, `{"plaintext":"+/09azAZ=="}`: true,
		``: false, `{}`: false, `{"plaintext":"}`: false, `{"plaintext":"`: false, `{"plaintext":""`: false, `{"plaintext":"aa`: false,
		`{"plaintext":"aGVsbG8="} `: false, ` {"plaintext":"aGVsbG8="}`: false, `{"plaintext" :"aGVsbG8="}`: false, `{ "plaintext":"aGVsbG8="}`: false,
		`{"plaintext":"aGVsbG8="}}`: false, `{"plaintext":"a","plaintext":"b"}`: false, `{"plaintext":"a"}{"plaintext":"b"}`: false,
		`{"plaintext":"a\u0047Vs"}`: false, `{"plaintext":"a\/=="}`: false, `{"plaintext":"aGVs` + "\n" + `bG8="}`: false, `{"plaintext":"-_-_"}`: false,
		`{"plaintext":"a","context":"b"}`: false, `{"plaintex":"aGVsbG8="}`: false, `{"plaintexts":"aGVsbG8="}`: false, `{"Plaintext":"aGVsbG8="}`: false,
		`{"plaintext":["aGVs"]}`: false, `{"plaintext":"` + "\xff" + `"}`: false, `{"plaintext":"가"}`: false, `{"plaintext":null}`: false,
	} {
		text, ok := reference.Sole(body, "plaintext")
		if ok != plain {
			t.Errorf("%s: taken %v, want %v", body, ok, plain)
		}
		var members map[string]string
		if ok && (json.Unmarshal([]byte(body), &members) != nil || len(members) != 1 || members["plaintext"] != text) {
			t.Errorf("%s: read as %q, and by encoding/json as %v", body, text, members)
		}
	}
}

// TestALengthThatIsTooShortBoundsNothing sends more than a request's length says, which only a caller in the
// same process can.
func TestALengthThatIsTooShortBoundsNothing(t *testing.T) {
	r := newRig(t, reference.Options{})
	r.do(http.MethodPost, "/tag/acl", `{"ipList":["127.0.0.1"]}`)
	access, _ := r.tokens("tag")
	for size, want := range map[int]int{1000: http.StatusBadRequest, 512<<10 + 1: http.StatusRequestEntityTooLarge} {
		body := io.MultiReader(strings.NewReader(`{"plaintext":"aGVsbG8="}`), bytes.NewReader(bytes.Repeat([]byte("x"), size)))
		req, err := http.NewRequest(http.MethodPost, reference.MemoryURLs()[reference.API20]+"/kms/v1/keys/tag/encrypt", body)
		if err != nil {
			t.Fatal(err)
		}
		req.ContentLength = 24
		access.Authorize(req, start)
		answer, err := r.send(req)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%d bytes more than announced: %d, want %d", size, answer.StatusCode, want)
		}
	}
}
