package proof

import (
	"fmt"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// underLoadKind is the kind of findings about what the load itself has shown.
const underLoadKind = "under-load"

// loaded is what the load itself has shown, beside the scenarios.
type loaded struct {
	share        float64       // of the limit
	err          error         // by which it ended; nil: it was held to its end
	only         time.Duration // how long the load lasted, where the scenarios took longer; 0: they did not
	others, echo float64       // shares of the wanted load that were offered: on other keys, on those of the scenarios
	counts                     // calls on the keys of the scenarios
	answers      reports.Claim // that what was encrypted with the other keys decrypts; zero: nothing was sampled
}

// findings judges the load: of calls that were answered wrongly, whatever the scenarios saw of them, and of what leaves
// the scenarios without a load to say anything about.
func (l loaded) findings() (all []reports.Finding) {
	add := func(exit int, text string, args ...any) {
		under := fmt.Sprintf("under %.0f %% load ", 100*l.share)
		all = append(all, reports.Finding{Kind: underLoadKind, Exit: exit, Text: under + fmt.Sprintf(text, args...)})
	}
	l.lies(add)
	if l.err != nil {
		add(3, "the load could not be held, so the scenarios were ended: %v", l.err)
		return all
	}
	if l.failed > 0 {
		add(3, "%d of %d calls got no answer or a failure of the target", l.failed, l.sent)
	}
	if l.only > 0 {
		add(3, "the scenarios took longer than the load, which ends after %v: the last of them ran at rest; select fewer at a time", l.only)
	}
	if l.due == 0 {
		add(3, "there was nothing to repeat: no scenario encrypted by token, so none of their keys was under load")
		return all
	}
	if least := min(l.others, l.echo); least < leastHeld {
		add(3, "only %.0f %% of the load was offered, so the scenarios say nothing about it; a busy machine is the usual reason", 100*least)
	}
	return all
}

// lies adds what was answered wrongly.
func (l loaded) lies(add func(exit int, text string, args ...any)) {
	if l.wrong > 0 {
		add(1, "%d of %d accepted encryptions were answered without a ciphertext", l.wrong, l.accepted)
	}
	if l.stale > 0 {
		add(1, "%d encryptions were accepted by a token after it had been refused, with nothing changed in between", l.stale)
	}
	if l.spoilt > 0 {
		add(1, "%d of %d sampled ciphertexts of the scenarios' keys did not decrypt to what was sent", l.spoilt, l.opened)
	}
	if l.answers.Verdict == reports.Refuted {
		add(1, "of the ciphertexts of the other keys only %s decrypted to what was sent", l.answers.Bound)
	}
}
