package loadgen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"syscall"
)

// A Class is what became of a call.
type Class uint8

// The classes. The gateway's three codes behind a 429 are kept apart, so that an exhausted quota
// never counts as a rate limit (common-apigw error table).
const (
	Accepted      Class = iota // 200
	RateLimited                // 429 with code 420, or with no code that we know
	Throttled                  // 429 with code 410
	QuotaExceeded              // 429 with code 400
	RefusedOther               // any other 3xx or 4xx
	Unauthorized               // 401: by token, that it is not or no longer good
	ServerError                // 5xx
	Transport                  // no answer came
	TimedOut                   // no answer came in time
	classes

	unsent = classes // it did not leave in time, or this machine had no socket left; never counted as a call
)

var classNames = [classes]string{"accepted", "rate limited", "throttled", "quota exceeded", "refused otherwise", "unauthorized",
	"server error", "transport error", "time-out"}

// String implements fmt.Stringer.
func (c Class) String() string { return classNames[c] }

// Limited reports whether a limit refused the call.
func (c Class) Limited() bool { return c >= RateLimited && c <= QuotaExceeded }

// classify sorts an answer by its status and, for a 429, by the gateway's code.
func classify(status int, body []byte) Class {
	switch {
	case status == http.StatusOK:
		return Accepted
	case status == http.StatusTooManyRequests:
		return limitClass(body)
	case status == http.StatusUnauthorized:
		return Unauthorized
	case status >= 500:
		return ServerError
	default:
		return RefusedOther
	}
}

// limitClass reads the code of a 429. The usual answer is recognised without decoding it.
func limitClass(body []byte) Class {
	if bytes.Contains(body, []byte(`"errorCode":"420"`)) {
		return RateLimited
	}
	var said struct {
		Error struct {
			ErrorCode string `json:"errorCode"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &said) != nil {
		return RateLimited
	}
	switch said.Error.ErrorCode {
	case "400":
		return QuotaExceeded
	case "410":
		return Throttled
	}
	return RateLimited
}

// classifyError sorts a call that got no answer.
func classifyError(err error) Class {
	for _, local := range []error{errLate, syscall.EADDRNOTAVAIL, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS} {
		if errors.Is(err, local) {
			return unsent
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return TimedOut
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return TimedOut
	}
	return Transport
}
