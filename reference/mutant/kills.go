package mutant

import "maps"

// kills names, for each mutant, the scenarios and load claims that must catch it.
var kills = merged(killsOfKeys, killsOfCiphers, killsOfCreators, killsOfTokens, killsOfAcls, killsOfCallers, killsOfSubAccounts, killsOfPermissions, killsOfActivities, killsOfLimits, killsOfRegions, killsOfHttp, killsOfCached, killsOfVersions, killsOfUses, killsOfOpenings, killsOfLists, killsOfDeletions, killsOfReadings, killsOfLegacy, killsOfNaming)

// merged puts parts into one.
func merged(parts ...map[string][]string) map[string][]string {
	all := map[string][]string{}
	for _, p := range parts {
		maps.Copy(all, p)
	}
	return all
}
