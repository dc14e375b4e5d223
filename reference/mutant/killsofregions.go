package mutant

// killsOfRegions names, for the mutants of regions.go, the scenarios and load claims that must catch them.
var killsOfRegions = map[string][]string{
	"outage-loses-calls": {
		"load:failover/continuity",
		"region/With Korea down a global key loses no call of the account",
		"region/With Korea down a global key loses no call of the access token",
		"region/What one region encrypted, the other decrypts",
	},
	"outage-of-japan-counts": {
		"region/With Japan down a global key loses no call of the account",
		"region/With Japan down a global key loses no call of the access token",
		"region/A region that is back is as good as before",
		"region/With Japan down an isolated key of Korea goes on",
		"region/With Japan down API 1.0 goes on",
		"region/With Japan down the tokens of an isolated key of Korea go on",
	},
	"isolated-needs-korea": {
		"region/With Korea down an isolated key of Japan goes on",
		"region/With Korea down the tokens of an isolated key of Japan go on",
	},
	"korea-an-hour-behind": {
		"region/What is done during an outage holds when it is over: the creator is replaced",
		"region/What is done during an outage holds when it is over: the creator is disabled",
		"region/What is done during an outage holds when it is over: the key is disabled",
		"region/What is done during an outage holds when it is over: the IP ACL is switched on",
	},
	"lag-doubled": {
		"region/What shuts a token out reaches the other region within its lag: the creator is replaced",
		"region/What shuts a token out reaches the other region within its lag: the key is disabled",
		"region/What shuts a token out reaches the other region within its lag: the IP ACL is switched on",
		"clients:4",
	},
	"never-replicates": {
		"region/What shuts a token out reaches the other region within its lag: the creator is replaced",
		"region/What shuts a token out reaches the other region within its lag: the key is disabled",
		"region/What shuts a token out reaches the other region within its lag: the IP ACL is switched on",
		"clients:4",
	},
	"second-change-lost": {
		"clients:4",
	},
	"isolated-fails-over": {
		"region/With Japan down an isolated key of Japan is used nowhere, not at the host of Korea",
		"region/With Korea down an isolated key of Korea is used nowhere, not at the host of Korea",
		"region/With Korea down an isolated key of Korea is used nowhere, not at the host of Japan",
		"region/With Japan down an isolated key of Japan is used nowhere, not at the host of Japan",
	},
	"hosts-see-all": {
		"region/A global key is not found at the host of Korea",
		"region/A global key is not found at the host of Japan",
		"migration/A migrated key is no global key any more",
		"isolated/A token of a key of Korea opens nothing at the host of Japan",
		"isolated/A token of a key of Japan opens nothing at the host of Korea",
		"isolated/A token of a key of Korea opens nothing at the host of the global keys",
		"isolated/A token of a key of Japan opens nothing at the host of the global keys",
		"isolated/The list at the host of Korea holds no key of the global keys",
		"isolated/The list at the host of Japan holds no key of the global keys",
		"isolated/The list at the host of Japan holds no key of Korea",
		"isolated/The list at the host of the global keys holds no key of Japan",
	},
	"global-host-sees-all": {
		"region/With Japan down an isolated key of Japan is used nowhere, not at the host of the global keys",
		"region/With Korea down an isolated key of Korea is used nowhere, not at the host of the global keys",
		"region/An isolated key of Korea is not found at the host of the global keys",
		"region/An isolated key of Japan is not found at the host of the global keys",
		"migration/A migrated key is no global key any more",
		"isolated/API 1.0 does not serve a key of Korea",
		"migration/A migrated key is served by API 1.0 no more",
	},
	"hosts-swapped": {
		"region/An isolated key of Korea is not found at the host of Japan",
		"region/An isolated key of Japan is not found at the host of Korea",
	},
	"1.0-stays-down": {
		"load:failover-v1/recovery",
	},
	"1.0-fails-over": {
		"load:failover-v1/outage",
		"region/With Korea down API 1.0 serves nobody",
	},
	"migrates-again": {
		"migration/An isolated key is not migrated on to Korea",
		"migration/An isolated key is not migrated on to Japan",
	},
	"migrates-anywhere": {
		"migration/A key is not migrated to \"JP\"",
		"migration/A key is not migrated to \"US\"",
		"migration/A key is not migrated to \"GLOBAL\"",
		"migration/A key is not migrated without a region",
	},
	"migrates-to-korea": {
		"migration/A disabled key is migrated to Japan",
	},
	"never-migrates": {
		"migration/A disabled key is migrated to Korea",
		"migration/A disabled key is migrated to Japan",
	},
	"japan-decrypts-nothing": {
		"region/With Korea down an isolated key of Japan goes on",
		"migration/A migrated key decrypts at its region's host what it encrypted before",
		"isolated/A key of Japan decrypts with the access token what it encrypted with the account",
		"isolated/A key of Japan decrypts with the account what it encrypted with the access token",
		"isolated/A key of Japan encrypts by the newest version and decrypts by the one named",
		"migration/A key that is migrated to Japan keeps its versions",
	},
	"korea-decrypts-nothing": {
		"region/With Japan down an isolated key of Korea goes on",
		"isolated/A key of Korea decrypts with the access token what it encrypted with the account",
		"isolated/A key of Korea decrypts with the account what it encrypted with the access token",
		"isolated/A key of Korea encrypts by the newest version and decrypts by the one named",
		"migration/A key that is migrated to Korea keeps its versions",
	},
	"outage-of-japan-forgets": {
		"region/What is done while Japan is down holds there when it is back: the creator is replaced",
		"region/What is done while Japan is down holds there when it is back: the creator is disabled",
		"region/What is done while Japan is down holds there when it is back: the key is disabled",
		"region/What is done while Japan is down holds there when it is back: the IP ACL is switched on",
	},
	"isolated-without-tokens": {
		"isolated/A key of Korea decrypts with the access token what it encrypted with the account",
		"isolated/A key of Japan decrypts with the access token what it encrypted with the account",
		"isolated/A refresh token of a key of Korea renews",
		"isolated/A refresh token of a key of Japan renews",
		"migration/Tokens of a key go on when it is migrated to Korea",
		"migration/Tokens of a key go on when it is migrated to Japan",
		"region/With Japan down the tokens of an isolated key of Korea go on",
		"region/With Korea down the tokens of an isolated key of Japan go on",
	},
	"isolated-without-verifying": {
		"isolated/An RSA2048 key of Korea verifies what it signed",
		"isolated/An ECDSA key of Korea verifies what it signed",
		"isolated/An RSA2048 key of Japan verifies what it signed",
		"isolated/An ECDSA key of Japan verifies what it signed",
		"migration/An RSA2048 key that is migrated to Korea verifies what it signed before",
		"migration/An ECDSA key that is migrated to Korea verifies what it signed before",
		"migration/An ECDSA key that is migrated to Japan verifies what it signed before",
	},
	"isolated-deletion-cancels": {
		"isolated/A deleted key of Korea is gone",
		"isolated/A deleted key of Japan is gone",
	},
	"isolated-for-anybody": {
		"isolated/A call to the host of Korea that is signed with nothing is refused",
		"isolated/A call to the host of Japan that is signed with nothing is refused",
	},
	"one-base-url": {
		"isolated/A key of Korea has another base URL than a global key",
		"isolated/A key of Japan has another base URL than a global key",
		"isolated/Key info names the base URL of the global keys",
		"isolated/Key info names the base URL of Korea",
		"isolated/Key info names the base URL of Japan",
	},
	"names-across-hosts": {
		"isolated/A name that is taken in the global keys is free in Korea",
		"isolated/A name that is taken in Korea is free in Japan",
		"isolated/A name that is taken in Japan is free in the global keys",
		"migration/A migrated key leaves its name to a global key",
	},
	"1.0-serves-isolated": {
		"isolated/API 1.0 does not serve a key of Korea",
		"isolated/API 1.0 does not serve a key of Japan",
		"migration/A migrated key is served by API 1.0 no more",
	},
	"migration-ends-tokens": {
		"migration/Tokens of a key go on when it is migrated to Korea",
		"migration/Tokens of a key go on when it is migrated to Japan",
	},
	"migration-enables": {
		"migration/A key that is migrated to Korea is still disabled",
		"migration/A key that is migrated to Japan is still disabled",
	},
	"migrates-pending": {
		"migration/A key whose deletion is pending is not migrated",
	},
	"migrates-enabled": {
		"migration/An enabled key is not migrated",
	},
}
