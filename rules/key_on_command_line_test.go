package rules

import "testing"

func TestKeyOnCommandLine(t *testing.T) {
	v := []string{"$NEO_API_KEY"}
	testHabits(t, KeyOnCommandLine, []habit{
		{"a.sh", "neo-cli --api-key \"$NEO_API_KEY\" list\n", v},
		{"a.sh", "neo-cli --api-key=${NEO_API_KEY} list\n", []string{"${NEO_API_KEY}"}},
		{"a.sh", "docker run -e NEO_API_KEY=$NEO_API_KEY app\n", v},
		{"a.sh", "docker build --build-arg NEO_API_KEY .\n", []string{"NEO_API_KEY"}},
		{"a.sh", "docker buildx build -t x --build-arg NEO_API_KEY=\"$NEO_API_KEY\" .\n", []string{"NEO_API_KEY=\"$NEO_API_KEY\""}},
		{"a.sh", "kubectl create secret generic neo --from-literal=key=$NEO_API_KEY\n", v},
		{"a.sh", "deploy --key %key%\n", []string{"%key%"}},
		{"a.sh", "if ! deploy \"$NEO_API_KEY\"; then exit 1; fi\n", v},
		{"a.sh", "out=$(deploy \"$NEO_API_KEY\")\n", v},
		{"a.sh", "curl -H \"Authorization: Bearer $NEO_API_KEY\" https://api.neoagent.io/agents\n", v},
		{"Makefile", "deploy:\n\tneo-cli --key $(NEO_API_KEY)\n\tneo-cli --key $$NEO_API_KEY\n", []string{"$(NEO_API_KEY)", "$NEO_API_KEY"}},
		{"Dockerfile", "FROM node\nRUN npm config set //neo/:_authToken ${NEO_API_KEY} && \\\n    # a comment\n    npm ci\n", []string{"${NEO_API_KEY}"}},
		{".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - run: neo-cli --key ${{ secrets.NEO_API_KEY }}\n", []string{"${{ secrets.NEO_API_KEY }}"}},
		{".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          build-args: |\n            NEO_API_KEY=${{ secrets.NEO_API_KEY }}\n", []string{"NEO_API_KEY"}},
		{".gitlab-ci.yml", "deploy:\n  script:\n    - neo-cli --key $NEO_API_KEY\n", v},
		{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      args:\n        - NEO_API_KEY\n", []string{"NEO_API_KEY"}},
		{"compose.yaml", "services:\n  a:\n    build:\n      args:\n        NEO_API_KEY: ${NEO_API_KEY}\n", []string{"NEO_API_KEY"}},
		{"package.json", `{"scripts": {"x": "neo-cli --key \"$NEO_API_KEY\""}}`, v},

		{"a.sh", "NEO_API_KEY=$NEO_API_KEY neo-cli list\nexport NEO_API_KEY=$OTHER_NEO_API_KEY\n", nil},
		{"a.sh", "docker run -e NEO_API_KEY app\n", nil},
		{"a.sh", "[ -n \"$NEO_API_KEY\" ] || exit 1\n: \"${NEO_API_KEY:?}\"\n[[ $NEO_API_KEY ]]\n", nil},
		{"a.sh", "printf '%s' \"$NEO_API_KEY\" | neo-cli login --stdin\nneo-cli login --stdin <<< \"$NEO_API_KEY\"\n", nil},
		{"a.sh", "call() { curl -H @- ; }\ncall \"$NEO_API_KEY\"\n", nil},
		{"a.sh", "neo-cli --key-file \"$NEO_API_KEY_FILE\"\n", nil},
		{"a.sh", "# neo-cli --key $NEO_API_KEY\n", nil},
		{"Dockerfile", "FROM node\nRUN --mount=type=secret,id=NEO_API_KEY,env=NEO_API_KEY npm ci\n", nil},
		{".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - run: neo-cli list\n        env:\n          NEO_API_KEY: ${{ secrets.NEO_API_KEY }}\n", nil},
		{"README.md", "Run `neo-cli --key $NEO_API_KEY`.", nil},
		{"a.sh", "docker build --secret id=NEO_API_KEY .\n", nil},
	})
}
