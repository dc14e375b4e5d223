package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/kmsproof/kmsproof/target"
)

const keysPath = "/kms/v1/keys"

// A caller's view of a service that is measured.
type service struct {
	t     *target.Target
	owner target.Auth
}

func newService(s served) *service {
	t := &target.Target{
		Name: "reference", URLs: map[target.API]string{target.API20: s.API20, target.Admin: s.Admin},
		Credentials: map[string]target.Credential{"owner": {AccessKey: s.AccessKey, SecretKey: s.SecretKey}},
	}
	return &service{t, target.SignatureV2(t.Credentials["owner"])}
}

// call makes one call of the owner's and reads members of its data.
func (s *service) call(ctx context.Context, method, path, body string, into any) error {
	a, err := s.t.Do(ctx, target.Request{Method: method, Path: path, Body: []byte(body), Auth: s.owner})
	if err != nil {
		return err
	}
	if a.Status != http.StatusOK {
		return fmt.Errorf("%s %s: %d %s", method, path, a.Status, a.Body)
	}
	answer := struct {
		Data any `json:"data"`
	}{into}
	return json.Unmarshal(a.Body, &answer)
}

// keys creates so many keys, each with a creator and an access token that any address may use, and
// returns a request for each that encrypts 32 bytes.
func (s *service) keys(ctx context.Context, n int) ([][]byte, error) {
	requests := make([][]byte, 0, n)
	for i := range n {
		r, err := s.key(ctx, fmt.Sprintf("bench-%d", i))
		if err != nil {
			return nil, err
		}
		requests = append(requests, r)
	}
	return requests, nil
}

func (s *service) key(ctx context.Context, name string) ([]byte, error) {
	path, token, err := s.grant(ctx, name)
	if err != nil {
		return nil, err
	}
	return s.encrypt(path, token)
}

// grant creates a key with a creator and a token that this machine may use, and returns its path and the
// token.
func (s *service) grant(ctx context.Context, name string) (path, access string, err error) {
	var key struct {
		Tag string `json:"keyTag"`
	}
	create := fmt.Sprintf(`{"keyName":%q,"keyType":"AES256","protectionType":"BASIC"}`, name)
	if err := s.call(ctx, http.MethodPost, keysPath, create, &key); err != nil {
		return "", "", err
	}
	var token struct {
		Access string `json:"accessToken"`
	}
	path = keysPath + "/" + key.Tag
	for _, c := range []struct {
		path, body string
		into       any
	}{{"/token-generator", "{}", nil}, {"/acl", `{"ipList":["127.0.0.1"]}`, nil}, {"/token-set", "{}", &token}} {
		if err := s.call(ctx, http.MethodPost, path+c.path, c.body, c.into); err != nil {
			return "", "", err
		}
	}
	return path, token.Access, nil
}

// encryptBody asks for the encryption of 32 bytes.
var encryptBody = fmt.Sprintf(`{"plaintext":%q}`, base64.StdEncoding.EncodeToString(make([]byte, 32)))

// encrypt writes the request that encrypts 32 bytes.
func (s *service) encrypt(path, token string) ([]byte, error) {
	at, err := url.Parse(s.t.URLs[target.API20])
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "POST %s/encrypt HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n%s: %s\r\nContent-Length: %d\r\n\r\n%s",
		path, at.Host, target.HeaderToken, token, len(encryptBody), encryptBody), nil
}
