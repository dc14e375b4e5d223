package fleet_test

import (
	"crypto/x509"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reports"
)

// Workers know by what authority a target is judged from who plays the run; what they were told by their own
// operator comes first.
func TestWorkersJudgeTheTargetByTheRunsAuthority(t *testing.T) {
	t.Parallel()
	kms := targetOf(t, start(t, reference.Options{}, reference.Listen{TLS: true}))
	for name, tt := range map[string]struct {
		worker fleet.WorkerOptions
		want   reports.LoadVerdict
	}{
		"the run's":     {fleet.WorkerOptions{}, reports.LoadPass},
		"one's own":     {fleet.WorkerOptions{Roots: kms.RootCAs}, reports.LoadPass},
		"another one's": {fleet.WorkerOptions{Roots: x509.NewCertPool()}, reports.LoadInvalid},
	} {
		cluster := embedded(t)
		hire(t, cluster, 2, tt.worker)
		l, _ := play(t, cluster, fleet.Options{Workers: 2}, kms, brief(t, "2.0", twoPhases))
		if lost := strings.Contains(l.Why, "the target cannot be reached from here"); lost != (tt.want == reports.LoadInvalid) {
			t.Errorf("%s: %s: %s", name, l.Verdict, l.Why)
		}
		if tt.want == reports.LoadPass {
			books(t, l)
		}
	}
}
