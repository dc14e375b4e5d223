package fleet_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen/fleet"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
)

// guarded starts a server that lets in whom its options allow.
func guarded(t *testing.T, o server.Options) *server.Server {
	t.Helper()
	o.Host, o.Port, o.NoSigs, o.NoLog = "127.0.0.1", server.RANDOM_PORT, true, true
	o.JetStream, o.StoreDir = true, t.TempDir()
	s, err := server.NewServer(&o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("NATS is not ready")
	}
	return s
}

// playedOn plays a run on a cluster with one worker, to see that nothing of it is refused there.
func playedOn(t *testing.T, c fleet.Cluster) {
	t.Helper()
	hire(t, c, 1, fleet.WorkerOptions{})
	l, err := play(t, c, fleet.Options{Workers: 1}, onReference(t), brief(t, "2.0", `
  - {name: one, role: conform, rate: 50, for: 1s}
`))
	if err != nil {
		t.Fatal(err)
	}
	books(t, l)
}

// refusedBy checks that a cluster does not let somebody in, with an error that holds no secret.
func refusedBy(t *testing.T, name string, c fleet.Cluster) {
	t.Helper()
	l, err := fleet.Connect(c, "stranger", false)
	if err == nil {
		l.Close()
		t.Errorf("%s: it was let in", name)
	} else if strings.Contains(err.Error(), "notshown") || fleet.Passing(err) {
		t.Errorf("%s: %v", name, err)
	}
}

func TestAClusterWithMutualTLS(t *testing.T) {
	t.Parallel()
	ca, caKey := certified(t, nil, nil)
	folder := t.TempDir()
	own := kept(t, folder, "own", ca, caKey)
	cert, err := tls.LoadX509KeyPair(own[0], own[1])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	s := guarded(t, server.Options{TLS: true, TLSVerify: true, TLSTimeout: 5, TLSConfig: &tls.Config{
		Certificates: []tls.Certificate{cert}, ClientCAs: roots, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12}})
	authority := written(t, folder, "ca.pem", "CERTIFICATE", ca.Raw)
	client, url := kept(t, folder, "client", ca, caKey), "tls://"+s.Addr().String()
	playedOn(t, fleet.Cluster{URL: url, CA: authority, Cert: client[0], Key: client[1]})

	refusedBy(t, "without a certificate", fleet.Cluster{URL: url, CA: authority})
	refusedBy(t, "without the authority", fleet.Cluster{URL: url, Cert: client[0], Key: client[1]})
	otherCA, otherKey := certified(t, nil, nil)
	stranger := kept(t, folder, "stranger", otherCA, otherKey)
	refusedBy(t, "with another's certificate", fleet.Cluster{URL: url, CA: authority, Cert: stranger[0], Key: stranger[1]})
}

// certified makes an authority, or a certificate that one signed.
func certified(t *testing.T, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "a test of fleet"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	if parent == nil {
		template.IsCA, template.BasicConstraintsValid, template.ExtKeyUsage = true, true, nil
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// kept makes a certificate and returns the files of it and of its key.
func kept(t *testing.T, folder, name string, ca *x509.Certificate, caKey *ecdsa.PrivateKey) [2]string {
	t.Helper()
	cert, key := certified(t, ca, caKey)
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return [2]string{written(t, folder, name+".pem", "CERTIFICATE", cert.Raw), written(t, folder, name+".key", "EC PRIVATE KEY", der)}
}

func written(t *testing.T, folder, name, kind string, der []byte) string {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// The permissions that docs/distributed.md asks for, of a coordinator and of workers, are enough.
func TestAClusterWithCredentialsAndTheLeastPermissions(t *testing.T) {
	t.Parallel()
	operator, account := made(t, nkeys.CreateOperator), made(t, nkeys.CreateAccount)
	claims := jwt.NewAccountClaims(public(t, account))
	claims.Limits.JetStreamLimits = jwt.JetStreamLimits{DiskStorage: -1, MemoryStorage: -1, Streams: -1, Consumer: -1}
	system := jwt.NewAccountClaims(public(t, made(t, nkeys.CreateAccount)))
	resolver := &server.MemAccResolver{}
	for _, c := range []*jwt.AccountClaims{claims, system} {
		text, err := c.Encode(operator)
		if err != nil {
			t.Fatal(err)
		}
		if err := resolver.Store(c.Subject, text); err != nil {
			t.Fatal(err)
		}
	}
	s := guarded(t, server.Options{TrustedKeys: []string{public(t, operator)}, AccountResolver: resolver, SystemAccount: system.Subject})
	folder, url := t.TempDir(), "nats://"+s.Addr().String()
	worker := fleet.Cluster{URL: url, Prefix: "team.kms", Creds: credentials(t, folder, "worker", account,
		[]string{"team.kms.run.*.beat.*", "team.kms.run.*.result.>", "_INBOX.>", "$JS.API.STREAM.INFO.*", "$JS.API.DIRECT.GET.>", "$JS.API.CONSUMER.>", "$JS.FC.>"},
		[]string{"team.kms.lobby", "team.kms.worker.>", "team.kms.run.*.pulse", "_INBOX.>"})}
	coordinator := fleet.Cluster{URL: url, Prefix: "team.kms", Creds: credentials(t, folder, "coordinator", account,
		[]string{"team.kms.>", "$KV.>", "$JS.API.>", "$JS.FC.>"}, []string{"team.kms.run.*.beat.*", "_INBOX.>"})}
	hire(t, worker, 1, fleet.WorkerOptions{})
	l, err := play(t, coordinator, fleet.Options{Workers: 1}, onReference(t), brief(t, "2.0", `
  - {name: one, role: conform, rate: 50, for: 1s}
`))
	if err != nil {
		t.Fatal(err)
	}
	books(t, l)
	refusedBy(t, "without credentials", fleet.Cluster{URL: url})
	stranger := credentials(t, folder, "stranger", made(t, nkeys.CreateAccount), nil, nil)
	refusedBy(t, "with those of another account", fleet.Cluster{URL: url, Creds: stranger})
}

func made(t *testing.T, create func() (nkeys.KeyPair, error)) nkeys.KeyPair {
	t.Helper()
	pair, err := create()
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func public(t *testing.T, pair nkeys.KeyPair) string {
	t.Helper()
	key, err := pair.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// credentials writes the file of a user of an account who may publish and subscribe so.
func credentials(t *testing.T, folder, name string, account nkeys.KeyPair, publish, subscribe []string) string {
	t.Helper()
	user := made(t, nkeys.CreateUser)
	claims := jwt.NewUserClaims(public(t, user))
	claims.Pub.Allow, claims.Sub.Allow = publish, subscribe
	token, err := claims.Encode(account)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.FormatUserConfig(token, seed)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, name+".creds")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAWrongPasswordIsRefused(t *testing.T) {
	t.Parallel()
	s := guarded(t, server.Options{Username: "load", Password: "right"})
	refusedBy(t, "a wrong password", fleet.Cluster{URL: "nats://load:notshown@" + s.Addr().String()})
}

// Who has another prefix is not met; a prefix that would be a pattern, or no subject, is refused.
func TestThePrefixKeepsRunsApart(t *testing.T) {
	t.Parallel()
	cluster := embedded(t)
	elsewhere := cluster
	elsewhere.Prefix = "elsewhere"
	hire(t, elsewhere, 1, fleet.WorkerOptions{})
	if _, err := play(t, cluster, fleet.Options{Workers: 1, Wait: time.Second}, onReference(t), brief(t, "2.0", twoPhases)); err == nil || !strings.Contains(err.Error(), "0 of 1 workers") {
		t.Error(err)
	}
	playedOn(t, fleet.Cluster{URL: cluster.URL, Prefix: "elsewhere"})
	for prefix, fine := range map[string]bool{"": true, "team.kms-1": true, "a b": false, "a.*": false, ">": false, "a..b": false, ".a": false, "a.": false, "a\tb": false, "a/b": false} {
		if err := (fleet.Cluster{Prefix: prefix}).Check(); (err == nil) != fine {
			t.Errorf("%q: %v", prefix, err)
		}
	}
	if err := (fleet.Cluster{Cert: "c"}).Check(); err == nil {
		t.Error("a certificate without a key is taken")
	}
}
