package fleet

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Cluster says how NATS is reached. It may be several servers; JetStream must be on.
type Cluster struct {
	URL    string // one or more, with commas between; may hold a user and a password
	Creds  string // file of credentials (JWT and seed); empty: none
	CA     string // PEM file; empty: the system's
	Cert   string // PEM file of this client's certificate, with Key
	Key    string
	Prefix string // of all subjects, streams and buckets; empty means "kmsproof"
}

// Check returns what is wrong with the cluster's prefix or certificate.
func (c Cluster) Check() error {
	if (c.Cert == "") != (c.Key == "") {
		return errors.New("NATS: a client certificate and its key go together")
	}
	for part := range strings.SplitSeq(cmp.Or(c.Prefix, prefix), ".") {
		if !simple.MatchString(part) {
			return fmt.Errorf("%q may have parts of letters, digits, - and _, with a dot between two", c.Prefix)
		}
	}
	return nil
}

const prefix = "kmsproof"

var simple = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// A Link is a connection to a cluster. Close it.
type Link struct {
	nc     *nats.Conn
	js     jetstream.JetStream
	prefix string
}

// reconnecting is for how long a link looks for a server that has gone before it gives up.
const reconnecting = time.Minute

// Connect connects as somebody, by whose name an operator of the cluster can tell them apart. forever says
// that a link that was made is never given up. Its errors hold no password.
func Connect(c Cluster, as string, forever bool) (*Link, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	wait := 100 * time.Millisecond
	o := []nats.Option{nats.Name("kmsproof " + as), nats.ReconnectWait(wait), nats.ReconnectJitter(wait/2, wait/2),
		nats.MaxReconnects(int(reconnecting / wait)), nats.Timeout(5 * time.Second), nats.PingInterval(5 * time.Second), nats.MaxPingsOutstanding(2)}
	o = append(o, nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // what is lost is asked for again, or missed
	if forever {
		o = append(o, nats.MaxReconnects(-1))
	}
	if c.Creds != "" {
		o = append(o, nats.UserCredentials(c.Creds))
	}
	if c.CA != "" {
		o = append(o, nats.RootCAs(c.CA))
	}
	if c.Cert != "" {
		o = append(o, nats.ClientCert(c.Cert, c.Key))
	}
	if c.CA != "" || c.Cert != "" {
		o = append(o, nats.Secure(&tls.Config{MinVersion: tls.VersionTLS12}))
	}
	nc, err := nats.Connect(c.URL, o...)
	if err != nil {
		return nil, fmt.Errorf("NATS at %s: %w", Shown(c.URL), cause(err))
	}
	js, err := jetstream.New(nc)
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("NATS at %s: %w", Shown(c.URL), err)
	}
	return &Link{nc: nc, js: js, prefix: cmp.Or(c.Prefix, prefix)}, nil
}

// Passing reports whether an error of [Connect] is one that time may mend: nobody answered.
func Passing(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial" || errors.Is(err, nats.ErrNoServers) || errors.Is(err, nats.ErrTimeout)
}

// Unknown reports whether an error of [Connect] is that no server has such a name: it is not there yet, or it is
// misspelt.
func Unknown(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound
}

// cause leaves out the URL that an error of parsing quotes, for it may hold a password.
func cause(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// Close ends the connection.
func (l *Link) Close() { l.nc.Close() }

func (l *Link) subject(parts ...string) string {
	return l.prefix + "." + strings.Join(parts, ".")
}

// stream names the stream and the bucket of a run. Neither may have a dot in its name.
func (l *Link) stream(run string) string {
	return strings.ToUpper(strings.ReplaceAll(l.prefix, ".", "-")) + "_" + run
}
