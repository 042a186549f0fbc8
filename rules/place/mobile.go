package place

import (
	"bytes"
	"strings"
)

// isMobile reports whether the file is, is in, or becomes part of a mobile app.
func isMobile(f *file) bool {
	return inApp(f) || !f.inAny("test", "tests", "__tests__", "androidtest", "integration_test") && isAppSource(f)
}

// inApp reports whether the file is an app for phones or desktops, or an extension of an editor,
// all of which are shipped to people, is in one (whether unpacked into a folder
// or named by its path in the archive), or is made for one and nothing else.
func inApp(f *file) bool {
	if f.hasExt("apk", "apks", "xapk", "aab", "ipa", "dex", "jsbundle", "asar", "appx", "appxbundle", "msix", "vsix") || f.ends(".android.bundle", ".ios.bundle") {
		return true
	}
	for _, ext := range []string{".apk", ".aab", ".ipa", ".xcarchive", ".asar", ".appx", ".msix", ".vsix"} {
		if strings.Contains(f.dir, ext+"/") || strings.Contains(f.dir, ext+"!/") {
			return true
		}
	}
	return false
}

// isAppSource reports whether the file is one of an app's sources. Most of the
// languages of apps are those of servers too, so a folder counts only where its name
// is one of an app project's, and otherwise what the file imports decides.
func isAppSource(f *file) bool {
	switch {
	case f.inAny("src/main/res", "src/main/jnilibs", "android/app/src", "android/src/main", "androidmain", "iosmain", "platforms/android", "platforms/ios"):
		return true
	case f.named("androidmanifest.xml", "google-services.json", "googleservice-info.plist", "info.plist"):
		return true
	case f.hasExt("xcconfig"): // build settings, most of them on the way to Info.plist
		return true
	case f.named("build.gradle", "build.gradle.kts") && (f.in("android/app") || containsAny(f.head, "com.android.application", "com.android.library", "libs.plugins.android", "buildConfigField")):
		return true
	case isUnity(f):
		return true
	case f.in("ios") && f.hasExt("swift", "m", "mm", "h", "plist", "strings", "storyboard", "xib"):
		return true
	}
	head := f.head
	switch f.ext {
	case "swift":
		return importsAny(head, "import UIKit", "import SwiftUI", "import WatchKit", "import WidgetKit")
	case "m", "mm", "h":
		return importsAny(head, "#import <UIKit/", "@import UIKit", "#import <React/")
	case "java", "kt":
		return importsAny(head, "import android.", "import androidx.")
	case "dart":
		if containsAny(head, "'package:flutter/", `"package:flutter/`) {
			return true
		}
		return f.in("lib") && !f.inAny("server", "backend", "bin") && !containsAny(head, "package:shelf", "package:dart_frog", "package:serverpod")
	case "js", "jsx", "ts", "tsx", "mjs":
		if f.ends(".ios."+f.ext, ".android."+f.ext, ".native."+f.ext) {
			return true
		}
		return bytes.HasPrefix(head, []byte("var __BUNDLE_START_TIME__")) || // Metro
			containsAny(head, "from 'react-native'", `from "react-native"`, "require('react-native')", `require("react-native")`,
				"from 'expo-", `from "expo-`)
	case "json":
		return f.name == "app.json" && containsAny(head, `"expo"`)
	}
	return false
}

// isUnity reports whether the file is one of a Unity project's, which becomes part of a game.
func isUnity(f *file) bool {
	switch f.ext {
	case "cs":
		return importsAny(f.head, "using UnityEngine") && !f.in("editor")
	case "unity", "prefab", "asset":
		return f.in("assets") || containsAny(f.head, "%TAG !u! tag:unity3d.com")
	}
	return (f.in("assets/resources") || f.in("assets/streamingassets")) && f.hasExt("json", "txt", "xml", "bytes", "csv", "yaml", "ini")
}

// importsAny reports whether a line of head begins with one of statements.
func importsAny(head []byte, statements ...string) bool {
	for line := range bytes.Lines(head) {
		line = bytes.TrimLeft(line, " \t")
		for _, s := range statements {
			if bytes.HasPrefix(line, []byte(s)) {
				return true
			}
		}
	}
	return false
}

func containsAny(text []byte, words ...string) bool {
	for _, w := range words {
		if bytes.Contains(text, []byte(w)) {
			return true
		}
	}
	return false
}
