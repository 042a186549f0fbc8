package rules

import (
	"testing"
)

func TestPlaintextCISecret(t *testing.T) {
	name := []string{"NEO_API_KEY"}
	testHabits(t, PlaintextCISecret, []habit{
		{".github/workflows/a.yml", "env:\n  NEO_API_KEY: %key%\njobs: {}\n", name},
		{".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - uses: x\n        env: { NEOAGENT_SECRET_KEY: \"%token%\" }\n", []string{"NEOAGENT_SECRET_KEY"}},
		{".gitlab-ci.yml", "variables:\n  NEO_API_KEY:\n    value: %key%\n", []string{"value"}},
		{".circleci/config.yml", "jobs:\n  a:\n    environment:\n      NEO_API_KEY: %key%\n", name},
		{"docker-compose.yml", "services:\n  a:\n    environment:\n      - NEO_API_KEY=%key%\n", name},
		{"compose.yaml", "services:\n  a:\n    environment:\n      NEO_API_KEY: '%key%'\n", name},
		{"k8s/config.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  NEO_API_KEY: %key%\n", name},
		{"k8s/deploy.yaml", "apiVersion: apps/v1\nkind: Deployment\nspec:\n  containers:\n    - env:\n        - name: NEO_API_KEY\n          value: %key%\n", name},
		{"charts/app/values.yaml", "neo:\n  neoApiKey: %key%\n", []string{"neoApiKey"}},
		{"charts/app/templates/d.yaml", "{{- if .Values.x }}\nenv:\n  NEO_API_KEY: %key%\n{{- end }}\n", name},
		{"main.tf", "variable \"neo_api_key\" {\n  type = string\n  default = \"%key%\"\n}\n", []string{"default"}},
		{"prod.tfvars", "neo_api_key = \"%key%\"\n", []string{"neo_api_key"}},
		{"ecs.tf", "environment = [{ name = \"NEO_API_KEY\", value = \"%key%\" }]\n", []string{"value"}},
		{"charts/app/values.yaml", "neo:\n  apiKey: %key%\n", []string{"apiKey"}},
		{"charts/app/values.yaml", "neoagent:\n  secretKey: %token%\n", []string{"secretKey"}},
		{".github/workflows/a.yml", "env:\n  CRM_TOKEN: %key%\n", []string{"CRM_TOKEN"}},
		{".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - run: |\n          export NEO_API_KEY=\"%key%\"\n          make\n", name},
		{"k8s/config.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  .env: |\n    NEO_API_KEY=%key%\n    PORT=1\n", name},
		{"k8s/config.json", `{"apiVersion": "v1", "kind": "ConfigMap", "data": {"NEO_API_KEY": "%key%"}}`, name},
		{"render.yaml", "services:\n  - envVars:\n      - key: NEO_API_KEY\n        value: %key%\n", name},
		{"wrangler.toml", "name = \"w\"\n[vars]\nNEOAGENT_SECRET_KEY = \"%token%\"\n", []string{"NEOAGENT_SECRET_KEY"}},
		{"main.tf", "resource \"x\" \"y\" {\n  plaintext_value = \"%key%\"\n}\n", []string{"plaintext_value"}},
		{"Jenkinsfile", "environment { NEO_API_KEY = '%key%' }", []string{"NEO_API_KEY"}},
		{".github/scripts/deploy.sh", "export NEO_API_KEY=%key%\n", []string{"NEO_API_KEY"}},

		{".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - run: |\n          # NEO_API_KEY=%key%\n          make\n", nil},
		{"k8s/sealed.yaml", "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  encryptedData:\n    NEO_API_KEY: %token%\n", nil},
		{"config/application.toml", "[neo]\napi_key = \"%key%\"\n", nil},
		{".github/workflows/a.yml", "env:\n  NEO_API_KEY: ${{ secrets.NEO_API_KEY }}\n", nil},
		{".github/workflows/a.yml", "env:\n  NEO_API_KEY: test\n  NEO_KEY: neo_sk_test_xxxxxxxxxxxxxxxxxxxxxxxx\n", nil},
		{".github/workflows/a.yml", "# NEO_API_KEY: %key%\non: push\n", nil},
		{"compose.yaml", "services:\n  a:\n    environment:\n      - NEO_API_KEY\n      - NEO_KEY=${NEO_KEY:?}\n", nil},
		{"k8s/deploy.yaml", "apiVersion: apps/v1\nkind: Deployment\nspec:\n  containers:\n    - env:\n        - name: NEO_API_KEY\n          valueFrom: { secretKeyRef: { name: neo, key: key } }\n", nil},
		{"main.tf", "variable \"neo_api_key\" {\n  type = string\n  sensitive = true\n}\nlocals { neo_api_key = var.neo_api_key }\n", nil},
		{"config/application.yml", "neo:\n  api-key: %key%\n", nil},
		{".env", "NEO_API_KEY=%key%\n", nil},
		{"charts/app/values.yaml", "neo:\n  apiKeySecretName: neo\n", nil},
		{"scripts/deploy.sh", "export NEO_API_KEY=%key%\n", nil},
	})
}
