package target

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand replaces the variables in every string below v.
func expand(v reflect.Value, path string, lookup func(string) (string, bool)) error {
	switch v.Kind() {
	case reflect.String:
		text, err := expandText(v.String(), path, lookup)
		if err == nil {
			v.SetString(text)
		}
		return err
	case reflect.Struct:
		for i := range v.NumField() {
			if err := expand(v.Field(i), join(path, v.Type().Field(i).Tag.Get("yaml")), lookup); err != nil {
				return err
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := expand(v.Index(i), fmt.Sprintf("%s[%d]", path, i), lookup); err != nil {
				return err
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			item := reflect.New(v.Type().Elem()).Elem()
			item.Set(v.MapIndex(key))
			if err := expand(item, join(path, key.String()), lookup); err != nil {
				return err
			}
			v.SetMapIndex(key, item)
		}
	}
	return nil
}

func join(path, member string) string {
	if path == "" {
		return member
	}
	return path + "." + member
}

func expandText(text, path string, lookup func(string) (string, bool)) (string, error) {
	var missing []string
	out := variable.ReplaceAllStringFunc(text, func(m string) string {
		name := variable.FindStringSubmatch(m)[1]
		value, ok := lookup(name)
		if !ok {
			missing = append(missing, name)
		}
		return value
	})
	if len(missing) > 0 {
		return "", wrong(path, "the variable %s is not set", strings.Join(missing, ", "))
	}
	return out, nil
}
