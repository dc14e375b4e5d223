package kms

import "time"

// Bearer verifies a token and returns what it says. The creator of the key that the token names
// must have signed it and be in office, and it must be alive. Which key and call it is presented for
// is not looked at; see [Key.Permit]. path, which may be nil, is the key that it is presented for:
// most tokens are its own, and then nothing needs to be decoded first.
func (s *Store) Bearer(token string, path *Key, now time.Time) (Claims, error) {
	signer, bad := s.signer(token, path)
	if bad != nil {
		return Claims{}, bad
	}
	creator := signer.office()
	c, err := s.authority.Verify(creator, token)
	if err != nil {
		return Claims{}, err
	}
	if !s.rules.Lives(now, c.Expires) {
		return Claims{}, refuse(Expired, "it expired at %s", c.Expires.UTC().Format(time.RFC3339))
	}
	c.by = creator
	return c, nil
}

// signer returns the key whose creator must have signed a token.
func (s *Store) signer(token string, path *Key) (*Key, *Refusal) {
	if path != nil {
		if c := path.office(); c != nil && c.known.like(token) != nil {
			return path, nil // and if it only ends like one of its tokens, it is not genuine
		}
	}
	tag, bad := named(token)
	if bad != nil {
		return nil, bad
	}
	k, bad := s.Key(tag)
	if bad != nil {
		return nil, refuse(BadToken, "it names a key that does not exist")
	}
	return k, nil
}

// office returns the key's creator, in office or not; nil before the first.
func (k *Key) office() *Creator {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.seen().creator
}
