package reference

import (
	"cmp"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// sign is POST sign of both APIs (security-kms2-sign, -token-sign, security-kms-sign).
func sign(c *call) (any, error) {
	var in struct {
		Data *string `json:"data"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	data, bad := c.signed(in.Data)
	if bad != nil {
		return nil, bad
	}
	signature, err := c.key.Sign(c.caller, data, c.now)
	if err != nil {
		return nil, err
	}
	return struct {
		Signature string `json:"signature"`
	}{signature}, nil
}

// verify is POST verify of both APIs (security-kms2-verify, -token-verify, security-kms-verify).
func verify(c *call) (any, error) {
	var in struct {
		Data      *string `json:"data"`
		Signature *string `json:"signature"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	data, bad := c.signed(in.Data)
	if bad := cmp.Or(bad, given("signature", in.Signature)); bad != nil {
		return nil, bad
	}
	valid, bad := c.key.Verify(c.caller, data, *in.Signature, c.now)
	if bad != nil {
		return nil, bad
	}
	return struct {
		Valid bool `json:"valid"`
	}{valid}, nil
}

// signed decodes the data that is signed.
func (c *call) signed(text *string) ([]byte, *kms.Refusal) {
	if bad := given("data", text); bad != nil {
		return nil, bad
	}
	data, err := c.dialect().base64(*text)
	if err != nil {
		return nil, kms.NoBase64("data")
	}
	return data, nil
}

// publicKey is POST /kms/v1/keys/{keyTag}/get-pub-key (security-kms2-public-key, -token-public-key).
func publicKey(c *call) (any, error) {
	var in struct {
		Version *int `json:"keyVersion"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	version := 0 // the newest
	if in.Version != nil {
		if version = *in.Version; version < 1 {
			return nil, kms.BadField("keyVersion", "versions begin with 1")
		}
	}
	pem, err := c.key.PublicKey(c.caller, version, c.now)
	if err != nil {
		return nil, err
	}
	return struct {
		PublicKey string `json:"publicKey"`
	}{pem}, nil
}
