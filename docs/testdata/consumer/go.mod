module example.test/mykms

go 1.26.4

require github.com/kmsproof/kmsproof v0.0.0

replace github.com/kmsproof/kmsproof => ../../..
