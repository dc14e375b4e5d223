module github.com/kmsproof/kmsproof/bench

go 1.26.0
