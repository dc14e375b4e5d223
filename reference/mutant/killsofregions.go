package mutant

// killsOfRegions names, for the mutants of regions.go, the scenarios and load claims that must catch them.
var killsOfRegions = map[string][]string{
	"outage-loses-calls": {
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
	},
	"isolated-needs-korea": {
		"region/With Korea down an isolated key of Japan goes on",
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
		"region/With Korea down an isolated key of Korea is used nowhere, not at the host of Korea",
		"region/With Korea down an isolated key of Korea is used nowhere, not at the host of Japan",
		"region/With Japan down an isolated key of Japan is used nowhere, not at the host of Japan",
	},
	"hosts-see-all": {
		"region/A global key is not found at the host of Korea",
		"region/A global key is not found at the host of Japan",
		"migration/A migrated key is no global key any more",
	},
	"global-host-sees-all": {
		"region/With Korea down an isolated key of Korea is used nowhere, not at the host of the global keys",
		"region/An isolated key of Korea is not found at the host of the global keys",
		"region/An isolated key of Japan is not found at the host of the global keys",
		"migration/A migrated key is no global key any more",
	},
	"hosts-swapped": {
		"region/An isolated key of Korea is not found at the host of Japan",
		"region/An isolated key of Japan is not found at the host of Korea",
	},
	"1.0-fails-over": {
		"region/With Korea down API 1.0 serves nobody",
	},
	"migrates-enabled": {
		"migration/An enabled key is not migrated",
	},
	"migrates-pending": {
		"migration/A key whose deletion is pending is not migrated",
	},
	"migrates-again": {
		"migration/An isolated key is not migrated on to Korea",
		"migration/An isolated key is not migrated on to Japan",
	},
	"migrates-anywhere": {
		"migration/A key is not migrated to \"US\"",
		"migration/A key is not migrated to \"GLOBAL\"",
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
	},
}
