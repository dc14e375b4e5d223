package steps

import messages "github.com/cucumber/messages/go/v21"

// Borrows is for tests that compare keys with cases.
var Borrows = borrows

// Thens lists the sentences of a case that assert something.
func Thens(c Case) (sentences []string) {
	for _, s := range c.pickle.Steps {
		if s.Type == messages.PickleStepType_OUTCOME {
			sentences = append(sentences, s.Text)
		}
	}
	return sentences
}
