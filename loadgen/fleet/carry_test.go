package fleet

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// BenchmarkCarry is what coordinator and cluster do for a run of so many keys at 300 calls a second, with
// workers that only pretend to send, each on a connection of its own. Each is armed with its calls and their
// tokens; for each second of the run it publishes its reports, and the coordinator takes them in; in the end
// the coordinator judges, and writes the evidence. A load is carried if a second of it takes less than one. The
// tables of docs/distributed.md come from
//
//	go test ./loadgen/fleet -run - -bench Carry -benchtime 5x -timeout 1h
func BenchmarkCarry(b *testing.B) {
	for _, tt := range []struct{ keys, workers int }{{100, 2}, {1000, 16}, {3000, 32}, {10_000, 64}} {
		b.Run(fmt.Sprintf("keys=%d/workers=%d", tt.keys, tt.workers), func(b *testing.B) { carry(b, tt.keys, tt.workers) })
	}
}

func carry(b *testing.B, keys, workers int) {
	ph := loadgen.Phase{Name: "P", Role: loadgen.Conform, Keys: keys, Rate: 300, Length: time.Duration(b.N) * time.Second}
	a, recording := loadgen.NewAttempt(ph, 1)
	defer recording.Close()
	server, err := Serve()
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	c := &Coordinator{link: dialled(b, server), run: "bench"}
	if err := c.open(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	at := &attempt{c: c, a: a, n: 1, parts: map[string]*part{}}
	for i, lanes := range deal(rates(keys), workers, 10_000) {
		w := &member{hello: hello{ID: fmt.Sprint("id", i+1)}, name: fmt.Sprint("w", i+1), lanes: lanes, heard: time.Now().Add(time.Hour)}
		at.parts[w.name] = &part{w: w, lanes: lanes, intake: a.Intake(w.name, lanes)}
		c.crew = append(c.crew, w)
	}
	links := make([]*Link, workers)
	for i, w := range c.crew {
		links[i] = dialled(b, server)
		if _, err := links[i].nc.Subscribe(links[i].subject("worker", w.ID, "do", "arm"), func(m *nats.Msg) { _ = m.Respond(written(said{})) }); err != nil {
			b.Fatal(err)
		}
		if err := links[i].nc.Flush(); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	arming := timed(func() { at.arming(b) })
	results, stop, err := at.results(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer stop()
	before := used()
	messages, bytes := 0, 0
	carrying := timed(func() { messages, bytes = at.carried(b, links, results) })
	processor := used() - before
	var load reports.Load
	judging := timed(func() { load = loadgen.Judge(recording) })
	keeping := timed(func() {
		for _, f := range recording.Files() {
			if err := f.Write(io.Discard); err != nil {
				b.Error(err)
			}
		}
	})
	b.StopTimer()
	if sent := load.Generator.Sent; sent != int64(keys*300*b.N) {
		b.Fatalf("%d calls were taken in, of %d", sent, keys*300*b.N)
	}
	seconds := float64(b.N)
	b.ReportMetric(arming, "s-arming")
	b.ReportMetric(carrying/seconds, "s-wall/s")
	b.ReportMetric(processor.Seconds()/seconds, "s-cpu/s")
	b.ReportMetric(float64(messages)/seconds, "messages/s")
	b.ReportMetric(float64(bytes)/seconds/1e6, "MB/s")
	b.ReportMetric(float64(bytes)/seconds/300/float64(keys), "B/call")
	b.ReportMetric(judging/seconds, "s-judging/s")
	b.ReportMetric(keeping/seconds, "s-evidence/s")
	b.ReportMetric(resident(b), "MB-resident")
}

// timed returns how many seconds something takes.
func timed(do func()) float64 {
	began := time.Now()
	do()
	return time.Since(began).Seconds()
}

func dialled(b *testing.B, s *Server) *Link {
	b.Helper()
	l, err := Connect(Cluster{URL: s.URL}, "bench", false)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(l.Close)
	return l
}

// arming gives each worker its calls, with tokens as long as those of the reference.
func (at *attempt) arming(b *testing.B) {
	b.Helper()
	signed := make([]loadgen.Signed, at.a.Phase.Keys)
	for key := range signed {
		signed[key] = loadgen.Signed{Key: key, Method: http.MethodPost, URL: "http://127.0.0.1:8200/kms/v1/keys/" + strings.Repeat("k", 64) + "/encrypt",
			Header: http.Header{"X-Ncp-Ocapi-Token": {strings.Repeat("t", 1200)}}, Body: make([]byte, 60)}
	}
	for _, err := range each(at.working(), func(_ int, w *member) error { return at.send(b.Context(), w, signed, false) }) {
		if err != nil {
			b.Fatal(err)
		}
	}
}

// carried has all workers publish at once, and takes in what they do.
func (at *attempt) carried(b *testing.B, links []*Link, results <-chan jetstream.Msg) (messages, bytes int) {
	b.Helper()
	logs := prepared()
	var publishing sync.WaitGroup
	for i, w := range at.c.crew {
		publishing.Go(func() { pretend(b, links[i], at.parts[w.name], logs, uint64(i), b.N) })
	}
	for !at.over() {
		m := <-results
		messages, bytes = messages+1, bytes+len(m.Data())
		at.take(m)
	}
	publishing.Wait()
	for _, w := range at.c.crew {
		if w.lost != "" {
			b.Fatal(w.lost)
		}
	}
	return messages, bytes
}

func rates(keys int) []float64 {
	all := make([]float64, keys)
	for i := range all {
		all[i] = 300
	}
	return all
}

// prepared are logs of a second at 300 calls: they leave up to 1 ms late, mostly less, and take a
// millisecond or two, as on a real line.
func prepared() (logs [][]byte) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 16 {
		var log []byte
		var before int64
		for range 300 {
			took := 250 + rng.Int64N(250) // of 4 µs
			log = binary.AppendUvarint(log, uint64(min(rng.ExpFloat64()*50, 250))<<4)
			log = binary.AppendVarint(log, took-before)
			before = took
		}
		logs = append(logs, log)
	}
	return logs
}

// pretend publishes what a worker would, as fast as the stream takes it: its logs for each second, and the
// end.
func pretend(b *testing.B, link *Link, p *part, logs [][]byte, seed uint64, seconds int) {
	seq := 0
	publish := func(r loadgen.Report) {
		id := jetstream.WithMsgID(fmt.Sprintf("bench/1/%s/%d", p.w.name, seq))
		if _, err := link.js.Publish(context.Background(), link.subject("run", "bench", "result", "1", p.w.name), packed(result{Seq: seq, Report: r}), id); err != nil {
			b.Error(err)
		}
		seq++
	}
	const atOnce = 200 // lanes: some 240 kB
	for second := range seconds {
		for from := 0; from < len(p.lanes); from += atOnce {
			var r loadgen.Report
			for lane := from; lane < min(from+atOnce, len(p.lanes)); lane++ {
				r.Fates = append(r.Fates, loadgen.Fates{Lane: lane, Log: logs[(int(seed)+second+lane)%len(logs)]})
			}
			publish(r)
		}
	}
	last := loadgen.Report{End: &loadgen.End{}}
	for lane := range p.lanes {
		last.Books = append(last.Books, loadgen.Book{Lane: lane, Counts: accepted(300 * seconds)})
	}
	publish(last)
}

// accepted are the counts of a lane of which every call was accepted.
func accepted(calls int) []int64 {
	counts := make([]int64, loadgen.TimedOut+1)
	counts[loadgen.Accepted] = int64(calls)
	return counts
}

// used returns the processor time of this process.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident returns the most memory that this process ever held, in MB; zero where the system does not say.
func resident(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	var kilobytes float64
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &kilobytes); err == nil {
			return kilobytes / 1024
		}
	}
	return 0
}
