package proof

// Loads reports whether a mutant must be caught under load.
var Loads = loads
