package mutant

import (
	"encoding/json"
	"net/http"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// codes break what answers say in words: the code of a success and of a refusal.
func codes() []Mutant {
	return []Mutant{
		{Name: "codes-of-its-own", Flaw: "Refusals carry codes that nobody has published.", Apply: refusals(func(e map[string]string) { e["errorCode"] = "E-" + e["errorCode"] })},
		{Name: "refusals-without-codes", Flaw: "Refusals say why and carry no code.", Apply: refusals(func(e map[string]string) { delete(e, "errorCode") })},
		{Name: "states-as-invalid-status", Flaw: "A state that does not allow a call is answered with the code INVALID_STATUS.", Apply: answering(kms.WrongState,
			reference.Answer{Status: http.StatusUnprocessableEntity, Code: "INVALID_STATUS", Message: "Invalid status"})},
		{Name: "limit-as-410", Flaw: "A call over the limit is answered with the code 410.", Apply: answering(kms.OverLimit,
			reference.Answer{Status: http.StatusTooManyRequests, Code: "410", Message: "Throttle Limited", Gateway: true})},
		{Name: "large-bodies-as-invalid", Flaw: "A body that is too large is answered with the code INVALID_REQUEST.", Apply: answering(kms.TooLarge,
			reference.Answer{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "Invalid request"})},
		{Name: "encodings-as-invalid", Flaw: "A body that is no UTF-8 is answered with the code INVALID_REQUEST.", Apply: answering(kms.NotUTF8,
			reference.Answer{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: "Invalid request"})},
		{Name: "outages-as-time-outs", Flaw: "While its region is down API 1.0 answers as if it were slow, with status 504 and code 510.", Apply: answering(kms.RegionDown,
			reference.Answer{Status: http.StatusGatewayTimeout, Code: "510", Message: "Endpoint Timeout", Gateway: true})},
		{Name: "gateway-codes-as-409", Flaw: "Refusals of the gateway carry their codes with status 409.", Apply: func(o *reference.Options) {
			for reason, code := range map[kms.Reason]string{kms.NotUTF8: "100", kms.BadSignature: "200", kms.DeniedSource: "210", kms.NoRoute: "300", kms.TooLarge: "430"} {
				answering(reason, reference.Answer{Status: http.StatusConflict, Code: code, Message: "Conflict", Gateway: true})(o)
			}
		}},
		{Name: "success-in-other-words", Flaw: "Key info, encryptions and token sets are answered with the code OK.", Apply: func(o *reference.Options) {
			for _, route := range []string{"GET /{keyTag}", "POST /{keyTag}/encrypt", "POST /{keyTag}/token-set"} {
				answersOf(reference.API20, route, set("code", "OK"))(o)
			}
		}},
	}
}

// refusals returns a flaw in what refusals of API 2.0 say.
func refusals(change func(members map[string]string)) func(*reference.Options) {
	return before(reference.API20, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
		c := capture(next, r)
		var body struct {
			Error map[string]string `json:"error"`
		}
		if !c.ok() && json.Unmarshal(c.body.Bytes(), &body) == nil && body.Error != nil {
			change(body.Error)
			c.body.Reset()
			_ = json.NewEncoder(&c.body).Encode(body)
		}
		c.send(w)
	})
}
