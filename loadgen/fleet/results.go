package fleet

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// purge lets the stream forget the attempt's results, which are in the record by now. What stays is removed
// with the stream.
func (at *attempt) purge(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	s, err := at.c.link.js.Stream(ctx, at.c.link.stream(at.c.run))
	if err == nil {
		err = s.Purge(ctx, jetstream.WithPurgeSubject(at.subject()))
	}
	if err != nil {
		at.c.o.log("the results of attempt %d stay in the stream: %v", at.n, err)
	}
}

// subject is that of all results of the attempt.
func (at *attempt) subject() string {
	return at.c.link.subject("run", at.c.run, "result", strconv.Itoa(at.n), "*")
}

// results reads the stream of the attempt from its beginning, in order, also over a lost connection.
func (at *attempt) results(ctx context.Context) (<-chan jetstream.Msg, func(), error) {
	consumer, err := at.c.link.js.OrderedConsumer(ctx, at.c.link.stream(at.c.run), jetstream.OrderedConsumerConfig{FilterSubjects: []string{at.subject()}})
	if err != nil {
		return nil, nil, fmt.Errorf("NATS: the stream of results: %w", err)
	}
	out, over := make(chan jetstream.Msg, 64), make(chan struct{})
	reading, err := consumer.Consume(func(m jetstream.Msg) {
		select {
		case out <- m:
		case <-over:
		}
	})
	if err != nil {
		return nil, nil, fmt.Errorf("NATS: the stream of results: %w", err)
	}
	return out, func() {
		close(over)
		reading.Stop()
		<-reading.Closed()
	}, nil
}

// take puts a result into the record.
func (at *attempt) take(m jetstream.Msg) {
	name := m.Subject()[strings.LastIndexByte(m.Subject(), '.')+1:]
	p := at.parts[name]
	if p == nil || p.over {
		return // it was given up before
	}
	var r result
	if err := packing.Unmarshal(m.Data(), &r); err != nil {
		at.lose(p.w, "a report of it cannot be read: "+err.Error())
		return
	}
	switch {
	case r.Seq < p.seq:
		return // it came twice
	case r.Seq > p.seq:
		at.lose(p.w, fmt.Sprintf("report %d of it is missing", p.seq))
		return
	}
	p.seq++
	if err := p.intake.Take(r.Report); err != nil {
		at.lose(p.w, err.Error())
		return
	}
	p.over = r.Report.End != nil
}
