module example.test/mykms

go 1.26.0

require github.com/kmsproof/kmsproof v0.0.0

replace github.com/kmsproof/kmsproof => ../../..
