package reference

import (
	"encoding/base64"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// encrypt is POST /kms/v1/keys/{keyTag}/encrypt (security-kms2-encrypt, -token-encrypt).
func encrypt(c *call) (any, error) {
	in, out, err := c.encrypt()
	return one("ciphertext", in, out, err)
}

// decrypt is POST /kms/v1/keys/{keyTag}/decrypt (security-kms2-decrypt, -token-decrypt).
func decrypt(c *call) (any, error) {
	in, plaintexts, bad := c.decrypt()
	if bad != nil {
		return nil, bad
	}
	name := "plaintext"
	if in.array && c.dialect().PlaintextList20 {
		name = "plaintextList"
	}
	return one(name, in, encoded(plaintexts), nil)
}

// reencrypt is POST /kms/v1/keys/{keyTag}/re-encrypt and /reencrypt (security-kms2-reencrypt,
// -token-reencrypt).
func reencrypt(c *call) (any, error) {
	in, out, err := c.reencrypt()
	return one("newCiphertext", in, out, err)
}

// one answers under one name, with a text or an array as was asked.
func one(name string, in texts, out []string, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return &member{name, out, in.array}, nil
}

// noItem stands for the result of a bad item, which is null in JSON; see [Dialect.PartialBatches].
const noItem = "\x00"

// member is a JSON object with one member: a text, or an array of them.
type member struct {
	name  string
	texts []string
	array bool
}

// MarshalJSONTo implements json.MarshalerTo.
func (m *member) MarshalJSONTo(enc *jsontext.Encoder) error {
	value := any(m.texts)
	if !m.array {
		value = m.texts[0]
	} else if slices.Contains(m.texts, noItem) {
		value = withGaps(m.texts)
	}
	return errors.Join(
		enc.WriteToken(jsontext.BeginObject), enc.WriteToken(jsontext.String(m.name)),
		json.MarshalEncode(enc, value), enc.WriteToken(jsontext.EndObject),
	)
}

// withGaps returns the texts with nil for each noItem.
func withGaps(texts []string) []*string {
	out := make([]*string, len(texts))
	for i := range texts {
		if texts[i] != noItem {
			out[i] = &texts[i]
		}
	}
	return out
}

func (c *call) encrypt() (in texts, out []string, err error) {
	var body struct {
		Plaintext texts   `json:"plaintext"`
		Context   *string `json:"context"`
	}
	if text, ok := c.body.sole("plaintext"); ok {
		body.Plaintext = aText(text)
	} else if bad := c.decode(&body); bad != nil {
		return in, nil, bad
	}
	in = body.Plaintext
	if bad := c.dialect().require("plaintext", &in); bad != nil {
		return in, nil, bad
	}
	plaintexts, bad := c.dialect().plaintexts("plaintext", in)
	if bad != nil {
		return in, nil, bad
	}
	if c.api == API10 && c.dialect().PerItem {
		if bad := c.service.bound10("plaintext", plaintexts); bad != nil {
			return in, nil, bad
		}
	}
	out, err = c.key.Encrypt(c.caller, plaintexts, body.Context, c.now)
	return in, marked(out), err
}

func (c *call) decrypt() (in texts, plaintexts [][]byte, bad *kms.Refusal) {
	in, context, bad := c.ciphertexts()
	if bad != nil {
		return in, nil, bad
	}
	plaintexts, bad = c.key.Decrypt(c.caller, in.list, context, c.now)
	return in, plaintexts, bad
}

// encoded is the base64 of each plaintext, and noItem for one that is nil.
func encoded(plaintexts [][]byte) []string {
	out := make([]string, len(plaintexts))
	for i, p := range plaintexts {
		if p == nil {
			out[i] = noItem
			continue
		}
		out[i] = base64.StdEncoding.EncodeToString(p)
	}
	return out
}

// marked puts noItem for ciphertexts that are empty.
func marked(ciphertexts []string) []string {
	for i, text := range ciphertexts {
		if text == "" {
			ciphertexts[i] = noItem
		}
	}
	return ciphertexts
}

func (c *call) reencrypt() (in texts, out []string, err error) {
	in, context, bad := c.ciphertexts()
	if bad != nil {
		return in, nil, bad
	}
	out, err = c.key.Reencrypt(c.op.op, c.caller, in.list, context, c.now)
	return in, marked(out), err
}

// ciphertexts reads the body of decrypt and re-encrypt.
func (c *call) ciphertexts() (in texts, context *string, bad *kms.Refusal) {
	var body struct {
		Ciphertext texts   `json:"ciphertext"`
		Context    *string `json:"context"`
	}
	if bad := c.decode(&body); bad != nil {
		return in, nil, bad
	}
	bad = c.dialect().require("ciphertext", &body.Ciphertext)
	return body.Ciphertext, body.Context, bad
}

// encrypt10, decrypt10 and reencrypt10 are the calls of API 1.0 (security-kms-encrypt, -decrypt,
// -reencrypt): the same, but the results of an array have a name of their own.
func (s *Service) encrypt10(c *call) (any, error) {
	in, out, err := c.encrypt()
	return one(s.name10("ciphertext", in), in, out, err)
}

// decrypt10 bounds an array as encrypt does (security-kms-decrypt): by what it decrypts to, so that what
// one call encrypts another decrypts.
func (s *Service) decrypt10(c *call) (any, error) {
	in, plaintexts, bad := c.decrypt()
	if bad == nil && in.array {
		bad = s.bound10("ciphertext", plaintexts)
	}
	if bad != nil {
		return nil, bad
	}
	return one(s.name10("plaintext", in), in, encoded(plaintexts), nil)
}

// bound10 bounds the items of an array all together, as the page of API 1.0 has it: [Dialect.PerItem] is about API 2.0.
func (s *Service) bound10(field string, plaintexts [][]byte) *kms.Refusal {
	return s.rules.CheckSize(field, plaintexts, s.options.Rules != nil && s.options.Rules.PerItem)
}

func (s *Service) reencrypt10(c *call) (any, error) {
	in, out, err := c.reencrypt()
	return one(s.name10("newCiphertext", in), in, out, err)
}

func (s *Service) name10(name string, in texts) string {
	if in.array && !s.options.Dialect.OneName10 {
		return name + "List"
	}
	return name
}

// customKey is what create-custom-key answers with.
type customKey struct {
	Plaintext  string `json:"plaintext,omitempty"`
	Version    int    `json:"key_version,omitzero"`
	Ciphertext string `json:"ciphertext"`
}

// createCustomKey is POST /kms/v1/keys/{keyTag}/create-custom-key (security-kms2-custom-key,
// -token-custom-key).
func createCustomKey(c *call) (any, error) {
	out, err := c.customKey()
	if !c.dialect().KeyVersion20 {
		out.Version = 0
	}
	return out, err
}

// createCustomKey10 is the call of API 1.0 (security-kms-createusercustomkey).
func createCustomKey10(c *call) (any, error) {
	out, err := c.customKey()
	if c.dialect().NoKeyVersion10 {
		out.Version = 0
	}
	return out, err
}

func (c *call) customKey() (customKey, error) {
	var in struct {
		Plain   bool    `json:"requestPlainKey"`
		Bits    *int    `json:"bits"`
		Context *string `json:"context"`
	}
	if bad := c.decode(&in); bad != nil {
		return customKey{}, bad
	}
	bits := c.service.rules.UsualBits
	if in.Bits != nil {
		bits = *in.Bits
	}
	made, err := c.key.CreateCustomKey(c.caller, bits, in.Context, c.now)
	if err != nil {
		return customKey{}, err
	}
	out := customKey{Ciphertext: made.Ciphertext, Version: made.Version}
	if in.Plain {
		out.Plaintext = base64.StdEncoding.EncodeToString(made.Plain)
	}
	return out, nil
}
