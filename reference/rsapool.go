package reference

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"sync"
)

// rsaPool holds RSA keys that were made ahead, for requests not to wait for one: making it takes tens of
// milliseconds. Who wants many at once waits all the same.
type rsaPool struct {
	ready chan *rsa.PrivateKey
}

// fresh is shared by the servers of a process, so that many short-lived ones do not each fill one.
var fresh = rsaPool{ready: make(chan *rsa.PrivateKey, 8)}

// take returns a key that nobody else gets, from the pool or, when it is empty, made now.
func (p *rsaPool) take() *rsa.PrivateKey {
	select {
	case k := <-p.ready:
		return k
	default:
		return makeRSA()
	}
}

// fill keeps the pool full until ctx ends. It returns a function that waits for the end.
func (p *rsaPool) fill(ctx context.Context) (wait func()) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			select {
			case p.ready <- makeRSA():
			case <-ctx.Done():
			}
		}
	})
	return wg.Wait
}

func makeRSA() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil { // the size is right, and crypto/rand does not fail
		panic("reference: " + err.Error())
	}
	return k
}
