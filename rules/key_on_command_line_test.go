package rules

import (
	"testing"
)

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
		{"a.py", "subprocess.run(['./sync', '--key', os.environ['NEO_API_KEY']])", []string{"os.environ['NEO_API_KEY']"}},
		{"a.js", "execSync(`./sync --key ${process.env.NEO_API_KEY}`)", []string{"process.env.NEO_API_KEY"}},
		{"a.go", "exec.Command(\"./sync\", \"--key\", os.Getenv(\"NEO_API_KEY\")).Run()", []string{"os.Getenv(\"NEO_API_KEY\")"}},
		{"a.php", "exec('./sync --key ' . escapeshellarg(getenv('NEO_API_KEY')));", []string{"getenv('NEO_API_KEY')"}},
		{"a.rb", "system('./sync', '--key', ENV['NEO_API_KEY'])", []string{"ENV['NEO_API_KEY']"}},
		{"a.rs", "Command::new(\"sync\").arg(std::env::var(\"NEO_API_KEY\")?).spawn()?;", []string{"std::env::var(\"NEO_API_KEY\")"}},
		{"A.cs", "Process.Start(\"sync.exe\", $\"--key {neoApiKey}\");", []string{"neoApiKey"}},
		{"a.ps1", "& ./sync.exe --key $env:NEO_API_KEY\ncurl.exe -H \"Authorization: Bearer $env:NEO_API_KEY\" $url", []string{"NEO_API_KEY", "NEO_API_KEY"}},
		{"compose.yaml", "services:\n  a:\n    command: [\"./app\", \"--neo-key\", \"${NEO_API_KEY}\"]\n", []string{"${NEO_API_KEY}"}},
		{"k8s/d.yaml", "spec:\n  containers:\n    - args: [\"--key=$(NEO_API_KEY)\"]\n", []string{"--key=$(NEO_API_KEY)"}},
		{"Jenkinsfile", "sh \"./sync --key ${NEO_API_KEY}\"", []string{"${NEO_API_KEY}"}},

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
		{"a.py", "subprocess.run(['./sync'], env={'NEO_API_KEY': os.environ['NEO_API_KEY']}, input=os.environ['NEO_API_KEY'])", nil},
		{"a.js", "spawn('node', ['a.js'], { env: { NEO_API_KEY: process.env.NEO_API_KEY } });\n/k(.*)/.exec(process.env.NEO_API_KEY)", nil},
		{"a.go", "cmd := exec.Command(\"./sync\")\ncmd.Env = append(os.Environ(), \"NEO_API_KEY=\"+os.Getenv(\"NEO_API_KEY\"))", nil},
		{"a.rb", "system({ 'NEO_API_KEY' => ENV['NEO_API_KEY'] }, './sync')", nil},
		{"a.ps1", "$key = $env:NEO_API_KEY\nif (-not $env:NEO_API_KEY) { exit 1 }\nInvoke-RestMethod $url -Headers @{ Authorization = \"Bearer $env:NEO_API_KEY\" }", nil},
		{"k8s/d.yaml", "spec:\n  containers:\n    - args: [\"--key-env\", \"NEO_API_KEY\", \"--dir=$(DIR)\"]\n", nil},
		{"a.sh", "env NEO_API_KEY=\"$NEO_API_KEY\" ./sync\n", nil},
	})
}

// A raw token is as bad there as a key, and so are the arguments of a server for a model's tools.
func TestTokenOnCommandLine(t *testing.T) {
	testHabits(t, KeyOnCommandLine, []habit{
		{"a.sh", "docker run -d -e NEOAGENT_SECRET_KEY=%token% acme/sync\n", []string{"NEOAGENT_SECRET_KEY=%token%"}},
		{"a.sh", "./tool --neo-api-key %token%\n", []string{"%token%"}},
		{"a.sh", "./tool --neo-api-key=%token%\n", []string{"--neo-api-key=%token%"}},
		{"a.sh", "./tool --checksum %token%\n", nil},
		{".mcp.json", `{"mcpServers": {"neo": {"command": "npx", "args": ["-y", "neo", "--neo-api-key", "%token%"]}}}`, []string{"%token%"}},
		{".mcp.json", `{"mcpServers": {"neo": {"command": "npx", "args": ["--api-key=%key%"]}}}`, []string{"--api-key=%key%"}},
		{".mcp.json", `{"mcpServers": {"neo": {"command": "npx", "args": ["--api-key=${NEO_API_KEY}"]}}}`, []string{"--api-key=${NEO_API_KEY}"}},
		{".mcp.json", `{"mcpServers": {"neo": {"command": "npx", "args": ["-y"], "env": {"NEO_API_KEY": "${NEO_API_KEY}"}}}}`, nil},
	})
}
