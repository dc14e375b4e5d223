package mutant

import (
	"maps"
	"net/http"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// readings are the other readings of what the documents leave open: the rivals of INFERRED rules, as
// the dialect has them.
func readings() []Mutant {
	return []Mutant{
		{Name: "rotation-unsaid-refused", Flaw: "A key is not created unless it is said whether it rotates.", Apply: dialect(func(d *reference.Dialect) { d.RequireAutoRotation = true })},
		{Name: "memo-in-bytes", Flaw: "A memo may have 200 bytes.", Apply: dialect(func(d *reference.Dialect) { d.MemoInBytes = true })},
		{Name: "idle-succeeds", Flaw: "A call that changes nothing succeeds.", Apply: dialect(func(d *reference.Dialect) { d.IdleSucceeds = true })},
		{Name: "empty-refused", Flaw: "An empty plaintext is refused.", Apply: dialect(func(d *reference.Dialect) { d.RefuseEmpty = true })},
		{Name: "lists-of-100", Flaw: "A list may have 100 items.", Apply: dialect(func(d *reference.Dialect) { d.MaxItems = 100 })},
		{Name: "bound-by-item", Flaw: "Each item of a list may have 32 KB.", Apply: rules(func(r *kms.Rules) { r.PerItem = true })},
		{Name: "context-refused", Flaw: "A plain key refuses a context.", Apply: dialect(func(d *reference.Dialect) { d.RefuseContext = true })},
		{Name: "ip-list-in-capitals", Flaw: "Addresses are listed under IpList too.", Apply: dialect(func(d *reference.Dialect) { d.CapitalIPList = true })},
		{Name: "routes-unknown-as-405", Flaw: "What is no route is answered with 405.", Apply: refusing(kms.NoRoute, http.StatusMethodNotAllowed)},
		{Name: "signatures-as-403", Flaw: "A wrong signature is answered with 403.", Apply: refusing(kms.BadSignature, http.StatusForbidden)},
		{Name: "tokens-bad-as-403", Flaw: "What is no good token is answered with 403.", Apply: refusing(kms.BadToken, http.StatusForbidden)},
		{Name: "tokens-expired-as-403", Flaw: "An expired token is answered with 403.", Apply: refusing(kms.Expired, http.StatusForbidden)},
		{Name: "tokens-foreign-as-401", Flaw: "Another key's token is answered with 401.", Apply: refusing(kms.ForeignToken, http.StatusUnauthorized)},
		{Name: "tokens-of-wrong-kind-as-401", Flaw: "A token of the wrong kind is answered with 401.", Apply: refusing(kms.WrongKind, http.StatusUnauthorized)},
		{Name: "permissions-as-401", Flaw: "A missing permission is answered with 401.", Apply: refusing(kms.NoPermission, http.StatusUnauthorized)},
		{Name: "addresses-as-401", Flaw: "A denied address is answered with 401.", Apply: refusing(kms.DeniedIP, http.StatusUnauthorized)},
		{Name: "keys-unknown-as-403", Flaw: "A key that does not exist is answered with 403.", Apply: refusing(kms.NoKey, http.StatusForbidden)},
		{Name: "versions-unknown-as-400", Flaw: "A version that does not exist is answered with 400.", Apply: refusing(kms.NoVersion, http.StatusBadRequest)},
		{Name: "types-as-422", Flaw: "A use that the type does not serve is answered with 422.", Apply: refusing(kms.WrongType, http.StatusUnprocessableEntity)},
		{Name: "malformed-as-422", Flaw: "A malformed request is answered with 422.", Apply: refusing(kms.Malformed, http.StatusUnprocessableEntity)},
		{Name: "ciphertexts-as-422", Flaw: "A ciphertext that does not open is answered with 422.", Apply: refusing(kms.BadCipher, http.StatusUnprocessableEntity)},
		{Name: "states-as-409", Flaw: "A state that does not allow a call is answered with 409.", Apply: refusing(kms.WrongState, http.StatusConflict)},
		{Name: "creators-as-409", Flaw: "A creator that does not allow a call is answered with 409.", Apply: refusing(kms.NoCreator, http.StatusConflict)},
		{Name: "limits-as-403", Flaw: "A call over the limit is answered with 403.", Apply: refusing(kms.OverLimit, http.StatusForbidden)},
		{Name: "duplicates-as-409", Flaw: "A name that is taken is answered with 409.", Apply: refusing(kms.Duplicate, http.StatusConflict)},
		{Name: "counters-outside", Flaw: "The counters of the key list stand beside data.", Apply: dialect(func(d *reference.Dialect) { d.OuterCounters = true })},
		{Name: "custom-keys-with-version", Flaw: "A custom key of API 2.0 names its version.", Apply: dialect(func(d *reference.Dialect) { d.KeyVersion20 = true })},
		{Name: "custom-keys-without-version-1.0", Flaw: "A custom key of API 1.0 names no version.", Apply: dialect(func(d *reference.Dialect) { d.NoKeyVersion10 = true })},
		{Name: "unknown-members-refused", Flaw: "A member that nobody knows is refused.", Apply: dialect(func(d *reference.Dialect) { d.RefuseUnknown = true })},
		{Name: "hours-are-numbers", Flaw: "A text of digits is no number of hours.", Apply: dialect(func(d *reference.Dialect) { d.NumericHours = true })},
		{Name: "period-optional", Flaw: "A change of the rotation period that names none sets 90 days.", Apply: dialect(func(d *reference.Dialect) { d.OptionalPeriod = true })},
		{Name: "base64-loose", Flaw: "Base64 is taken without padding and in the alphabet for URLs.", Apply: dialect(func(d *reference.Dialect) { d.LenientBase64 = true })},
		{Name: "lists-empty", Flaw: "An empty list is answered with one.", Apply: dialect(func(d *reference.Dialect) { d.EmptyLists = true })},
		{Name: "padding-of-old", Flaw: "RSA signatures have the padding PKCS #1 v1.5.", Apply: dialect(func(d *reference.Dialect) { d.PKCS1v15 = true })},
		{Name: "signatures-raw", Flaw: "ECDSA signatures are r and s one after the other.", Apply: dialect(func(d *reference.Dialect) { d.RawECDSA = true })},
		{Name: "contexts-as-sent", Flaw: "The 50 bytes of a context are counted in base64.", Apply: dialect(func(d *reference.Dialect) { d.ContextAsSent = true })},
		{Name: "kilobytes-of-1000", Flaw: "32 KB are 32,000 bytes, and 8 KB are 8,000.", Apply: dialect(func(d *reference.Dialect) { d.MaxPlaintext, d.MaxData = 32000, 8000 })},
		{Name: "a-hundred-versions", Flaw: "A key has a hundred versions at most.", Apply: dialect(func(d *reference.Dialect) { d.VersionLimit = 100 })},
		{Name: "period-resets", Flaw: "Automatic rotation is switched on with 90 days, whatever the key had.", Apply: dialect(func(d *reference.Dialect) { d.PeriodResets = true })},
		{Name: "sets-counted", Flaw: "A set of tokens counts as one.", Apply: dialect(func(d *reference.Dialect) { d.CountSets = true })},
		{Name: "limit-says-when", Flaw: "A call over the limit is told when to come again.", Apply: dialect(func(d *reference.Dialect) { d.RetryAfter = true })},
		{Name: "pages-clamped", Flaw: "A page and a page size outside the bounds are taken as the nearest within.", Apply: dialect(func(d *reference.Dialect) { d.ClampPages = true })},
		{Name: "no-creator-as-zero", Flaw: "The creator before the first has an empty ID and dates of zero.", Apply: answers("GET /{keyTag}/token-generator", func(data map[string]any) {
			if data["tokenGeneratorId"] == nil {
				data["tokenGeneratorId"], data["enabledDate"], data["disabledDate"] = "", 0, 0
			}
		})},
		{Name: "last-use-message-outside", Flaw: "The message of the last use stands beside the data.", Apply: answersOf(reference.API20, "GET /{keyTag}/last-use-info", func(envelope map[string]any) {
			if data, ok := envelope["data"].(map[string]any); ok {
				envelope["message"] = data["message"]
				delete(data, "message")
			}
		})},
		{Name: "unlimited-ends", Flaw: "An unlimited token ends in a hundred years.", Apply: dialect(func(d *reference.Dialect) { d.FarUnlimited = true })},
	}
}

func dialect(change func(*reference.Dialect)) func(*reference.Options) {
	return func(o *reference.Options) { change(&o.Dialect) }
}

// refusing returns the reading by which a reason is answered with another status.
func refusing(reason kms.Reason, status int) func(*reference.Options) {
	return answering(reason, reference.Answer{Status: status, Code: "OTHERWISE", Message: "Otherwise"})
}

// answering returns the reading by which a reason is answered otherwise.
func answering(reason kms.Reason, a reference.Answer) func(*reference.Options) {
	return dialect(func(d *reference.Dialect) {
		answers := maps.Clone(d.Answers)
		if answers == nil {
			answers = map[kms.Reason]reference.Answer{}
		}
		answers[reason] = a
		d.Answers = answers
	})
}
