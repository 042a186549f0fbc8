package naming

import (
	"strings"
	"testing"
)

func TestGivenToClient(t *testing.T) {
	client := []string{
		"NEXT_PUBLIC_NEO_API_KEY=KEY",
		"export VITE_NEO_KEY='KEY'",
		"REACT_APP_X = \"KEY\"",
		"A=1 EXPO_PUBLIC_X=KEY npx expo start",
		"NUXT_PUBLIC_AUTH=Bearer KEY",
		"GATSBY_AUTH=\"Bearer KEY\"",
		"PUBLIC_URL=https://a.example/?a=b&key=KEY",
		"VITE_HEADERS='{\"Authorization\":\"Bearer KEY\"}'",
		"VITE_HEADERS=\"{\\\"Authorization\\\":\\\"Bearer KEY\\\"}\"",
		"ENV NEXT_PUBLIC_X KEY",
		"ARG VITE_X=KEY",
		"docker build --build-arg VITE_X=KEY .",
		"  NEXT_PUBLIC_X: KEY",
		"  NEXT_PUBLIC_X: >-\n    KEY",
		"  NEXT_PUBLIC_X:\n    \"KEY\"",
		"      - REACT_APP_X=KEY",
		"- name: NEXT_PUBLIC_X\n  value: KEY",
		"- name: NEXT_PUBLIC_X\r\n  value: \"KEY\"",
		"{\"key\":\"NEXT_PUBLIC_X\",\"type\":\"plain\",\"value\":\"KEY\"}",
		"  key = \"VITE_X\"\n  value = \"KEY\"\n",
		"{\"NEXT_PUBLIC_A\":\"x\",\"VITE_B\":\"KEY\"}",
		"process.env['VITE_X'] = 'KEY'",
		"$env:VITE_X = \"KEY\"",
		"netlify env:set VITE_X KEY",
		"gh variable set VITE_X --body KEY",
		"'process.env.NEXT_PUBLIC_X': '\"KEY\"'",
	}
	other := []string{
		"NEO_API_KEY=KEY",
		"NEXT_PUBLIC_A=1\nNEO_API_KEY=KEY",
		"NEXT_PUBLIC_A=\nNEO_API_KEY=KEY",
		"NEXT_PUBLIC_A=1 NEO_API_KEY=KEY next build",
		"--set-env-vars VITE_A=1,NEO_API_KEY=KEY",
		"{\"NEXT_PUBLIC_A\":\"x\",\"NEO\":\"KEY\"}",
		"- name: NEXT_PUBLIC_X\n  value: x\n- name: NEO\n  value: KEY",
		"{\"key\":\"NEXT_PUBLIC_X\",\"value\":\"x\"},{\"key\":\"NEO\",\"value\":\"KEY\"}",
		"MY_VITE_X=KEY",
		"VITED=KEY",
		"# never put this under NEXT_PUBLIC_X\nNEO_API_KEY=KEY",
		"SERVER_KEY=KEY # not NEXT_PUBLIC_",
		"NEXT_PUBLIC_NEO: \"x\"\n  value: KEY",
	}
	for want, list := range map[bool][]string{true: client, false: other} {
		for _, src := range list {
			if got := GivenToClient([]byte(src), strings.LastIndex(src, "KEY")); got != want {
				t.Errorf("%q: %v", src, got)
			}
		}
	}
}

func BenchmarkGivenToClient(b *testing.B) {
	src := []byte(strings.Repeat("VITE_A=\"\\\\\"x", 100) + "=")
	for b.Loop() {
		GivenToClient(src, len(src))
	}
}
