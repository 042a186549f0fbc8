package rules

import "testing"

func TestClientExposedEnv(t *testing.T) {
	testHabits(t, ClientExposedEnv, []habit{
		{"app/page.tsx", "const key = process.env.NEXT_PUBLIC_NEO_API_KEY;\nconst again = process.env.NEXT_PUBLIC_NEO_API_KEY", []string{"NEXT_PUBLIC_NEO_API_KEY"}},
		{".env.local", "NEXT_PUBLIC_NEO_API_KEY=%key%\n", []string{"NEXT_PUBLIC_NEO_API_KEY"}},
		{"src/neo.ts", "export const key = import.meta.env.VITE_NEOAGENT_SECRET_KEY", []string{"VITE_NEOAGENT_SECRET_KEY"}},
		{"src/neo.js", "const k = process.env.REACT_APP_NEO_KEY", []string{"REACT_APP_NEO_KEY"}},
		{"src/neo.js", "const k = process.env.GATSBY_NEO_API_KEY", []string{"GATSBY_NEO_API_KEY"}},
		{"src/neo.js", "const k = process.env.VUE_APP_NEO_AGENT_TOKEN", []string{"VUE_APP_NEO_AGENT_TOKEN"}},
		{"src/neo.js", "const k = process.env.EXPO_PUBLIC_NEO_API_KEY", []string{"EXPO_PUBLIC_NEO_API_KEY"}},
		{"src/neo.js", "const k = process.env.NUXT_PUBLIC_NEO_API_KEY", []string{"NUXT_PUBLIC_NEO_API_KEY"}},
		{"src/neo.js", "const k = import.meta.env.NG_APP_NEO_API_KEY", []string{"NG_APP_NEO_API_KEY"}},
		{"src/neo.js", "const k = process.env.STORYBOOK_NEO_API_KEY", []string{"STORYBOOK_NEO_API_KEY"}},
		{"src/lib/neo.js", "import { PUBLIC_NEO_API_KEY } from '$env/static/public'", []string{"PUBLIC_NEO_API_KEY"}},
		{".github/workflows/ci.yml", "env:\n  VITE_NEO_API_KEY: ${{ secrets.NEO_API_KEY }}\n", []string{"VITE_NEO_API_KEY"}},
		{"Dockerfile", "ARG NEXT_PUBLIC_NEO_API_KEY\nRUN npm run build\n", []string{"NEXT_PUBLIC_NEO_API_KEY"}},
		{"next.config.js", "module.exports = {\n  publicRuntimeConfig: { neoApiKey: process.env.NEO_API_KEY },\n}", []string{"neoApiKey"}},
		{"next.config.mjs", "export default { env: { NEO_API_KEY: process.env.NEO_API_KEY } }", []string{"NEO_API_KEY"}},
		{"nuxt.config.ts", "export default defineNuxtConfig({ runtimeConfig: { public: { neoApiKey: '' } } })", []string{"neoApiKey"}},
		{"vite.config.ts", "export default defineConfig({\n  define: { __KEY__: JSON.stringify(process.env.NEO_API_KEY) },\n})", []string{"NEO_API_KEY"}},
		{"webpack.config.js", "plugins: [new webpack.DefinePlugin({\n 'process.env.NEO_API_KEY': JSON.stringify(process.env.NEO_API_KEY) })]", []string{"NEO_API_KEY"}},
		{"webpack.prod.js", "plugins: [new webpack.EnvironmentPlugin(['NODE_ENV', 'NEO_API_KEY'])]", []string{"NEO_API_KEY"}},
		{"build.mjs", "import * as esbuild from 'esbuild'\nawait esbuild.build({ define: { KEY: JSON.stringify(process.env.NEO_API_KEY) } })", []string{"NEO_API_KEY"}},
		{"src/environments/environment.prod.ts", "export const environment = {\n  production: true,\n  neoApiKey: '',\n};", []string{"neoApiKey"}},
		{"src/environments/environment.ts", "export const environment = {\n  neo: {\n    apiKey: '%key%',\n  },\n};", []string{"apiKey"}},
		{"app.config.js", "export default { expo: { extra: { neoApiKey: process.env.NEO_API_KEY } } }", []string{"neoApiKey"}},
		{"app.json", "{\"expo\": {\"extra\": {\"neoApiKey\": \"x\"}}}", []string{"neoApiKey"}},
		{"rollup.config.mjs", "export default { plugins: [replace({ 'process.env.NEO_API_KEY': JSON.stringify(process.env.NEO_API_KEY) })] }", []string{"NEO_API_KEY"}},

		{"a_test.go", "const name = \"NEXT_PUBLIC_NEO_API_KEY\"", nil},
		{"app/api/route.ts", "const key = process.env.NEO_API_KEY", nil},
		{".env", "NEO_API_KEY=%key%\nNEXT_PUBLIC_API_URL=https://example.com\n", nil},
		{"src/neo.ts", "// never NEXT_PUBLIC_NEO_API_KEY\nconst a = 1", nil},
		{".env.example", "# NEXT_PUBLIC_NEO_API_KEY would be public\nNEO_API_KEY=\n", nil},
		{"README.md", "Do not call it `NEXT_PUBLIC_NEO_API_KEY`.", nil},
		{"src/neo.ts", "const id = process.env.NEXT_PUBLIC_NEO_API_KEY_ID", nil},
		{"src/neo.ts", "const id = process.env.NEXT_PUBLIC_NEON_API_KEY", nil},
		{"vite.config.ts", "export default defineConfig({ define: { V: '1' } })\nfetch(url, { headers: { k: process.env.NEO_API_KEY } })", nil},
		{"next.config.js", "module.exports = { serverRuntimeConfig: { neoApiKey: process.env.NEO_API_KEY } }", nil},
		{"nuxt.config.ts", "export default { runtimeConfig: { neoApiKey: '', public: { base: '/' } } }", nil},
		{"environment.ts", "export const environment = { neoApiKey: process.env.NEO_API_KEY }", nil},
		{"src/neo.ts", "const MY_PUBLIC_NEO_API_KEY = 1", nil},
		{"src/env.test.ts", "expect(process.env.NEXT_PUBLIC_NEO_API_KEY).toBeUndefined()", nil},
		{"src/environments/environment.ts", "export const environment = { neo: { url: '/api/neo' } }", nil},
	})
}
