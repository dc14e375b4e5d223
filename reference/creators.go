package reference

import (
	"cmp"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// enableCreator is POST /kms/v1/keys/{keyTag}/token-generator (security-kms2-create-token-gen).
func enableCreator(c *call) (any, error) { return nil, c.key.EnableCreator(c.now) }

// replaceCreator is PUT /kms/v1/keys/{keyTag}/token-generator (security-kms2-update-token-gen).
func replaceCreator(c *call) (any, error) { return nil, c.key.ReplaceCreator(c.now) }

// disableCreator is DELETE /kms/v1/keys/{keyTag}/token-generator (security-kms2-delete-token-gen).
func disableCreator(c *call) (any, error) {
	if bad := c.key.DisableCreator(c.now); bad != nil {
		return nil, bad
	}
	return nil, nil
}

// getCreator is GET /kms/v1/keys/{keyTag}/token-generator (security-kms2-get-token-gen).
func getCreator(c *call) (any, error) {
	i := c.key.CreatorInfo()
	if i.ID == "" && c.dialect().HideAbsentCreator {
		return nil, &kms.Refusal{Reason: kms.NeverCreator, Detail: "the key never had a token creator"}
	}
	out := struct {
		ID       *string `json:"tokenGeneratorId"`
		Status   string  `json:"status"`
		Enabled  *int64  `json:"enabledDate"`
		Disabled *int64  `json:"disabledDate"`
		Issued   int     `json:"issuedTokenCount"`
	}{nil, "INACTIVE", millis(i.EnabledAt), millis(i.DisabledAt), i.Issued}
	if i.ID != "" {
		out.ID = &i.ID
	}
	if i.Active {
		out.Status = "ACTIVE"
	}
	return out, nil
}

// issueTokens is POST and PUT token-set and POST access-token (security-kms2-token-set, -token-renew,
// -token-access-token).
func issueTokens(c *call) (any, error) {
	ask, bad := c.ask()
	if bad != nil {
		return nil, bad
	}
	set, err := c.key.Issue(c.op.op, c.caller, ask, c.now)
	if err != nil {
		return nil, err
	}
	return struct {
		Refresh string `json:"refreshToken,omitempty"`
		Access  string `json:"accessToken"`
	}{set.Refresh, set.Access}, nil
}

// ask reads the lifetimes that a call asks for; that for an access token has but one.
func (c *call) ask() (kms.Ask, *kms.Refusal) {
	if c.op.op == kms.RenewAccessToken {
		var in struct {
			Access hours `json:"accessTokenHours"`
		}
		if bad := c.decode(&in); bad != nil {
			return kms.Ask{}, bad
		}
		return kms.Ask{Access: in.Access.Lifetime}, c.numeric("accessTokenHours", in.Access)
	}
	var in struct {
		Access  hours `json:"accessTokenHours"`
		Refresh hours `json:"refreshTokenHours"`
	}
	if bad := c.decode(&in); bad != nil {
		return kms.Ask{}, bad
	}
	return kms.Ask{Access: in.Access.Lifetime, Refresh: in.Refresh.Lifetime},
		cmp.Or(c.numeric("accessTokenHours", in.Access), c.numeric("refreshTokenHours", in.Refresh))
}

// numeric refuses a number in a string where the dialect does, and UL in small letters where it does not take
// them.
func (c *call) numeric(field string, h hours) *kms.Refusal {
	if h.quoted && c.dialect().NumericHours {
		return kms.BadField(field, "a JSON string does not belong here")
	}
	if h.small && !c.dialect().AnyCaseUL {
		return kms.BadField(field, `it is neither a whole number of hours nor "UL"`)
	}
	return nil
}
