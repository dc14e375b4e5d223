package mutant

// killsOfLimits names, for the mutants of limits.go, the scenarios and load claims that must catch them.
var killsOfLimits = map[string][]string{
	"shared-limiter": {
		"limits/A key that is used up takes nothing from another key",
		"load:per-key-300/independence",
		"load:isolation/isolation",
		"load:capacity/carries",
	},
	"shared-limiter-300": {
		"limits/A key that is used up takes nothing from another key",
		"load:per-key-300/independence",
	},
	"slow-limiter": {
		"limits/A key gets its 300 calls at one instant, with the account",
		"limits/A key gets its 300 calls at one instant, with the access token",
		"load:per-key-300/rate",
	},
	"lax-limiter": {
		"limits/One call more than 300 is over the limit",
	},
	"small-burst": {
		"limits/A key gets its 300 calls at one instant, with the account",
		"limits/A key gets its 300 calls at one instant, with the access token",
	},
	"hoarding-limiter": {
		"limits/An hour's rest gives no more than a second's",
		"limits/One call more than 300 is over the limit",
		"load:refill/refill",
	},
	"charging-limiter": {
		"limits/After a second a used-up key has 300 calls again, and no more",
		"load:retry-storm/uncharged",
		"load:retry-storm/recovery",
	},
	"calendar-limiter": {
		"limits/After a tenth of a second a used-up key has 30 calls again, and no more",
		"load:refill/refill",
	},
	"no-limiter": {
		"limits/One call more than 300 is over the limit",
		"load:per-key-300/limit",
	},
	"private-limiter-1.0": {
		"limits/When one key has used up API 1.0, the other has nothing left either",
		"load:shared-200/shared",
	},
	"slow-limiter-1.0": {
		"limits/After a second API 1.0 has 200 calls again, and no more",
		"limits/API 1.0 serves its 200 calls at one instant",
		"load:shared-200/shared",
	},
	"small-burst-1.0": {
		"limits/API 1.0 serves its 200 calls at one instant",
	},
	"no-limiter-1.0": {
		"limits/One call more than 200 is over the limit of API 1.0, whatever the key",
		"limits/Two keys use up API 1.0 together, 100 calls each",
		"load:shared-200/limit",
	},
	"one-limit-for-both-apis": {
		"limits/API 2.0 keeps its 300 for a key while API 1.0 is used up",
	},
	"slow-limiter-small-burst": {
		"load:capacity/carries",
		"limits/A key gets 300 calls in a second, with the account",
		"limits/A key gets 300 calls in a second, with the access token",
		"load:per-key-300/rate",
	},
	"choosy-limiter": {
		"load:per-key-300/guarantee",
		"limits/A key gets 300 calls in a second, with the account",
	},
	"slow-limiter-small-burst-1.0": {
		"limits/API 1.0 serves 200 calls in a second",
	},
	"one-limit-of-the-system": {
		"limits/API 1.0 keeps its 200 while a key is used up in API 2.0",
	},
	"managing-limited": {
		"limits/A used-up key still tells its public key",
		"limits/A used-up key still lets its account ask for a token set",
	},
	"limit-for-ciphers-alone": {
		"limits/To create a custom key draws on the limit of the key too",
		"limits/To re-encrypt by the other path draws on the limit of the key too",
		"limits/To re-encrypt draws on the limit of the key too",
		"limits/To sign draws on the limit of a signing key",
		"limits/To verify draws on the limit of a signing key",
	},
	"limit-for-encrypting-alone": {
		"limits/Encrypting and decrypting, account and token draw on one limit",
	},
	"items-counted": {
		"limits/A list is one call",
	},
	"strangers-counted": {
		"limits/A refused token takes nothing from the limit",
	},
}
