package place

import (
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

func TestExposure(t *testing.T) {
	for want, paths := range map[finding.Exposure]string{
		finding.Browser: `
			dist/app.js dist/assets/index-4f3a2b1c.js dist/config.json dist/app.js.gz build/static/js/main.8e0a9b.js
			build/index.html out/_next/static/chunks/main.js public/config.js public/app.ts public/.well-known/x.json
			public/openapi.yaml static/js/app.js app/static/widget.js www/js/index.js .next/static/chunks/pages/_app.js
			.output/public/_nuxt/entry.js .svelte-kit/output/client/app.js storybook-static/main.js packages/web/dist/a.mjs
			src/vendor/lib.min.js lib/x.MIN.JS app.js.map index.html templates/mail.htm docs/index.html
			src/App.vue src/routes/+page.svelte Dist\App.js .next/server/app/index.html docs/.vitepress/dist/assets/a.js
			src/environments/environment.prod.ts dist/public/server/x.js public_html/app.js wwwroot/config.json htdocs/a.txt _site/a.json
			ext.crx ext.xpi!/background.js ext.crx/a.js .next/server/app/page.rsc out/page.rsc a.user.js`,
		finding.Mobile: `
			app.apk dist/App.ipa out/app.aab app.apk/assets/config.json app.apk!/classes.txt Payload/App.ipa/x
			android/app/src/main/java/com/x/MainActivity.java android/app/src/main/assets/public/index.html
			android/app/build.gradle app/src/main/res/values/strings.xml app/src/main/AndroidManifest.xml
			ios/Runner/AppDelegate.swift ios/App/Info.plist ios/Config.xcconfig ios/App/Keys.m Neo/GoogleService-Info.plist
			lib/main.dart lib/services/neo.dart src/api.native.ts src/api.ios.js shared/src/iosMain/kotlin/Neo.kt
			platforms/android/app/config.xml main.jsbundle classes.dex app.asar app.asar!/main.js resources/app.asar/index.js neo.appx neo.vsix!/extension/out/a.js
			Assets/Resources/keys.json`,
		finding.CI: `
			.github/workflows/ci.yml .github/actions/x/index.js action.yml actions/setup/action.yaml .gitlab-ci.yml
			ci/build.gitlab-ci.yml .circleci/config.yml Jenkinsfile Jenkinsfile.release deploy.jenkinsfile azure-pipelines.yml
			azure-pipelines-pr.yml bitbucket-pipelines.yml .travis.yml .buildkite/pipeline.yml .drone.yml appveyor.yml
			cloudbuild.yaml cloudbuild.prod.yaml .teamcity/settings.kts buildspec.yml .gitea/workflows/x.yaml .woodpecker.yml`,
		finding.Container: `
			Dockerfile docker/Dockerfile.prod api.Dockerfile api.dockerfile Containerfile docker-compose.yml
			docker-compose.override.yaml compose.yaml compose.prod.yml k8s/secret.yaml charts/neo/templates/secret.yaml
			values.yaml deploy/values-prod.yaml chart/values.yaml Chart.yaml .devcontainer/devcontainer.json kustomization.yaml
			public/Dockerfile`,
		finding.Config: `
			.env .env.local .Renviron .env.production prod.env config/app.yaml settings.toml app.ini application.properties
			appsettings.Production.json terraform.tfvars main.tf web.config pom.xml .npmrc .netrc .envrc nginx.conf
			config/credentials.yml dist/package.json build/CMakeCache.xml.in.cfg www/.env public/.env
			build/resources/main/application.json`,
		finding.Notebook: `analysis.ipynb notebooks/.ipynb_checkpoints/a.ipynb report.Rmd public/a.ipynb`,
		finding.Log:      `app.log logs/out.txt logs/2024-01-01 var/log/app.log.1 app.log.gz npm-debug.log session.har .bash_history demo.cast`,
		finding.Docs: `
			README.md README docs/auth.md docs/examples/call.js doc/api.yaml guide.rst CHANGELOG.txt page.mdx public/README.md
			static/guide.md .github/workflows/README.md`,
		finding.Source: `
			main.go src/app.js lib/client.py server/index.ts a.sh Makefile keys.txt README.go logs/logger.go
			dist/pkg.py dist/neo-1.0.tar.gz build/main.o build/lib/x.py build/CMakeFiles/a.txt out/Main.class
			build/resources/main/app.js .next/server/chunks/1.js .output/server/index.mjs
			.svelte-kit/output/server/index.js dist/server/entry.js dist/ssr/entry.js public/index.php static/views.py
			build/webpack.config.js dist/index.cjs dist/index.d.ts www/app.go publicity/app.js distribution/x.js
			src/main/java/com/x/Server.java Package.swift Sources/App/routes.swift bin/server.dart server/lib/x.dart
			src/test/res/a.kt lib/main.rb .next/server/app/page.js.map app/build.gradle Code.gs`,
	} {
		for path := range strings.FieldsSeq(paths) {
			if got := Of(path, nil).Exposure; got != want {
				t.Errorf("%s is %s, want %s", path, got, want)
			}
		}
	}
}

func TestCode(t *testing.T) {
	for path := range strings.FieldsSeq(`a.js a.JSX a.py a.go A.java a.kt a.cs a.php a.rb a.rs a.swift a.dart a.ts a.vue dist/a.min.js a.js.map env.ts .env.js`) {
		if !Of(path, nil).Code {
			t.Errorf("%s is no code", path)
		}
	}
	for path := range strings.FieldsSeq(`a.sh a.ps1 .env .env.local a.yaml a.json a.toml a.md a.txt a.ipynb Dockerfile Makefile a.html a.log script .js Jenkinsfile`) {
		if Of(path, nil).Code {
			t.Errorf("%s is code", path)
		}
	}
	for head, want := range map[string]bool{
		"#!/usr/bin/env python3\nimport os": true, "#!/usr/bin/node": true,
		"#!/bin/sh\npython x": false, "#!/bin/bash": false, "python": false, "": false,
	} {
		if got := Of("bin/tool", []byte(head)).Code; got != want {
			t.Errorf("a file that begins with %q: code is %v", head, got)
		}
	}
}

func TestBrowserFolder(t *testing.T) {
	p := Places{Browser: []string{"assets", "web/site/", `app\Client`, "", "/"}}
	for path, want := range map[string]bool{
		"dist": true, "a/b/.next": true, "public/x": true, "Build": true, "storybook-static": true,
		"src": false, "distx": false, "": false, ".": false, "node_modules": false,
		"assets": true, "x/assets/y": true, "web/site": true, "a/web/site/b": true, "web": false, "site": false, "app/client": true,
	} {
		if got := p.BrowserFolder(path); got != want {
			t.Errorf("BrowserFolder(%q) = %v", path, got)
		}
	}
	if got := p.Of("web/site/data.bin", nil).Exposure; got != finding.Browser {
		t.Errorf("a file in a folder that the user named is %s", got)
	}
	if got := p.Of("web/data.bin", nil).Exposure; got != finding.Source {
		t.Errorf("a file beside it is %s", got)
	}
}
