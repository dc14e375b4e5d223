package steps

// Borrows is for tests that compare keys with cases.
var Borrows = borrows
