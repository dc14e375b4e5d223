package steps

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/target"
)

// TestNothingSecretIsTold puts a canary wherever a secret can stand.
func TestNothingSecretIsTold(t *testing.T) {
	const canary = "Q0FOQVJZ"
	secret := "eyJ0eXAi." + canary + ".c2ln"
	w := newWorld(&target.Target{URLs: map[target.API]string{target.API20: "http://kms.test"}}, 0)
	w.tokens["the access token"] = &token{text: secret}
	bodies := []string{
		`{"plaintext":"` + canary + `"}`,
		`{"plaintext" : ["` + canary + `","` + canary + `"]}`,
		`{"plaintext":"` + canary, // cut off
		`{"ciphertext":"ncpkms:v1:` + canary + `"}`,
		`{"context":"` + canary + `","other":1}`,
		`say ncpkms:v12:` + canary + ` and ` + secret,
		`{"data":{"accessToken":"` + secret + `","refreshToken":"` + secret + `"}}`,
		`{"code":"SUCCESS","data":{"plaintextList":["` + canary + `"]}}`,
	}
	for _, body := range bodies {
		for _, by := range []target.Auth{
			target.Token(secret), target.Token(canary),
			target.SignatureV2{AccessKey: canary, SecretKey: canary}, nil,
		} {
			w.exchanges = nil
			w.keepExchange(exchange{
				asked:  target.Request{Method: "POST", Path: "/kms/v1/keys/k/encrypt", Auth: by, Body: []byte(body)},
				answer: &target.Answer{Status: 200, Body: []byte(body)},
			})
			text, err := json.Marshal(w.told())
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), canary) {
				t.Errorf("body %s by %T tells the secret: %s", body, by, text)
			}
		}
	}
}

func TestCurlRepeatsTheCall(t *testing.T) {
	w := newWorld(&target.Target{URLs: map[target.API]string{target.API20: "http://kms.test"}}, 0)
	w.tokens["the access token"] = &token{text: "eyJ.a.b"}
	w.keepExchange(exchange{
		asked:  target.Request{Method: "POST", Path: "/kms/v1/keys/k/encrypt", Auth: target.Token("eyJ.a.b"), Body: []byte(`{"plaintext":"QQ=="}`)},
		answer: &target.Answer{Status: 200},
	})
	want := `curl -sS -X POST -H "Content-Type: application/json" -H "X-Ncp-Ocapi-Token: $ACCESS_TOKEN"` +
		` --data-binary '{"plaintext":"'"$PLAINTEXT"'"}' 'http://kms.test/kms/v1/keys/k/encrypt'`
	if got := w.told()[0].Curl; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestCurlSignsAnew(t *testing.T) {
	viewer := target.Credential{AccessKey: "v", SecretKey: "s"}
	w := newWorld(&target.Target{
		URLs:        map[target.API]string{target.API20: "http://kms.test"},
		Credentials: map[string]target.Credential{"owner": {AccessKey: "o"}, "viewer": viewer},
	}, 0)
	w.keepExchange(exchange{
		asked:  target.Request{Method: "POST", Path: "/kms/v1/keys", Auth: target.SignatureV2(viewer), Body: []byte(`{"plaintext":["QQ==","QQ=="],"memo":"it's"}`)},
		answer: &target.Answer{Status: 403},
	})
	want := `TIMESTAMP=$(date +%s000); SIGNATURE=$(printf '%s' 'POST /kms/v1/keys'$'\n'"$TIMESTAMP"$'\n'"$VIEWER_ACCESS_KEY"` +
		` | openssl dgst -sha256 -hmac "$VIEWER_SECRET_KEY" -binary | openssl base64 -A);` +
		` curl -sS -X POST -H "Content-Type: application/json" -H "X-Ncp-Apigw-Signature-V2: $SIGNATURE"` +
		` -H "X-Ncp-Apigw-Timestamp: $TIMESTAMP" -H "X-Ncp-Iam-Access-Key: $VIEWER_ACCESS_KEY"` +
		` --data-binary '{"plaintext":['"$PLAINTEXT"'],"memo":"it'\''s"}' 'http://kms.test/kms/v1/keys'`
	if got := w.told()[0].Curl; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFirstAndLastExchangesAreKept(t *testing.T) {
	w := newWorld(&target.Target{}, 0)
	for i := range 40 {
		answer := &target.Answer{Status: 200}
		if i == 5 {
			answer.Status = 500
		}
		w.keepExchange(exchange{asked: target.Request{Path: string(rune('A' + i))}, answer: answer})
	}
	w.keepExchange(exchange{asked: target.Request{Path: "none"}, err: target.ErrNoAnswer})
	if len(w.exchanges) != keptExchanges || w.exchanges[0].asked.Path != "A" || w.exchanges[keptExchanges-1].asked.Path != "none" {
		t.Errorf("kept %d, from %s to %s", len(w.exchanges), w.exchanges[0].asked.Path, w.exchanges[len(w.exchanges)-1].asked.Path)
	}
	if w.worst != 500 {
		t.Errorf("the highest status is %d, want 500: of an answer that is not kept", w.worst)
	}
}
