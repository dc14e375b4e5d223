package mutant

// killsOfCodes names, for the mutants of codes.go, the scenarios that must catch them.
var killsOfCodes = map[string][]string{
	"success-in-other-words": {
		"answers/A call that succeeds says so: ask about the key",
		"answers/A call that succeeds says so: ask for a token set",
		"answers/A call that succeeds says so: encrypt with the account",
	},
	"codes-of-its-own": {
		"answers/The gateway refuses a source that an access rule does not list with the code 210",
		"answers/The gateway refuses a body too large with the code 430",
		"answers/The gateway refuses a wrong signature with the code 200",
		"answers/The gateway refuses an unknown route with the code 300",
		"answers/The gateway refuses no signature with the code 200",
		"answers/The gateway refuses what is no UTF-8 with the code 100",
		"answers/The service refuses a key that does not exist with the code NOT_FOUND",
		"answers/The service refuses a plaintext that is none with the code INVALID_REQUEST",
		"answers/The service refuses a refresh token in a cipher call with the code FORBIDDEN",
		"answers/The service refuses a size that no custom key has with the code INVALID_REQUEST",
		"answers/The service refuses a token whose creator was replaced with the code UNAUTHORIZED",
		"answers/The service refuses what an account may not do with the code FORBIDDEN",
		"answers/The service refuses what changes nothing with the code UNPROCESSABLE_ENTITY",
		"limits/A call over the limit carries the gateway's code 420",
	},
	"gateway-codes-as-409": {
		"answers/The gateway refuses a source that an access rule does not list with the code 210",
		"answers/The gateway refuses a body too large with the code 430",
		"answers/The gateway refuses a wrong signature with the code 200",
		"answers/The gateway refuses an unknown route with the code 300",
		"answers/The gateway refuses no signature with the code 200",
		"answers/The gateway refuses what is no UTF-8 with the code 100",
	},
	"large-bodies-as-invalid": {
		"answers/The gateway refuses a body too large with the code 430",
	},
	"encodings-as-invalid": {
		"answers/The gateway refuses what is no UTF-8 with the code 100",
	},
	"outages-as-time-outs": {
		"region/With Korea down the gateway of API 1.0 says so",
	},
	"states-as-invalid-status": {
		"answers/The service refuses what changes nothing with the code UNPROCESSABLE_ENTITY",
	},
	"limit-as-410": {
		"limits/A call over the limit carries the gateway's code 420",
	},
	"refusals-without-codes": {
		"wire/A refusal says why in a published shape, for a caller that nobody knows",
		"wire/A refusal says why in a published shape, for a list that holds nothing",
		"wire/A refusal says why in a published shape, for a plaintext that is none",
		"wire/A refusal says why in a published shape, for a token of the wrong kind",
	},
}
