package reference

import (
	"encoding/base64"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// encrypt is POST /kms/v1/keys/{keyTag}/encrypt (security-kms2-encrypt, -token-encrypt).
func encrypt(c *call) (any, error) {
	in, out, err := c.encrypt()
	if err != nil {
		return nil, err
	}
	return struct {
		Ciphertext any `json:"ciphertext"`
	}{in.shape(out)}, nil
}

func (c *call) encrypt() (in texts, out []string, err error) {
	var body struct {
		Plaintext texts `json:"plaintext"`
	}
	if bad := decode(c.body, &body); bad != nil {
		return in, nil, bad
	}
	in = body.Plaintext
	if bad := in.require("plaintext"); bad != nil {
		return in, nil, bad
	}
	plaintexts, bad := in.plaintexts("plaintext")
	if bad != nil {
		return in, nil, bad
	}
	out, err = c.key.Encrypt(c.caller, plaintexts, c.now)
	return in, out, err
}

// decrypt is POST /kms/v1/keys/{keyTag}/decrypt (security-kms2-decrypt, -token-decrypt).
func decrypt(c *call) (any, error) {
	in, out, err := c.decrypt()
	if err != nil {
		return nil, err
	}
	return struct {
		Plaintext any `json:"plaintext"`
	}{in.shape(out)}, nil
}

func (c *call) decrypt() (in texts, out []string, err error) {
	var body struct {
		Ciphertext texts `json:"ciphertext"`
	}
	if bad := decode(c.body, &body); bad != nil {
		return in, nil, bad
	}
	in = body.Ciphertext
	if bad := in.require("ciphertext"); bad != nil {
		return in, nil, bad
	}
	plaintexts, bad := c.key.Decrypt(c.caller, in.list, c.now)
	if bad != nil {
		return in, nil, bad
	}
	out = make([]string, len(plaintexts))
	for i, p := range plaintexts {
		out[i] = base64.StdEncoding.EncodeToString(p)
	}
	return in, out, nil
}

// encrypt10 and decrypt10 are the calls of API 1.0 (security-kms-encrypt, -decrypt): the same, but
// the results of an array have a name of their own.
func (s *Service) encrypt10(c *call) (any, error) {
	in, out, err := c.encrypt()
	if err != nil {
		return nil, err
	}
	return s.named10("ciphertext", in, out), nil
}

func (s *Service) decrypt10(c *call) (any, error) {
	in, out, err := c.decrypt()
	if err != nil {
		return nil, err
	}
	return s.named10("plaintext", in, out), nil
}

func (s *Service) named10(name string, in texts, out []string) map[string]any {
	if in.array && !s.options.Dialect.OneName10 {
		name += "List"
	}
	return map[string]any{name: in.shape(out)}
}

// enableCreator is POST /kms/v1/keys/{keyTag}/token-generator (security-kms2-create-token-gen).
func enableCreator(c *call) (any, error) { return nil, c.key.EnableCreator(c.now) }

// replaceCreator is PUT /kms/v1/keys/{keyTag}/token-generator (security-kms2-update-token-gen).
func replaceCreator(c *call) (any, error) { return nil, c.key.ReplaceCreator(c.now) }

// disableCreator is DELETE /kms/v1/keys/{keyTag}/token-generator (security-kms2-delete-token-gen).
func disableCreator(c *call) (any, error) {
	if bad := c.key.DisableCreator(c.now); bad != nil {
		return nil, bad
	}
	return nil, nil
}

// getCreator is GET /kms/v1/keys/{keyTag}/token-generator (security-kms2-get-token-gen).
func getCreator(c *call) (any, error) {
	i := c.key.CreatorInfo()
	out := struct {
		ID       *string `json:"tokenGeneratorId"`
		Status   string  `json:"status"`
		Enabled  *int64  `json:"enabledDate"`
		Disabled *int64  `json:"disabledDate"`
		Issued   int     `json:"issuedTokenCount"`
	}{nil, "INACTIVE", millis(i.EnabledAt), millis(i.DisabledAt), i.Issued}
	if i.ID != "" {
		out.ID = &i.ID
	}
	if i.Active {
		out.Status = "ACTIVE"
	}
	return out, nil
}

// issueTokens is POST and PUT token-set and POST access-token (security-kms2-token-set, -token-renew,
// -token-access-token).
func issueTokens(c *call) (any, error) {
	ask, bad := readAsk(c.op.op, c.body)
	if bad != nil {
		return nil, bad
	}
	set, err := c.key.Issue(c.op.op, c.caller, ask, c.now)
	if err != nil {
		return nil, err
	}
	return struct {
		Refresh string `json:"refreshToken,omitempty"`
		Access  string `json:"accessToken"`
	}{set.Refresh, set.Access}, nil
}

// readAsk reads the lifetimes that a call asks for; an access token alone has but one.
func readAsk(op kms.Op, body []byte) (kms.Ask, *kms.Refusal) {
	var access struct {
		Hours hours `json:"accessTokenHours"`
	}
	var refresh struct {
		Hours hours `json:"refreshTokenHours"`
	}
	if bad := decode(body, &access); bad != nil {
		return kms.Ask{}, bad
	}
	if op != kms.RenewAccessToken {
		if bad := decode(body, &refresh); bad != nil {
			return kms.Ask{}, bad
		}
	}
	return kms.Ask{Access: access.Hours.Lifetime, Refresh: refresh.Hours.Lifetime}, nil
}
