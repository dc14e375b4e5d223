package steps

import (
	"fmt"
	"slices"
	"time"
)

func (w *world) claimSteps(add func(string, any)) {
	add(`{token} is a JWT signed by RS256`, w.isJWT)
	add(`{token} holds the published claims in the published order`, w.holdsClaims)
	add(`{token} is of the kind "(ACCESS|REFRESH)" and names the key`, w.isOfKind)
	add(`{token} says that it lives for {n} hours`, w.saysLife)
	add(`{token} names no end`, w.namesNoEnd)
	add(`{token} carries the 38 published permissions`, w.carriesCodes)
	add(`{token} carries the holder and the permissions of {token}`, w.carriesSame)
}

// decoded reads a token; one that is no JWT is a mismatch.
func (w *world) decoded(name string) (*jwt, error) {
	t, err := w.token(name)
	if err != nil {
		return nil, err
	}
	j, err := readJWT(t.text)
	if err != nil {
		return nil, w.compare(false, name+" to be a JWT", err.Error())
	}
	return j, nil
}

func (w *world) isJWT(name string) error {
	j, err := w.decoded(name)
	if err != nil {
		return err
	}
	return w.compare(j.Alg == "RS256" && j.Typ == "JWT" && len(j.signature) == 256,
		"typ JWT, alg RS256 and a signature of 256 bytes",
		fmt.Sprintf("typ %s, alg %s, %d bytes", j.Typ, j.Alg, len(j.signature)))
}

func (w *world) holdsClaims(name string) error {
	j, err := w.decoded(name)
	if err != nil {
		return err
	}
	want := []string{"sub", "iat", "exp", "1", "2", "3", "4"}
	return w.compare(slices.Equal(j.order, want), "claims "+listed(want), "claims "+listed(j.order))
}

func (w *world) isOfKind(name, kind string) error {
	j, err := w.decoded(name)
	if err != nil {
		return err
	}
	tag := w.keys["the key"].tag
	return w.compare(j.Claims.Kind == kind && j.Claims.Key == keyClaim+tag,
		fmt.Sprintf("kind %s of key %s%s", kind, keyClaim, tag), fmt.Sprintf("kind %s of key %s", j.Claims.Kind, j.Claims.Key))
}

func (w *world) saysLife(name string, n int) error {
	j, err := w.decoded(name)
	if err != nil {
		return err
	}
	got, ends := j.Claims.life()
	return w.compare(ends && got == time.Duration(n)*time.Hour, fmt.Sprintf("exp %d hours after iat", n), fmt.Sprintf("%v after it", got))
}

func (w *world) namesNoEnd(name string) error {
	j, err := w.decoded(name)
	if err != nil {
		return err
	}
	got, ends := j.Claims.life()
	return w.compare(!ends, "no exp claim", fmt.Sprintf("exp %v after iat", got))
}

func (w *world) carriesCodes(name string) error {
	j, err := w.decoded(name)
	if err != nil {
		return err
	}
	return w.compare(slices.Equal(j.Claims.Codes, publishedCodes), fmt.Sprint("codes ", publishedCodes), fmt.Sprint(j.Claims.Codes))
}

func (w *world) carriesSame(name, other string) error {
	j, err := w.decoded(name)
	if err != nil {
		return err
	}
	o, err := w.decoded(other)
	if err != nil {
		return err
	}
	return w.compare(j.Claims.Sub == o.Claims.Sub && slices.Equal(j.Claims.Codes, o.Claims.Codes),
		fmt.Sprintf("sub %s, codes %v", o.Claims.Sub, o.Claims.Codes), fmt.Sprintf("sub %s, codes %v", j.Claims.Sub, j.Claims.Codes))
}
