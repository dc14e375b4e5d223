package mykms_test

import (
	"context"
	"os"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/mutant"
	"github.com/kmsproof/kmsproof/steps"
	"github.com/kmsproof/kmsproof/target"
)

// TestMyServer runs the rules about IP ACLs, each scenario a subtest:
//
//	go test -run 'TestMyServer/acl/Switched_on'
func TestMyServer(t *testing.T) {
	steps.Test(t, opener(reference.Options{}), steps.Options{Rule: "KMS2-ACL"})
}

// TestMyOldServer has a fault that is known: known.yaml says until when it is borne.
func TestMyOldServer(t *testing.T) {
	text, err := os.ReadFile("known.yaml")
	if err != nil {
		t.Fatal(err)
	}
	known, err := steps.ParseKnown(text)
	if err != nil {
		t.Fatal(err)
	}
	old, err := mutant.Find("acl-default-allow")
	if err != nil {
		t.Fatal(err)
	}
	steps.Test(t, opener(old.Options(reference.Options{})), steps.Options{IDs: []string{"acl/Switched on*"}, Known: known})
}

// opener starts a server for each scenario. Here it is kmsproof's reference; in a module of your own
// it is your server.
func opener(o reference.Options) target.Opener {
	return func(context.Context) (*target.Target, error) {
		server, err := reference.Start(o, reference.Listen{})
		if err != nil {
			return nil, err
		}
		owner := server.Accounts()[0]
		return &target.Target{
			Name:        "my server",
			URLs:        map[target.API]string{target.API20: server.URLs[reference.API20]},
			Credentials: map[string]target.Credential{"owner": {AccessKey: owner.AccessKey, SecretKey: owner.SecretKey}},
			Disposable:  true,
			OnClose:     server.Close,
		}, nil
	}
}
