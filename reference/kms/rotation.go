package kms

import "time"

// VersionInfo is what the service tells about a version of a key.
type VersionInfo struct {
	Number  int
	State   State
	Since   time.Time // of the state
	Rotated time.Time // when it became the newest
}

func (v *version) info() VersionInfo {
	return VersionInfo{Number: v.number, State: v.state, Since: v.since, Rotated: v.rotated}
}

// Versions returns what there is to tell about the key's versions, the first first.
func (k *Key) Versions() []VersionInfo {
	k.mu.RLock()
	defer k.mu.RUnlock()
	out := make([]VersionInfo, len(k.seen().versions))
	for i, v := range k.seen().versions {
		out[i] = v.info()
	}
	return out
}

// Rotate gives the key a new version, which is then the newest. The next rotation by period stays
// where it is (kms-version).
func (k *Key) Rotate(now time.Time) (VersionInfo, error) {
	if bad := k.Ready(RotateKey); bad != nil {
		return VersionInfo{}, bad
	}
	secret, err := k.secret(k.spec.Type, k.spec.Convergent, nil)
	if err != nil {
		return VersionInfo{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, RotateKey); bad != nil {
		return VersionInfo{}, bad
	}
	if bad := k.full(); bad != nil {
		return VersionInfo{}, bad
	}
	k.change(now)
	k.versions = k.versions.grown(secret, now)
	return k.versions.newest().info(), nil
}

// full refuses another version of a key that has as many as it may.
func (k *Key) full() *Refusal {
	if most := k.rules.MaxVersions; most > 0 && len(k.versions) >= most {
		return refuse(VersionState, "the key has %d versions, and no more are allowed", most)
	}
	return nil
}

// MoveVersion enables or disables one version by op (security-kms2-enable-key-version and its sibling).
// The newest cannot be disabled.
func (k *Key) MoveVersion(op Op, n int, now time.Time) (VersionInfo, *Refusal) {
	to := Enabled
	if op == DisableVersion {
		to = Disabled
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, op); bad != nil {
		return VersionInfo{}, bad
	}
	v, bad := k.versions.version(n)
	if bad != nil {
		return VersionInfo{}, bad
	}
	if to == Disabled && v == k.versions.newest() && !k.rules.NewestStops {
		return VersionInfo{}, refuse(VersionState, "version %d is the newest and cannot be disabled", n)
	}
	if v.state == to {
		return v.info(), k.idle(VersionState, "version %d is in state %s already", n, to)
	}
	moved := *v
	moved.state, moved.since = to, now
	k.change(now)
	k.versions = k.versions.with(moved)
	return moved.info(), nil
}

// idle refuses a call that would change nothing, unless the rules let it succeed.
func (k *Key) idle(reason Reason, format string, args ...any) *Refusal {
	if k.rules.IdleSucceeds {
		return nil
	}
	return refuse(reason, format, args...)
}

// SetAuto switches rotation by period on or off. Switched on, the next is a period from now: of the
// days that the key had before, or the usual ones.
func (k *Key) SetAuto(on bool, now time.Time) (Info, *Refusal) {
	op := DisableAuto
	if on {
		op = EnableAuto
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, op); bad != nil {
		return Info{}, bad
	}
	if k.spec.AutoRotation == on {
		return k.info(&k.record), k.idle(WrongState, "automatic rotation is %s already", map[bool]string{true: "on", false: "off"}[on])
	}
	k.change(now)
	k.spec.AutoRotation, k.next = on, time.Time{}
	if on {
		if k.rules.PeriodResets {
			k.spec.Period = k.rules.PeriodDays.Default
		}
		k.schedule(now)
	}
	return k.info(&k.record), nil
}

// SetPeriod changes the days between two rotations. The next is a period from now.
func (k *Key) SetPeriod(days int, now time.Time) (Info, *Refusal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if bad := k.ready(&k.record, UpdatePeriod); bad != nil {
		return Info{}, bad
	}
	if !k.spec.AutoRotation {
		return Info{}, refuse(RotationOff, "automatic rotation is off")
	}
	if bad := k.rules.checkPeriod(days); bad != nil {
		return Info{}, bad
	}
	k.change(now)
	k.spec.Period = days
	k.schedule(now)
	return k.info(&k.record), nil
}

// schedule sets the next rotation to a period after at.
func (k *Key) schedule(at time.Time) {
	k.next = at.Add(k.spec.period())
	k.wake(k.dueAt())
}

// turn does the rotation that is due. A key that is not enabled, or has all its versions, misses its
// turn. After an error it is still due.
func (k *Key) turn() error {
	due, grown := k.next, k.versions
	rotates := k.rules.Allowed(k.state, RotateKey) == nil && k.full() == nil
	if rotates {
		secret, err := k.secret(k.spec.Type, k.spec.Convergent, nil)
		if err != nil {
			return err
		}
		grown = grown.grown(secret, due)
		k.Note(Activity{At: due, Op: RotateKey, System: true})
	}
	k.change(due)
	k.versions, k.next = grown, due.Add(k.spec.period())
	return nil
}

// period returns the time between two rotations.
func (s Spec) period() time.Duration { return time.Duration(s.Period) * 24 * time.Hour }
