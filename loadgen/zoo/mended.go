package zoo

import "slices"

// An Experiment is one that can be repeated: a subject and a client, by their names, and a seed.
type Experiment struct {
	Subject, Client string
	Seed            uint64
}

// WrongOnce returns experiments about which the judge was wrong until it was mended. A table over their seeds would
// measure it on what it was mended on.
func WrongOnce() []Experiment {
	const idle, busy, far = "idle", "busy", "far"
	return []Experiment{
		{"5 % short", busy, 500277}, {"200 shared, fixed window", busy, 500072}, {"200 shared, fixed window", busy, 500102}, {"200 shared, fixed window", busy, 500116},
		{"sliding counter", busy, 3000072}, {"sliding counter", busy, 3000134},
		{"200 shared, fixed window", far, 40027}, {"200 shared, fixed window", far, 40274}, {"1.0: fixed window", far, 40279},
		{"half dropped at random", far, 40085}, {"sliding counter", far, 100286},
		{"bucket of 30", idle, 1479063647}, {"bucket of 30", busy, 1479063687}, {"looked at closely: bucket of 300", busy, 1479063693},
	}
}

// last returns the last seed of a plan.
func (p Plan) last() uint64 { return p.Seed + uint64(p.Experiments) - 1 }

// mendedOn returns the seeds of a plan with which the judge was wrong once, in order.
func (p Plan) mendedOn() (seeds []uint64) {
	for _, x := range WrongOnce() {
		if p.Seed <= x.Seed && x.Seed <= p.last() {
			seeds = append(seeds, x.Seed)
		}
	}
	slices.Sort(seeds)
	return slices.Compact(seeds)
}
