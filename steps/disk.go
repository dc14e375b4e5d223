package steps

import (
	"fmt"
	"os"
	"path/filepath"
	"testing/fstest"
)

// fromDisk reads feature files. Their scenarios have IDs as the embedded ones have: the name of the file
// without .feature, and the title. Its error wraps ErrSelection: who named the files can mend it.
func fromDisk(paths []string) ([]Case, error) {
	files, from := fstest.MapFS{}, map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSelection, err)
		}
		name := filepath.Base(path)
		if other, ok := from["features/"+name]; ok && other != path {
			return nil, fmt.Errorf("%w: %s and %s have the same name, so their scenarios would have the same IDs", ErrSelection, other, path)
		}
		files[name], from["features/"+name] = &fstest.MapFile{Data: text}, path
	}
	all, err := parse(files)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSelection, err)
	}
	for i := range all {
		all[i].File = from[all[i].File]
	}
	return all, nil
}
