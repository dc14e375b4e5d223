package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sync/errgroup"
)

// connections is how many callers knock at once, each on a connection of its own.
const connections = 16

// A round is what came of knocking at a server for a while.
type round struct {
	perSecond float64
	p99       time.Duration
	calls     int64
	used      time.Duration // by the server, of all processors; 0 where the system does not tell
}

func (r round) rate() float64 { return r.perSecond }
func (r round) tail() float64 { return float64(r.p99) }

// rounds are those of one server.
type rounds []round

func (rs rounds) sample(of func(round) float64) sample {
	out := make(sample, len(rs))
	for i, r := range rs {
		out[i] = of(r)
	}
	return out
}

// over returns a value of each round as a multiple of what another server had in the same turn.
func (rs rounds) over(others rounds, of func(round) float64) sample {
	return rs.sample(of).over(others.sample(of))
}

// processor returns what the server used for a call, over all rounds; 0 where the system does not tell. The
// system counts in steps of ten milliseconds, so a single round tells little.
func (rs rounds) processor() time.Duration {
	var calls int64
	var used time.Duration
	for _, r := range rs {
		calls, used = calls+r.calls, used+r.used
	}
	return used / time.Duration(max(calls, 1))
}

// knock lets each connection send one request after the other, over and over, and read the answers. all has it
// send each request once at least. Any status but 200 is an error: a refusal is cheaper than what is measured.
func (c contestant) knock(ctx context.Context, length time.Duration, all bool) (round, error) {
	used, began := c.process.used(), time.Now()
	ends := began.Add(length)
	histograms := make([]*hdrhistogram.Histogram, connections)
	g, ctx := errgroup.WithContext(ctx)
	for i := range connections {
		h := hdrhistogram.New(1, int64(10*time.Second), 3)
		histograms[i] = h
		share, least := shareOf(c.requests, i), 0
		if all {
			least = len(share)
		}
		g.Go(func() error { return caller(ctx, c.address, share, least, ends, h) })
	}
	if err := g.Wait(); err != nil {
		return round{}, err
	}
	took := time.Since(began)
	used = c.process.used() - used
	for _, h := range histograms[1:] {
		histograms[0].Merge(h)
	}
	merged := histograms[0]
	return round{float64(merged.TotalCount()) / took.Seconds(), time.Duration(merged.ValueAtQuantile(99)), merged.TotalCount(), used}, nil
}

// shareOf returns the requests that connection i sends.
func shareOf(requests [][]byte, i int) [][]byte {
	if len(requests) < connections {
		return requests
	}
	n := len(requests) / connections
	return requests[i*n : (i+1)*n]
}

// caller sends requests in their order, from any of them on, until the time ends and so many are sent.
func caller(ctx context.Context, address string, requests [][]byte, least int, ends time.Time, h *hdrhistogram.Histogram) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(ends.Add(10 * time.Second)); err != nil {
		return err
	}
	in := bufio.NewReaderSize(conn, 4<<10)
	first := rand.IntN(len(requests))
	for i := 0; ctx.Err() == nil; i++ {
		sent := time.Now()
		if sent.After(ends) && i >= least {
			return nil
		}
		if _, err := conn.Write(requests[(first+i)%len(requests)]); err != nil {
			return err
		}
		if err := answered(in); err != nil {
			return err
		}
		if err := h.RecordValue(int64(time.Since(sent))); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// answered reads one answer with status 200 and a Content-Length.
func answered(in *bufio.Reader) error {
	status, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if len(status) < 12 || string(status[9:12]) != "200" {
		return fmt.Errorf("answered %q", strings.TrimSpace(string(status)))
	}
	length := -1
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if value, ok := strings.CutPrefix(string(line), "Content-Length: "); ok {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("an answer without Content-Length")
	}
	_, err = in.Discard(length)
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
