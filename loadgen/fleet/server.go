package fleet

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// A Server is a NATS server inside this process, on loopback, for who has the password in its URL. Close
// it.
type Server struct {
	URL string

	server *server.Server
	folder string
}

// Serve starts one on a free port of loopback. What its streams hold is gone with Close.
func Serve() (*Server, error) {
	folder, err := os.MkdirTemp("", "kmsproof-nats-")
	if err != nil {
		return nil, fmt.Errorf("embedded NATS server: %w", err)
	}
	s := &Server{folder: folder}
	password := rand.Text()
	s.server, err = server.NewServer(&server.Options{ServerName: "kmsproof", Host: "127.0.0.1", Port: server.RANDOM_PORT,
		Username: "kmsproof", Password: password, JetStream: true, StoreDir: folder, NoSigs: true, NoLog: true})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("embedded NATS server: %w", err), os.RemoveAll(folder))
	}
	s.server.Start()
	if !s.server.ReadyForConnections(10 * time.Second) {
		return nil, errors.Join(errors.New("embedded NATS server: it was not ready within 10 s"), s.Close())
	}
	u := url.URL{Scheme: "nats", Host: s.server.Addr().String(), User: url.UserPassword("kmsproof", password)}
	s.URL = u.String()
	return s, nil
}

// Close ends the server and removes what it stored.
func (s *Server) Close() error {
	s.server.Shutdown()
	s.server.WaitForShutdown()
	return os.RemoveAll(s.folder)
}
