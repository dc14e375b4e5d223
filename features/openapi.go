package features

// OpenAPI returns one of the OpenAPI files by its name, such as kms20.openapi.yaml. It panics on a
// name that is not embedded.
func OpenAPI(name string) []byte {
	text, err := files.ReadFile(name)
	if err != nil {
		panic("features: " + err.Error())
	}
	return text
}

// StateSchema returns the JSON Schema of the reference's state files.
func StateSchema() []byte {
	text, err := files.ReadFile("state.schema.json")
	if err != nil {
		panic("features: " + err.Error())
	}
	return text
}
