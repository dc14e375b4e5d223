package reference

import (
	"maps"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// An Answer is what a refusal looks like on the wire.
type Answer struct {
	Status  int    `yaml:"status"`
	Code    string `yaml:"code"`
	Message string `yaml:"message"`
	// Gateway says that the API gateway refuses before the service sees the call, so the body is
	// always the gateway's.
	Gateway bool `yaml:"gateway"`
}

// guesses holds the answer to each reason that is no case of another. The codes are those of the service's sibling product and
// of the API gateway (secretmanager-api-overview, api-call-lgc-errorhandling); which applies where is
// our guess.
var guesses = map[kms.Reason]Answer{
	kms.NoRoute:      {http.StatusNotFound, "300", "Not Found Exception", true},
	kms.NotUTF8:      {http.StatusBadRequest, "100", "Bad Request Exception", true},
	kms.TooLarge:     {http.StatusRequestEntityTooLarge, "430", "Request Entity Too Large", true},
	kms.BadSignature: {http.StatusUnauthorized, "200", "Authentication Failed", true},
	kms.DeniedSource: {http.StatusUnauthorized, "210", "Permission Denied", true},
	kms.NoGateway:    {http.StatusUnauthorized, "210", "Permission Denied", true},
	kms.NoAccount:    {http.StatusNotFound, "30", "Nonexistent account", true},
	kms.RegionDown:   {http.StatusServiceUnavailable, "500", "Endpoint Error", true},
	kms.OverLimit:    {http.StatusTooManyRequests, "420", "Rate Limited", true},
	kms.BadToken:     {http.StatusUnauthorized, "UNAUTHORIZED", "Unauthorized", false},
	kms.Expired:      {http.StatusUnauthorized, "UNAUTHORIZED", "Unauthorized", false},
	kms.ForeignToken: {http.StatusForbidden, "FORBIDDEN", "Forbidden", false},
	kms.WrongKind:    {http.StatusForbidden, "FORBIDDEN", "Forbidden", false},
	kms.NoPermission: {http.StatusForbidden, "FORBIDDEN", "Forbidden", false},
	kms.DeniedIP:     {http.StatusForbidden, "FORBIDDEN", "Forbidden", false},
	kms.NotJSON:      {http.StatusUnsupportedMediaType, "INVALID_REQUEST", "Invalid request", false},
	kms.NeverCreator: {http.StatusNotFound, "NOT_FOUND", "Not found", false},
	kms.NoKey:        {http.StatusNotFound, "NOT_FOUND", "Not found", false},
	kms.NoVersion:    {http.StatusNotFound, "NOT_FOUND", "Not found", false},
	kms.WrongType:    {http.StatusBadRequest, "INVALID_REQUEST", "Invalid request", false},
	kms.Malformed:    {http.StatusBadRequest, "INVALID_REQUEST", "Invalid request", false},
	kms.BadCipher:    {http.StatusBadRequest, "INVALID_REQUEST", "Invalid request", false},
	kms.WrongState:   {http.StatusUnprocessableEntity, "UNPROCESSABLE_ENTITY", "Invalid status", false},
	kms.NoCreator:    {http.StatusUnprocessableEntity, "UNPROCESSABLE_ENTITY", "Invalid status", false},
	kms.Duplicate:    {http.StatusUnprocessableEntity, "UNPROCESSABLE_ENTITY", "Invalid status", false},
}

// broken is the answer when the service itself fails.
var broken = Answer{http.StatusInternalServerError, "INTERNAL_SERVER_ERROR", "Server internal error", false}

// answer says how a refusal looks.
func (d *Dialect) answer(r *kms.Refusal) Answer {
	general := r.Reason.General()
	for _, reason := range []kms.Reason{r.Reason, general} {
		if a, ok := d.Answers[reason]; ok {
			return a
		}
	}
	if a, ok := guesses[general]; ok {
		return a
	}
	panic("reference: no answer for reason " + string(r.Reason))
}

// Bodies of refusals.
type (
	errorBody struct {
		Error errorObject `json:"error"`
	}
	errorObject struct {
		Code    string `json:"errorCode"`
		Message string `json:"message"`
		Details string `json:"details"`
	}
	flatBody struct {
		Code    string `json:"code"`
		Message string `json:"msg"`
		Data    any    `json:"data"`
	}
)

// body returns what a refusal's answer carries.
func (d *Dialect) body(a Answer, details string) any {
	if d.FlatErrors && !a.Gateway {
		return flatBody{Code: a.Code, Message: a.Message}
	}
	return errorBody{errorObject{Code: a.Code, Message: a.Message, Details: details}}
}

// withoutNulls returns a JSON value without the members below data that are null.
func withoutNulls(v any) any {
	text, err := json.Marshal(v)
	var out map[string]any
	if err != nil || json.Unmarshal(text, &out) != nil { // only our own envelopes come here
		panic("reference: an envelope is no JSON object")
	}
	dropNulls(out["data"])
	return out
}

func dropNulls(v any) {
	switch v := v.(type) {
	case map[string]any:
		maps.DeleteFunc(v, func(_ string, member any) bool { return member == nil })
		for _, member := range v {
			dropNulls(member)
		}
	case []any:
		for _, item := range v {
			dropNulls(item)
		}
	}
}
