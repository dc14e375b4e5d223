package mutant

// kills names, for each mutant, the scenarios and load claims that must catch it.
var kills = merged(killsOfKeys, killsOfCiphers, killsOfCreators, killsOfTokens, killsOfAcls, killsOfCallers, killsOfSubAccounts, killsOfPermissions, killsOfActivities, killsOfLimits, killsOfRegions, killsOfHttp, killsOfCached, killsOfVersions, killsOfUses, killsOfOpenings, killsOfLists, killsOfDeletions, killsOfReadings, killsOfLegacy, killsOfNaming, killsOfSigning, killsOfAbsent, killsOfStopped, killsOfBodies, killsOfCiphertexts, killsOfForgeries, killsOfCodes, killsOfGuesses)

// merged puts parts into one. A mutant that two of them name is a mistake: one list would hide the other.
func merged(parts ...map[string][]string) map[string][]string {
	all := map[string][]string{}
	for _, part := range parts {
		for name, ids := range part {
			if all[name] != nil {
				panic("mutant: the kills of " + name + " are listed twice")
			}
			all[name] = ids
		}
	}
	return all
}
