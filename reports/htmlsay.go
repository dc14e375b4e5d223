package reports

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// Languages are those of the pages. Auto is English until a browser that prefers Korean opens the page; either page
// holds both languages and can be switched.
func Languages() []string { return []string{"auto", "en", "ko"} }

// language is where a phrase has its words.
type language int

const (
	english language = iota
	korean
)

func (l language) String() string { return [...]string{"en", "ko"}[l] }

// languageNamed refuses what Languages does not list.
func languageNamed(name string) (l language, auto bool, err error) {
	if !slices.Contains(Languages(), name) {
		return 0, false, fmt.Errorf("no language %q; there are %s", name, strings.Join(Languages(), ", "))
	}
	if name == "ko" {
		return korean, false, nil
	}
	return english, name == "auto", nil
}

// phrase is one thing said in each language.
type phrase [2]string

// say looks a phrase up and fills its places. Where the first argument is 1 and the table has key.1, that is taken.
// An unknown key is our own mistake.
func say(key string, args ...any) phrase {
	if len(args) > 0 && fmt.Sprint(args[0]) == "1" {
		if _, ok := words[key+".1"]; ok {
			key += ".1"
		}
	}
	p, ok := words[key]
	if !ok {
		panic(fmt.Sprintf("reports: no words for %q", key))
	}
	if len(args) == 0 {
		return p
	}
	for l := range p {
		p[l] = fmt.Sprintf(p[l], in(language(l), args)...)
	}
	return p
}

// in is args with each phrase in that language.
func in(l language, args []any) []any {
	out := slices.Clone(args)
	for i, a := range out {
		switch a := a.(type) {
		case phrase:
			out[i] = a[l]
		case int:
			out[i] = grouped(int64(a))
		case int64:
			out[i] = grouped(a)
		case float64:
			out[i] = decimal(a)
		}
	}
	return out
}

// same is a text that is not ours to translate.
func same(text string) phrase { return phrase{text, text} }

// sayOr looks up a word of the run file, such as an outcome, and shows it as it is where the table has none.
func sayOr(prefix string, word any) phrase {
	w := fmt.Sprint(word)
	if p, ok := words[prefix+w]; ok {
		return p
	}
	return same(label(word))
}

// translated is a text of the run file in each language where the table has it under that prefix, else as it is.
func translated(prefix, text string) phrase {
	for key, p := range words {
		if p[english] == text && strings.HasPrefix(key, prefix) {
			return p
		}
	}
	return same(text)
}

// comma sets the items of a list apart.
var comma = same(", ")

// joined puts phrases together, each language by itself.
func joined(parts []phrase, sep phrase) phrase {
	var out phrase
	for l := range out {
		var said []string
		for _, p := range parts {
			said = append(said, p[l])
		}
		out[l] = strings.Join(said, sep[l])
	}
	return out
}

// html shows a phrase in the language that the page is set to; element is span, or tspan inside a drawing.
func (p phrase) html(element string) template.HTML {
	en, ko := template.HTMLEscapeString(p[english]), template.HTMLEscapeString(p[korean])
	if en == ko {
		return template.HTML(en)
	}
	return template.HTML(fmt.Sprintf(`<%[1]s class="en">%[2]s</%[1]s><%[1]s class="ko" lang="ko">%[3]s</%[1]s>`, element, en, ko))
}

// quoted is html, but what is the same in both languages is said to be English: it is the run file's own.
func (p phrase) quoted() template.HTML {
	if p[english] != p[korean] || p[english] == "" {
		return p.html("span")
	}
	return template.HTML(`<span lang="en">` + template.HTMLEscapeString(p[english]) + `</span>`)
}

// inKorean is what a phrase is in Korean, for what is shown in no other language.
func (p phrase) inKorean() template.HTML {
	lang := ""
	if p[english] == p[korean] {
		lang = ` lang="en"`
	}
	return template.HTML(`<span` + lang + `>` + template.HTMLEscapeString(p[korean]) + `</span>`)
}

// states is the statement of a rule in each language; in Korean, where there is none, in English.
func (r Rule) states() phrase { return phrase{r.Statement, cmp.Or(r.Korean.Statement, r.Statement)} }

// rivals is the other reading in each language, as states.
func (r Rule) rivals() phrase { return phrase{r.Rival, cmp.Or(r.Korean.Rival, r.Rival)} }

// hidden is html for who hears the page alone.
func (p phrase) hidden() template.HTML {
	return `<span class="heard-only">` + p.html("span") + `</span>`
}

// after is a rule of CSS that shows a sign after such elements and says the phrase for it: thousands of cells need no
// words of their own.
func (p phrase) after(selector, sign string) string {
	return fmt.Sprintf("\n%[1]s::after{content:\" %[2]s\";content:\" %[2]s\" / %[3]q}html[lang=ko] %[1]s::after{content:\" %[2]s\" / %[4]q}\n",
		selector, sign, p[english], p[korean])
}

// data carries a phrase for what can hold no element: an attribute of that name, or with "text" what the element says.
func (p phrase) data(name string) string {
	return fmt.Sprintf(`data-say="%s" data-en="%s" data-ko="%s"`, name, template.HTMLEscapeString(p[english]), template.HTMLEscapeString(p[korean]))
}

// attr is an attribute that says it.
func (p phrase) attr(l language, name string) template.HTMLAttr {
	return template.HTMLAttr(fmt.Sprintf(`%s="%s" %s`, name, template.HTMLEscapeString(p[l]), p.data(name)))
}

// speech are the template's functions for words, in the language in which a page opens.
func speech(l language) template.FuncMap {
	return template.FuncMap{
		"w":          func(key string, args ...any) template.HTML { return say(key, args...).html("span") },
		"tw":         func(key string, args ...any) template.HTML { return say(key, args...).html("tspan") },
		"say":        say,
		"show":       func(p phrase) template.HTML { return p.html("span") },
		"quoted":     phrase.quoted,
		"read":       func(text string) template.HTML { return read(text).quoted() },
		"reading":    func(text string) template.HTML { return readSentence(text).inKorean() },
		"states":     func(r Rule) template.HTML { return r.states().quoted() },
		"rivals":     func(r Rule) template.HTML { return r.rivals().quoted() },
		"outcome":    func(word any) template.HTML { return sayOr("o.", word).html("span") },
		"attr":       func(name, key string, args ...any) template.HTMLAttr { return say(key, args...).attr(l, name) },
		"text":       func(p phrase) template.HTMLAttr { return template.HTMLAttr(p.data("text")) },
		"korean":     func(key string) string { return say(key)[korean] },
		"sayOr":      sayOr,
		"translated": translated,
		"listed":     func(items []string) phrase { return listed(items, comma, 6) },
		"svg":        func(p phrase) template.HTML { return p.html("tspan") },
		"data":       func(name string, p phrase) template.HTMLAttr { return p.attr(l, name) },
		"plain":      func(p phrase) string { return p[l] },
	}
}
