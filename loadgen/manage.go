package loadgen

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/kmsproof/kmsproof/target"
)

// create makes a key by the ledger and notes it.
func (r *rig) create(ctx context.Context, k *loaded) error {
	var err error
	if k.name, err = r.ledger.NextName(); err != nil {
		return err
	}
	var made struct {
		KeyTag string `json:"keyTag"`
	}
	body := fmt.Sprintf(`{"keyName":%q,"keyType":"AES256","protectionType":"BASIC","isAutoRotation":false}`, k.name)
	// An interrupt waits for the answer: a key that nobody knows of is found only by its name.
	if err := r.manage(context.WithoutCancel(ctx), "/kms/v1/keys", body, &made); err != nil {
		if target.Uncertain(err) {
			r.ledger.Lost(k.name)
		}
		return fmt.Errorf("create key %s: %w", k.name, err)
	}
	if made.KeyTag == "" {
		return fmt.Errorf("create key %s: the answer holds no keyTag", k.name)
	}
	k.tag = made.KeyTag
	return r.ledger.Created(k.tag, k.name)
}

// authorize gets k a token on API 2.0; API 1.0 knows only the account's signature.
func (r *rig) authorize(ctx context.Context, k *loaded) error {
	if r.api == target.API10 {
		k.auth = target.SignatureV2(r.owner)
		return nil
	}
	path := "/kms/v1/keys/" + k.tag
	if err := r.manage(ctx, path+"/token-generator", "", nil); err != nil {
		return fmt.Errorf("create a token creator: %w", err)
	}
	set := tokenSet{}
	if err := r.manage(ctx, path+"/token-set", r.lifetime(), &set); err != nil {
		return fmt.Errorf("create a token set: %w", err)
	}
	if set.AccessToken == "" {
		return fmt.Errorf("create a token set: the answer holds no accessToken")
	}
	k.auth, k.refresh = target.Token(set.AccessToken), set.RefreshToken
	return nil
}

// A tokenSet is what the target gives for the asking.
type tokenSet struct {
	AccessToken  string `json:"accessToken"`
	RefreshToken string `json:"refreshToken"`
}

// lifetime is the body that asks for tokens.
func (r *rig) lifetime() string {
	if r.life == 0 {
		return "{}"
	}
	return fmt.Sprintf(`{"accessTokenHours":%d}`, int(r.life.Hours()))
}

// manage makes one management call as the owner and decodes the data of its answer into out,
// unless out is nil.
func (r *rig) manage(ctx context.Context, path, body string, out any) error {
	return r.call(ctx, target.Request{Method: http.MethodPost, Path: path, Body: bytesOrNil(body), Auth: target.SignatureV2(r.owner)}, out)
}

func bytesOrNil(body string) []byte {
	if body == "" {
		return nil
	}
	return []byte(body)
}

// A statusError is an answer that is no success.
type statusError struct {
	status int
	body   []byte
}

// Error implements error. The body of a refusal holds no secret.
func (e *statusError) Error() string {
	return fmt.Sprintf("status %d: %.200s", e.status, bytes.TrimSpace(e.body))
}

// call makes one call and decodes the data of its answer.
func (r *rig) call(ctx context.Context, q target.Request, out any) error {
	answer, err := r.t.Do(ctx, q)
	if err != nil {
		return err
	}
	if answer.Status != http.StatusOK {
		return &statusError{answer.Status, answer.Body}
	}
	if out == nil {
		return nil
	}
	return data(answer.Body, out)
}

// data decodes the data member of a successful answer.
func data(body []byte, out any) error {
	envelope := struct {
		Data any `json:"data"`
	}{out}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return fmt.Errorf("the answer is not the documented JSON: %w", err)
	}
	return nil
}
