package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/limit"
	"github.com/kmsproof/kmsproof/reports"
)

// serving are the flags of serve.
type serving struct {
	listen              reference.Listen
	proxies             []string
	state, dialect      string
	faults              string
	writeTarget         string
	limit20, limit10    string
	seed                uint64
	freshKeys           bool
	machineTime, logged bool
	timing              bool
	lang                string // of the console
}

func newServe() *cobra.Command {
	var o serving
	c := &cobra.Command{
		Use: "serve", Short: "Runs the reference KMS as a server, for testing", Args: takes(),
		Long: `serve runs the reference: NAVER Cloud KMS in memory, API 2.0 and 1.0, with an admin listener for its
clock. It is for testing. It keeps nothing when it ends, and it protects nothing.

When it is ready it prints one line of JSON with every base URL and the owner's credentials. It ends on
SIGINT and SIGTERM.`,
		Example: `  kmsproof serve
  kmsproof serve --listen 127.0.0.1:0 --admin 127.0.0.1:0 --write-target local.yaml
  kmsproof serve --state team.yaml --dialect rival.yaml --limit20 50/10 --tls
  kmsproof serve --faults outage.yaml --log
  kmsproof serve --listen 0.0.0.0:8200 --tls --tls-name kms.test --trusted-proxy 10.0.0.0/8`,
		RunE: func(c *cobra.Command, _ []string) error { return o.serve(c) },
	}
	f := c.Flags()
	f.StringVar(&o.listen.Address, "listen", "127.0.0.1:8200", "address of API 2.0; the other APIs follow at the next free ports; port 0 takes free ones")
	f.StringVar(&o.listen.Admin, "admin", "127.0.0.1:8201", "address of the admin listener; port 0 takes a free one")
	f.BoolVar(&o.listen.TLS, "tls", false, "serve HTTPS; the ready line names the file with the certificate authority")
	f.StringSliceVar(&o.listen.Names, "tls-name", nil, "host `NAME` or address that the certificate names beside localhost and those listened on; may be given again")
	f.StringSliceVar(&o.proxies, "trusted-proxy", nil, "`ADDRESS` or network, such as 10.0.0.0/8, of proxies whose X-Forwarded-For is believed; may be given again")
	f.StringVar(&o.state, "state", "", "state FILE with accounts and keys to start with")
	f.StringVar(&o.dialect, "dialect", "", "dialect FILE with other answers to what the documents leave open; see docs/dialect.md")
	f.StringVar(&o.faults, "faults", "", "fault script FILE to start with, as PUT /admin/faults takes it; see docs/control.md")
	f.StringVar(&o.limit20, "limit20", "", "limit of each key on API 2.0: RATE[/BURST] in calls a second, or off; missing: that of the dialect, which is 300 unless its file says otherwise")
	f.StringVar(&o.limit10, "limit10", "", "limit of all keys together on API 1.0: RATE[/BURST] in calls a second, or off; missing: that of the dialect, which is 200 unless its file says otherwise")
	f.StringVar(&o.writeTarget, "write-target", "", "write a target FILE for this server, with the credentials of all roles")
	f.Uint64Var(&o.seed, "seed", 0, "make identifiers and keys reproducible; 0: at random")
	f.BoolVar(&o.freshKeys, "fresh-keys", false, "sign tokens with RSA keys made for this server, slowly, in place of published ones with which anybody can sign")
	f.BoolVar(&o.machineTime, "machine-signatures", false, "judge signatures by the machine's time, for clients that cannot follow a moved clock")
	f.BoolVar(&o.timing, "server-timing", false, "tell with each answer how long it took here (Server-Timing), which a load run reports beside its own figures")
	f.StringVar(&o.lang, "lang", "auto", "language in which the console opens from the address that is printed, one of "+strings.Join(reports.Languages(), ", ")+"; auto is the browser's")
	f.BoolVar(&o.logged, "log", false, "log each call to stderr as a JSON line, without secrets")
	return c
}

func (o *serving) serve(c *cobra.Command) error {
	if _, err := reports.FormatIn("html", o.lang); err != nil {
		return fmt.Errorf("--lang: %w", err)
	}
	collectRarely()
	options, err := o.options(c.ErrOrStderr())
	if err != nil {
		return err
	}
	server, err := reference.Start(options, o.listen)
	if err != nil {
		return taken(err)
	}
	defer server.Close()
	ca, cleanup, err := o.authority(server)
	if err != nil {
		return err
	}
	defer cleanup()
	if o.writeTarget != "" {
		if err := writeTarget(o.writeTarget, server, ca); err != nil {
			return err
		}
	}
	fmt.Fprintln(c.ErrOrStderr(), "kmsproof serve: a reference for testing; it keeps nothing and protects nothing")
	fmt.Fprintf(c.ErrOrStderr(), "console: %s/console/%s\n", server.URLs[reference.Admin], opening(o.lang))
	if err := ready(c.OutOrStdout(), server, ca); err != nil {
		return err
	}
	<-c.Context().Done()
	return server.Close()
}

// taken says which flag takes another address where somebody else has that one.
func taken(err error) error {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return err
	}
	flag := "--listen"
	if strings.HasPrefix(err.Error(), reference.Admin+":") {
		flag = "--admin"
	}
	return fmt.Errorf("%w; %s takes another address, and with port 0 a free one", err, flag)
}

func (o *serving) options(stderr io.Writer) (reference.Options, error) {
	options := reference.Options{Seed: o.seed, FreshKeys: o.freshKeys, MachineSignatures: o.machineTime, ServerTiming: o.timing, Version: version}
	if o.logged {
		options.Log = slog.New(slog.NewJSONHandler(stderr, nil))
	}
	var err error
	if options.TrustedProxies, err = parseProxies(o.proxies); err != nil {
		return options, err
	}
	if options.Limit20, err = parseLimit("limit20", o.limit20, limit.PerKey); err != nil {
		return options, err
	}
	if options.Limit10, err = parseLimit("limit10", o.limit10, limit.Shared); err != nil {
		return options, err
	}
	if options.Dialect, err = fromFile("dialect", o.dialect, reference.ParseDialect); err != nil {
		return options, err
	}
	if options.Faults, err = fromFile("faults", o.faults, reference.ParseFaults); err != nil {
		return options, err
	}
	state, err := fromFile("state", o.state, options.Dialect.ParseState)
	options.Use(state)
	return options, err
}

// parseProxies reads addresses and networks.
func parseProxies(texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range texts {
		prefix, err := reference.ParseProxy(text)
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxy %q: %w", text, err)
		}
		out = append(out, prefix)
	}
	return out, nil
}

// fromFile reads the file that a flag names; none is the zero value.
func fromFile[T any](flag, path string, parse func(name string, text []byte) (T, error)) (T, error) {
	var zero T
	if path == "" {
		return zero, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return zero, fmt.Errorf("--%s: %w", flag, err)
	}
	return parse(path, text)
}

// parseLimit reads the limit of a flag; without one the dialect has it.
func parseLimit(flag, text string, make func(rate, burst int) *limit.Bucket) (limit.Limiter, error) {
	if text == "" {
		return nil, nil
	}
	l, err := limit.Parse(text, make)
	if err != nil {
		return nil, fmt.Errorf("--%s %q: %w", flag, text, err)
	}
	return l, nil
}

// authority writes the certificate authority of a TLS server to a file of its own.
func (o *serving) authority(s *reference.Server) (path string, cleanup func(), err error) {
	if s.CA == nil {
		return "", func() {}, nil
	}
	f, err := os.CreateTemp("", "kmsproof-ca-*.pem")
	if err != nil {
		return "", nil, fmt.Errorf("certificate authority: %w", err)
	}
	cleanup = func() { os.Remove(f.Name()) }
	if _, err = f.Write(s.CA); err == nil {
		err = f.Close()
	}
	if err != nil {
		cleanup()
		return "", nil, fmt.Errorf("certificate authority: %w", err)
	}
	return f.Name(), cleanup, nil
}

// ready prints the one line that says that the server can be used.
func ready(w io.Writer, s *reference.Server, ca string) error {
	owner := s.Accounts()[0]
	pair := owner.Pair()
	line := struct {
		API20      string `json:"api20"`
		API20KR    string `json:"api20kr"`
		API20JP    string `json:"api20jp"`
		API10      string `json:"api10"`
		SubAccount string `json:"subaccount"`
		Admin      string `json:"admin"`
		AccessKey  string `json:"accessKey"`
		SecretKey  string `json:"secretKey"`
		APIKey     string `json:"apiKey"`
		CA         string `json:"ca"`
	}{
		s.URLs[reference.API20], s.URLs[reference.API20KR], s.URLs[reference.API20JP], s.URLs[reference.API10],
		s.URLs[reference.SubAccount], s.URLs[reference.Admin], pair.AccessKey, pair.SecretKey, owner.APIKey, ca,
	}
	return json.NewEncoder(w).Encode(line)
}

// writeTarget writes the target file by which this server is reached.
func writeTarget(path string, s *reference.Server, ca string) error {
	credentials := yaml.MapSlice{}
	for _, a := range s.Accounts() {
		pair := a.Pair()
		credentials = append(credentials, yaml.MapItem{Key: a.Name, Value: yaml.MapSlice{
			{Key: "accessKey", Value: pair.AccessKey}, {Key: "secretKey", Value: pair.SecretKey}, {Key: "apiKey", Value: a.APIKey},
		}})
	}
	file := yaml.MapSlice{{Key: "name", Value: "kmsproof-reference"}}
	for _, api := range reference.APIs() {
		file = append(file, yaml.MapItem{Key: api, Value: s.URLs[api]})
	}
	file = append(file,
		yaml.MapItem{Key: "ca", Value: ca},
		yaml.MapItem{Key: "credentials", Value: credentials},
		yaml.MapItem{Key: "sourceIPs", Value: []string{"127.0.0.1", "127.0.0.2", "127.0.0.3"}},
	)
	text, err := yaml.Marshal(file)
	if err != nil {
		return fmt.Errorf("--write-target: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("--write-target: %w", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("--write-target: %w", err)
	}
	return nil
}
