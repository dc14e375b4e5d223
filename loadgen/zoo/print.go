package zoo

import (
	_ "embed"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"text/template"
)

//go:embed verdicts.md.tmpl
var page string

// A sum adds up cells.
type sum struct {
	Experiments, Right, Open, Invalid, Wrong, Misnamed int
}

func total(cells []Cell) (s sum) {
	for _, c := range cells {
		s.Experiments += c.Experiments()
		s.Right += c.Right
		s.Open += c.Open
		s.Invalid += c.Invalid
		s.Wrong += c.Wrong
		s.Misnamed += c.Misnamed
	}
	return s
}

// Table prints the cells for a terminal, and then what was wrong.
func Table(w io.Writer, p Plan, cells []Cell) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "LIMITER\tCLIENT\tRIGHT\tOPEN\tINVALID\tWRONG\tKIND NAMED")
	for _, c := range cells {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%s\n", c.Subject, c.Client, c.Right, c.Open, c.Invalid, c.Wrong, c.naming())
	}
	if err := t.Flush(); err != nil {
		return err
	}
	s := total(cells)
	fmt.Fprintf(w, "%d experiments: %d right, %d inconclusive, %d invalid, %d wrong; %d kinds misnamed\n",
		s.Experiments, s.Right, s.Open, s.Invalid, s.Wrong, s.Misnamed)
	for _, c := range cells {
		for _, fault := range c.Faults {
			fmt.Fprintf(w, "  wrong about %s, client %s, %s\n", c.Subject, c.Client, fault)
		}
		if c.Unexplained() {
			fmt.Fprintf(w, "  inconclusive without a reason: %s, client %s, %d times\n", c.Subject, c.Client, c.Open)
		}
	}
	return nil
}

// naming says how often the kind was named.
func (c Cell) naming() string {
	if c.Kind == "" {
		return "-"
	}
	text := fmt.Sprintf("%d %s", c.Named, c.Kind)
	if c.Misnamed > 0 {
		text += fmt.Sprintf(", %d another", c.Misnamed)
	}
	return text
}

// A row is a subject with its cells, one for each client.
type row struct {
	Subject, Profile, Want, Open, Kind string
	Counts                             []string // right / open / invalid / wrong
	Named                              string
}

// Markdown writes the page docs/verdicts.md.
func Markdown(w io.Writer, p Plan, cells []Cell) error {
	p.fill()
	data := struct {
		Plan
		Last             uint64
		Mended           []uint64
		Sum              sum
		Bound, CellBound string
		Fewest           int
		Rows             []row
		Reasons          []string
		Either           []string
	}{Plan: p, Last: p.last(), Mended: p.mendedOn(), Sum: total(cells), Fewest: fewest(cells), Rows: rows(p, cells), Reasons: reasons(p, cells), Either: either(p)}
	data.Bound, data.CellBound = bound(data.Sum.Experiments-data.Sum.Invalid), bound(data.Fewest)
	t := template.Must(template.New("page").Funcs(template.FuncMap{"join": strings.Join}).Parse(page))
	return t.Execute(w, data)
}

// bound prints the share of wrong ones that n independent experiments without one bound at 99.9 %.
func bound(n int) string { return fmt.Sprintf("%.2g", 1-math.Pow(0.001, 1/float64(max(n, 1)))) }

// fewest returns how many experiments that were not invalid a cell has at least.
func fewest(cells []Cell) int {
	least := math.MaxInt
	for _, c := range cells {
		least = min(least, c.Experiments()-c.Invalid)
	}
	return least
}

func rows(p Plan, cells []Cell) (out []row) {
	for i, s := range p.Subjects {
		r := row{Subject: s.Name, Profile: s.Profile, Want: s.wanted(), Kind: s.Kind, Open: s.Open}
		named, counted := 0, 0
		for _, c := range cells[i*len(p.Clients) : (i+1)*len(p.Clients)] {
			r.Counts = append(r.Counts, fmt.Sprintf("%d / %d / %d / %d", c.Right, c.Open, c.Invalid, c.Wrong))
			if c.Kind != "" {
				named, counted = named+c.Named, counted+c.Experiments()
			}
		}
		if counted > 0 {
			r.Named = fmt.Sprintf("%s, %.0f %%", s.Kind, 100*float64(named)/float64(counted))
		}
		out = append(out, r)
	}
	return out
}

// either says of which subjects pass and fail are fair, and why.
func either(p Plan) (out []string) {
	of := map[string][]string{}
	for _, s := range p.Subjects {
		if s.Either != "" {
			of[s.Either] = append(of[s.Either], s.Name)
		}
	}
	for _, why := range slices.Sorted(maps.Keys(of)) {
		out = append(out, fmt.Sprintf("%s: %s", strings.Join(of[why], ", "), why))
	}
	return out
}

// reasons says why which subjects were left open.
func reasons(p Plan, cells []Cell) (out []string) {
	open := map[string][]string{}
	var order []string
	for i, s := range p.Subjects {
		left := map[string]int{}
		for _, c := range cells[i*len(p.Clients) : (i+1)*len(p.Clients)] {
			if c.Open > 0 && c.Allowed != "" {
				left[c.Allowed] += c.Open
			}
		}
		for _, why := range slices.Sorted(maps.Keys(left)) {
			if open[why] == nil {
				order = append(order, why)
			}
			open[why] = append(open[why], fmt.Sprintf("%s (%d)", s.Name, left[why]))
		}
	}
	for _, why := range order {
		out = append(out, fmt.Sprintf("%s: %s", strings.Join(open[why], ", "), why))
	}
	return out
}
