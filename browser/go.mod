module github.com/kmsproof/kmsproof/browser

go 1.26.4

replace github.com/kmsproof/kmsproof => ../

require (
	github.com/chromedp/cdproto v0.159.2
	github.com/chromedp/chromedp v0.23.0
	github.com/kmsproof/kmsproof v0.0.0-00010101000000-000000000000
)

require github.com/go-json-experiment/json v1.27.2 // indirect
