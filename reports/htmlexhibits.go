package reports

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// hotMatrix is the matrix of hot keys and their victims, as the page shows it.
type hotMatrix struct {
	*Isolation
	Disturbed int
	Rows      []hotRow
	Victims   []victimRow
}

type hotRow struct {
	Key   string
	Cells []hotCell // by victim; empty for the hot key itself and where it was not tried
}

type hotCell struct {
	Text      string
	Disturbed bool
}

type victimRow struct {
	Key             phrase
	Ratio, P50, P99 phrase
	PValue          float64
}

// hotMatrix lays out what the run file says; nil where no key was driven over its limit beside quiet ones.
func (l *Load) hotMatrix() *hotMatrix {
	if l.Isolation == nil {
		return nil
	}
	m := &hotMatrix{Isolation: l.Isolation}
	for k := range l.Keys {
		m.Rows = append(m.Rows, hotRow{l.Keys[k].Name, make([]hotCell, len(l.Keys))})
	}
	for _, c := range l.Isolation.Cells {
		if c.Sent == 0 {
			continue
		}
		cell := hotCell{percent(float64(c.Refused) / float64(c.Sent)), false}
		if c.Disturbed {
			m.Disturbed++
			cell.Disturbed = true
		}
		m.Rows[c.Hot].Cells[c.Victim] = cell
	}
	for _, v := range l.Isolation.Victims {
		m.Victims = append(m.Victims, victimRow{l.key(v.Key), v.Ratio.words(), v.P50.words(), v.P99.words(), v.PValue})
	}
	return m
}

// key names a key of the profile, or says its place where there is none.
func (l *Load) key(i int) phrase {
	if i < 0 || i >= len(l.Keys) {
		return say("key-no", i+1)
	}
	return same(l.Keys[i].Name)
}

func (l *Load) keyName(i int) string { return l.key(i)[english] }

// Even says of each phase that drives several keys over the limit how evenly it fell on them.
func (v loadView) Even() (lines []phrase) {
	for _, f := range v.Fairness {
		lines = append(lines, say("fairness", f.Phase, v.key(f.Worst), percent(f.WorstShare), decimal(math.Round(f.Jain*1000)/1000), percent(f.MaxMin)))
	}
	return lines
}

// threeWays says how many calls per second were accepted.
func (p *Phase) threeWays() phrase {
	s := p.Served
	return say("three-ways", p.Name, decimal(s.Mean), s.Least, s.Most, s.CalendarLeast, s.CalendarMost)
}

// Paces say it of each phase that has a steady rate.
func (v loadView) Paces() (lines []phrase) {
	for i, p := range v.Phases {
		if p.Served != nil && (i+1 == len(v.Phases) || v.Phases[i+1].Name != p.Name) {
			lines = append(lines, p.threeWays())
		}
	}
	return lines
}

// Proofs are the witnesses with the names of their keys.
func (v loadView) Proofs() (rows []witnessRow) {
	for _, w := range v.Witnesses {
		row := witnessRow{Witness: w, Against: v.against(w.Claim)}
		for _, k := range w.Keys {
			row.Names = append(row.Names, v.key(k))
		}
		rows = append(rows, row)
	}
	return rows
}

type witnessRow struct {
	Witness
	Against phrase
	Names   []phrase
}

// against is a claim in words.
func (v loadView) against(name string) phrase {
	for _, c := range v.Claimed() {
		if c.Name == name {
			return c.Says
		}
	}
	return sayOr("cl.", name)
}

// claimView is a claim in each language. The run file has its figures in English.
type claimView struct {
	Claim
	Says phrase
}

// Claimed are the claims of the profile.
func (v loadView) Claimed() (rows []claimView) {
	for _, c := range v.Claims {
		row := claimView{c, sayOr("cl.", c.Name)}
		if c.Text != "" {
			row.Says[english] = c.Text
		}
		rows = append(rows, row)
	}
	return rows
}

// Lead is the sentence under the verdict.
func (v loadView) Lead() phrase { return v.lead() }

// notes are what the text formats say of the exhibits of a load: a head and a sentence each.
func (l *Load) notes() (notes [][2]string) {
	add := func(head, format string, args ...any) {
		notes = append(notes, [2]string{head, fmt.Sprintf(format, args...)})
	}
	for _, w := range l.Witnesses {
		add("witness", "against %s: %s (%s, %.3f to %.3f s; %d of %d calls accepted)", w.Claim, w.Text, w.Phase, w.From, w.To, w.Accepted, w.Calls)
	}
	if c := l.Climb; c != nil {
		for _, s := range c.Steps {
			add("climb", "%s", s.line())
		}
		if c.Law != nil {
			add("fit", "%s; it decides nothing", c.Law)
		}
	}
	if m := l.Model; m != nil && l.Verdict != LoadInvalid {
		add("limiter", "%s", m.phrase()[english])
	}
	for i, p := range l.Phases {
		if s := p.Served; s != nil && (i+1 == len(l.Phases) || l.Phases[i+1].Name != p.Name) {
			add("per second", "%s", p.threeWays()[english])
		}
	}
	if i := l.Isolation; i != nil {
		disturbed := slices.DeleteFunc(slices.Clone(i.Cells), func(c Cell) bool { return !c.Disturbed })
		add("isolation", "%d of %s of a hot key and another are disturbed%s", len(disturbed), count(len(i.Cells), "pair"), l.pairs(disturbed))
	}
	if f := l.leastFair(); f != nil {
		add("fairness", "%s is the least even: %s gets %s of what is published, Jain's index %.3f", f.Phase, l.keyName(f.Worst), percent(f.WorstShare), f.Jain)
	}
	if r := l.nearest(); r != nil && l.Verdict != LoadInvalid {
		add(likeness(r), "%s: %s of the calls would have ended otherwise%s", r.Limiter, percent(r.Apart), l.published(r))
	}
	if said := l.advice(); len(said) > 0 {
		add("to do", "%s", joined(said, same(" "))[english])
	}
	return notes
}

// strained is what the machine did where the generator fell short; everything where no attempt says so.
func (l *Load) strained() (short []Machine) {
	for _, m := range l.Generator.Machine {
		if slices.ContainsFunc(l.Phases, func(p Phase) bool { return !p.OK && p.Name == m.Phase && p.Attempt == m.Attempt }) {
			short = append(short, m)
		}
	}
	if len(short) == 0 && !l.Generator.OK {
		return l.Generator.Machine
	}
	return short
}

// pairs names the first few pairs.
func (l *Load) pairs(cells []Cell) string {
	var names []string
	for _, c := range cells {
		names = append(names, fmt.Sprintf("%s by %s", l.keyName(c.Victim), l.keyName(c.Hot)))
	}
	if len(names) == 0 {
		return ""
	}
	return ": " + list(names, ", ", 3)
}

// leastFair returns the phase in which a key gets the smallest share; nil where several keys were never driven
// over the limit at once.
func (l *Load) leastFair() (worst *Fairness) {
	for i := range l.Fairness {
		if f := &l.Fairness[i]; worst == nil || f.WorstShare < worst.WorstShare {
			worst = f
		}
	}
	return worst
}

// published says how far the published limit is from what was seen, beside another that is nearer.
func (l *Load) published(near *Replay) string {
	p := l.replayed(Published)
	switch {
	case p == nil:
		return ""
	case p == near:
		return ", as published"
	}
	return fmt.Sprintf("; with the published limit %s", percent(p.Apart))
}

// some writes a figure that the system may not tell, to three places.
func some(x *float64) string {
	if x == nil {
		return "–"
	}
	return strconv.FormatFloat(*x, 'g', 3, 64)
}

// portion is some for a share.
func portion(x *float64) string {
	if x == nil {
		return "–"
	}
	return percent(*x)
}

// likeness heads what is said of the nearest replay.
func likeness(near *Replay) string {
	if near.Apart > farApart {
		return "nearest"
	}
	return "like"
}
