package rules

import (
	"testing"
)

func TestBakedIntoImage(t *testing.T) {
	testHabits(t, BakedIntoImage, []habit{
		{"Dockerfile", "FROM node\nARG NEO_API_KEY\n", []string{"NEO_API_KEY"}},
		{"Dockerfile", "FROM node\nENV NEO_API_KEY=%key%\n", []string{"NEO_API_KEY"}},
		{"Dockerfile", "FROM node\nENV PORT=80 \\\n    # the key\n    NEO_API_KEY=$NEO_API_KEY\n", []string{"NEO_API_KEY"}},
		{"Dockerfile", "FROM node\nenv NEOAGENT_SECRET_KEY %token%\n", []string{"NEOAGENT_SECRET_KEY"}},
		{"api.Dockerfile", "FROM node\nARG A=1 NEO_KEY=\"x\"\n", []string{"NEO_KEY"}},
		{"Dockerfile.prod", "FROM node\n# NEO_API_KEY is in .env\nCOPY .env ./\n", []string{".env"}},
		{"Dockerfile", "FROM node\nCOPY --chown=node package.json .env.production /app/\nCMD [\"sh\", \"-c\", \"test $NEO_API_KEY\"]\n", []string{".env.production"}},
		{"Dockerfile", "FROM node\nCOPY [\".env\", \"/app/\"]\nCMD test $NEO_API_KEY\n", []string{".env"}},

		{"Dockerfile", "FROM node\nRUN --mount=type=secret,id=neo,env=NEO_API_KEY npm ci\n", nil},
		{"Dockerfile", "FROM node\nENV NEO_API_KEY=\n", nil},
		{"Dockerfile", "FROM node\n# ARG NEO_API_KEY\nRUN echo\n", nil},
		{"Dockerfile", "FROM node\nENV NEO_API_KEY_FILE=/run/secrets/neo\n", nil},
		{"Dockerfile", "FROM node\nCOPY .env.example .env\nCMD test $NEO_API_KEY\n", nil},
		{"Dockerfile", "FROM node\nCOPY --from=build .env .\nCMD test $NEO_API_KEY\n", nil},
		{"Dockerfile", "FROM neoagent/base\nCOPY .env .\n", nil},
		{"Dockerfile", "FROM node\nRUN <<EOF\nARG NEO_API_KEY\nEOF\n", nil},
		{"docker.go", "ARG := NEO_API_KEY", nil},
	})
}
