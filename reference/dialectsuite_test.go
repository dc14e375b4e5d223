package reference_test

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/proof"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps"
)

// plausible are the values that a service might have, where those that show a difference at once are smaller.
var plausible = map[string]string{
	"limited": "[encrypt]", "maxItems": "500", "maxPlaintext": "32000", "maxData": "8000", "versionLimit": "100",
	"leeway": "30s", "maxAclItems": "50", "limit20": "400", "limit10": "300",
}

// about names, for the members of the dialect, the features that are about the calls which they change.
var about = map[string]string{
	"flatErrors answers refuseUnknown refuseNull requireType refuseOtherTypes":                 "wire key",
	"retryAfter limited limit20 limit10":                                                       "limits legacy",
	"listUnpermitted":                                                                          "permission keylist",
	"oneName10 plaintextList20 singleForOne partialBatches":                                    "cipher legacy reencrypt",
	"lenientBase64 emptyLists maxItems maxPlaintext perItem refuseEmpty refuseContext":         "cipher legacy",
	"keyVersion20 noKeyVersion10 customKeysAesOnly":                                            "customkey",
	"pkcs1v15 rawEcdsa prehashed maxData":                                                      "signature",
	"emptyContext contextNonce contextAsSent plainConvergent":                                  "convergent",
	"outerCounters newestFirst clampPages refusePastEnd":                                       "keylist activity",
	"noProtection memoInBytes caseBlindNames freePendingNames spentNames idleSucceeds":         "key keylist naming deletion",
	"listAll oneNamespace migrationRetires":                                                    "isolated migration keylist",
	"omitNulls periodWhenOff refuseIdlePeriod optionalPeriod requireAutoRotation periodResets": "rotation key",
	"versionLimit": "version",
	"sampleTags states numericHours anyCaseUl farUnlimited livePermissions renewCurrent": "token refresh key",
	"leeway": "expiry",
	"countSets keepCount idleCreators hideAbsentCreator":                                                                          "creator",
	"capitalIpList refuseIdleAcl refuseOffAcl aclForgets aclIpv6 aclNetworks maxAclItems judgeIssue spareRenewals trustedProxies": "acl acllist",
}

// TestOtherReadingsFailNothing: a target that answers an open question otherwise is warned at most. It fails no
// rule that is published, but for those of breaks.
func TestOtherReadingsFailNothing(t *testing.T) {
	for member := range reflect.TypeFor[reference.Dialect]().Fields() {
		name := member.Tag.Get("yaml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := reference.ParseDialect("d.yaml", []byte(name+": "+cmp.Or(plausible[name], readings()[name].set)+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			result, err := steps.Run(t.Context(), steps.Options{
				Open: proof.Reference(reference.Options{Seed: 1, Dialect: d}), Seed: 1, IDs: published(t, name),
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range breaks[name].scenarios {
				if !slices.ContainsFunc(result.Scenarios, func(s reports.Scenario) bool { return s.ID == id }) {
					t.Errorf("%s: it is listed as what the reading breaks, and was not run", id)
				}
			}
			for _, s := range result.Scenarios {
				well := s.Outcome == reports.Passed || s.Outcome == reports.Warned
				if listed := slices.Contains(breaks[name].scenarios, s.ID); well && listed {
					t.Errorf("%s: %s, and it is listed as what the reading breaks: %s", s.ID, s.Outcome, breaks[name].why)
				} else if !well && !listed {
					t.Errorf("%s: %s: %s", s.ID, s.Outcome, s.Reason)
				}
			}
		})
	}
}

// published returns the scenarios about a member that check a rule which the vendor documents; others cannot
// fail.
func published(t *testing.T, member string) []string {
	t.Helper()
	var files []string
	for members, f := range about {
		if slices.Contains(strings.Fields(members), member) {
			files = strings.Fields(f)
		}
	}
	if files == nil {
		t.Fatal("no feature is named that is about it")
	}
	cases, err := steps.Plan(steps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	must := map[string]bool{}
	for _, r := range features.Rules() {
		must[r.ID] = r.Level == features.Must
	}
	var ids []string
	for _, c := range cases {
		file, _, _ := strings.Cut(c.ID, "/")
		if slices.Contains(files, file) && slices.ContainsFunc(c.Rules, func(id string) bool { return must[id] }) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}
