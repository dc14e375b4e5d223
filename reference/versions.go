package reference

import (
	"strconv"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// rotateKey is POST /kms/v1/keys/{keyTag}/rotate (security-kms2-rotate-key).
func rotateKey(c *call) (any, error) {
	v, err := c.key.Rotate(c.now)
	if err != nil {
		return nil, err
	}
	return struct {
		Tag     string `json:"keyTag"`
		Version int    `json:"version"`
		Rotated int64  `json:"rotatedDate"`
	}{c.key.Tag(), v.Number, v.Rotated.UnixMilli()}, nil
}

// updatePeriod is PUT /kms/v1/keys/{keyTag}/rotation-period (security-kms2-rotation-period).
func updatePeriod(c *call) (any, error) {
	var in struct {
		Period *int `json:"rotationPeriod"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	if in.Period == nil && c.dialect().OptionalPeriod {
		in.Period = &c.service.rules.PeriodDays.Default
	}
	if in.Period == nil {
		return nil, kms.MissingField("rotationPeriod")
	}
	i, bad := c.key.SetPeriod(*in.Period, c.now)
	if bad != nil {
		return nil, bad
	}
	return struct {
		Tag    string `json:"keyTag"`
		Period int    `json:"rotationPeriod"`
		Next   *int64 `json:"nextRotationDate"`
	}{i.Tag, i.Spec.Period, millis(i.NextRotation)}, nil
}

// enableAuto is POST /kms/v1/keys/{keyTag}/enable-auto-rotation (security-kms2-enable-auto-rotation).
func enableAuto(c *call) (any, error) {
	i, bad := c.key.SetAuto(true, c.now)
	if bad != nil {
		return nil, bad
	}
	return struct {
		Tag      string `json:"keyTag"`
		rotation `json:",inline"`
	}{i.Tag, c.dialect().rotation(i)}, nil
}

// disableAuto is POST /kms/v1/keys/{keyTag}/disable-auto-rotation
// (security-kms2-disable-auto-rotation).
func disableAuto(c *call) (any, error) {
	i, bad := c.key.SetAuto(false, c.now)
	if bad != nil {
		return nil, bad
	}
	return struct {
		Tag  string `json:"keyTag"`
		Auto bool   `json:"isAutoRotation"`
	}{i.Tag, i.Spec.AutoRotation}, nil
}

// versionStatus is what the version list and the two version calls tell of a version.
type versionStatus struct {
	Version int    `json:"version"`
	Status  string `json:"status"`
	Since   int64  `json:"statusDate"`
}

func statusOf(v kms.VersionInfo) versionStatus {
	return versionStatus{v.Number, string(v.State), v.Since.UnixMilli()}
}

// listVersions is GET /kms/v1/keys/{keyTag}/versions (security-kms2-key-version-list).
func listVersions(c *call) (any, error) {
	type listed struct {
		versionStatus `json:",inline"`
		Rotated       int64 `json:"rotatedDate"`
	}
	versions := c.key.Versions()
	list := make([]listed, len(versions))
	for i, v := range versions {
		list[i] = listed{statusOf(v), v.Rotated.UnixMilli()}
	}
	return struct {
		Tag     string   `json:"keyTag"`
		Current int      `json:"currentVersion"`
		List    []listed `json:"versionList"`
	}{c.key.Tag(), len(versions), list}, nil
}

// moveVersion is POST /kms/v1/keys/{keyTag}/versions/{version}/enable and disable
// (security-kms2-enable-key-version, -disable-key-version). The answer names no key.
func moveVersion(c *call) (any, error) {
	n, err := strconv.Atoi(c.version)
	if err != nil || n < 1 || strconv.Itoa(n) != c.version {
		return nil, kms.BadField("version", "it is not a positive whole number")
	}
	v, bad := c.key.MoveVersion(c.op.op, n, c.now)
	if bad != nil {
		return nil, bad
	}
	return statusOf(v), nil
}
