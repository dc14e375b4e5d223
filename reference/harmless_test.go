package reference

import (
	"strings"
	"testing"
)

func TestWhatIsHarmlessIsTold(t *testing.T) {
	const tag = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for _, text := range []string{
		"", "x", "US", "key1", "v1", "1", "plaintext", "Encrypt", "encrypt", "keyName", "isAutoRotation", "refreshTokenHours", "token-set", "sub_account", "re-encrypt",
		"2026-01-01", "10.0.0.0/8", "192.0.2.1", "-72", "018f3c1e-0000-7000-8000-0123456789ab",
	} {
		want := text
		if text == "-72" {
			want = "(3 bytes)"
		}
		if got := harmless(text); got != want {
			t.Errorf("%q is told as %q", text, got)
		}
	}
	for _, text := range []string{
		"aGVsbG8=", "aGVsbG8", "CPKIUZ4OUMNXNEZMVMBIULRXONPFMUY5", "ncp_iam_BPAMKR1234567890abcd", "eyJ0eXAi", tag, strings.ToUpper(tag), tag[1:], tag + "0", "averylongwordwithoutend", "two words", "a\n", "%41", "naïve", "plaintextOfSomebodyElse", "--", "-a",
	} {
		if got := harmless(text); !strings.HasPrefix(got, "(") || !strings.HasSuffix(got, " bytes)") {
			t.Errorf("%q is told as %q", text, got)
		}
	}
	if got := harmlessPath("/kms/v1/keys/" + tag + "/aGVsbG8=/versions//1"); got != "/kms/v1/keys/(64 bytes)/(8 bytes)/versions//1" {
		t.Errorf("the path is told as %s", got)
	}
	if got := harmlessPath(strings.Repeat("a/", 50)); got != "(100 bytes)" {
		t.Errorf("a long path is told as %s", got)
	}
}
