package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

// answerOf is a body as long as the answer to an encrypt of 32 bytes.
var answerOf = []byte(`{"code":"SUCCESS","data":{"ciphertext":"ncpkms:v1:` + string(bytes.Repeat([]byte("A"), 80)) + `"}}`)

// bare reads what it is sent and answers as many bytes as an encrypt does: what net/http alone costs.
var bare = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return
	}
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(answerOf)
})

var jsonType = []string{"application/json;charset=UTF-8"}

// serveBare is the process of the yardstick. It says where it listens, and ends when stdin does.
func serveBare(context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: bare}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	fmt.Println("http://" + l.Addr().String())
	_, _ = io.Copy(io.Discard, os.Stdin)
	server.Close()
	<-done
	return nil
}
