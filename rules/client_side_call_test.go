package rules

import (
	"testing"
)

func TestClientSideCall(t *testing.T) {
	testHabits(t, ClientSideCall, []habit{
		{"app/agents.tsx", "'use client';\nexport function A() {\n  const load = async () => { await fetch('https://api.neoagent.io/agents') }\n  return <button onClick={load}>Don't</button>\n}", []string{"fetch"}},
		{"src/App.jsx", "import { useEffect } from 'react'\nconst URL = 'https://api.neoagent.io'\nexport default function App() {\n  useEffect(() => { fetch(`${URL}/agents`) }, [])\n  return <p/>\n}", []string{"fetch"}},
		{"src/main.js", "document.querySelector('#go').onclick = () => axios.post('https://app.neoagent.co/api/endpoint', data)", []string{"post"}},
		{"src/A.vue", "<template><p>it's</p></template>\n<script setup>\nconst r = await fetch('https://api.neoagent.io/agents')\n</script>", []string{"fetch"}},
		{"src/A.svelte", "<script>\n  async function go() { await fetch('https://api.neoagent.io/agents') }\n</script>\n<button on:click={go}>x</button>", []string{"fetch"}},
		{"src/app/neo.service.ts", "import { HttpClient } from '@angular/common/http';\n@Injectable()\nexport class Neo {\n  private base = 'https://api.neoagent.io';\n  constructor(private http: HttpClient) {}\n  list() { return this.http.get(this.base + '/agents'); }\n}", []string{"get"}},
		{"index.html", "<a href=\"https://app.neoagent.co/\">x</a><script>\n$.ajax({ url: 'https://app.neoagent.co/api' })\n</script>", []string{"ajax"}},
		{"App.tsx", "import { View } from 'react-native'\nexport const load = () => fetch('https://api.neoagent.io/agents')", []string{"fetch"}},
		{"src/api.ts", "import axios from 'axios'\nexport const neo = axios.create({ baseURL: 'https://api.neoagent.io', headers: { Authorization: localStorage.getItem('k') } })", []string{"create"}},
		{"Neo.swift", "import Foundation\nlet url = URL(string: \"https://api.neoagent.io/agents\")!\nURLSession.shared.dataTask(with: url)", []string{"dataTask"}},
		{"app/src/main/java/a/Neo.kt", "package a\nimport android.content.Context\nval r = Request.Builder().url(\"https://api.neoagent.io/agents\").build()\nclient.newCall(r).execute()", []string{"newCall"}},
		{"lib/neo.dart", "import 'package:flutter/material.dart';\nimport 'package:http/http.dart' as http;\nFuture f() => http.get(Uri.parse('https://api.neoagent.io/agents'));", []string{"get"}},
		{"src/App.jsx", "export default () => <button onClick={() => fetch('https://api.neoagent.io/agents')}>Go</button>", []string{"fetch"}},
		{"src/legacy.js", "$.ajax({ url: 'https://app.neoagent.co/api', headers: { Authorization: secret } })", []string{"ajax"}},
		{"src/use.ts", "import { ref } from 'vue';\nfetch('https://api.neoagent.io/agents').then(r => { a.value = r.json(); })", []string{"fetch"}},
		{"src/api/neo.ts", "const client = axios.create({ baseURL: 'https://api.neoagent.io', headers: { Authorization: `Bearer ${import.meta.env.VITE_KEY}` } })", []string{"create"}},
		{"src/store.ts", "import { createApi, fetchBaseQuery } from '@reduxjs/toolkit/query/react';\nexport const api = createApi({ baseQuery: fetchBaseQuery({ baseUrl: 'https://api.neoagent.io' }) })", []string{"fetchBaseQuery"}},
		{"lib/api.dart", "import 'package:dio/dio.dart';\nfinal dio = Dio(BaseOptions(baseUrl: 'https://api.neoagent.io'));", []string{"BaseOptions"}},
		{"src/pages/index.astro", "---\nconst a = await fetch('https://api.neoagent.io/agents')\n---\n<script>\nfetch('https://api.neoagent.io/agents')\n</script>", []string{"fetch"}},
		{"views/index.ejs", "<script>\nfetch('https://api.neoagent.io/agents', { headers: { Authorization: 'Bearer <%= key %>' } })\n</script>", []string{"fetch"}},
		{"views/a.blade.php", "<?php $x = 1 ?>\n<script>fetch('https://api.neoagent.io/agents')</script>", []string{"fetch"}},
		{"views/a.html.erb", "<script>fetch('https://api.neoagent.io/agents')</script>", []string{"fetch"}},
		{"src/worker.js", "self.onmessage = () => fetch('https://api.neoagent.io/agents')", []string{"fetch"}},
		{"a.swift", "let req = URLRequest(url: URL(string: \"https://app.neoagent.co/api/endpoint\")!)", []string{"URLRequest"}},

		{"app/api/agents/route.ts", "export async function GET() { return fetch('https://api.neoagent.io/agents') }", nil},
		{"app/page.tsx", "export default async function Page() {\n  const r = await fetch('https://api.neoagent.io/agents')\n  return <p>{r.status}</p>\n}", nil},
		{"pages/index.tsx", "import { useState } from 'react'\nexport async function getServerSideProps() {\n  return { props: await fetch('https://api.neoagent.io/agents') }\n}\nexport default function P() { const [a] = useState(0); return <p/> }", nil},
		{"server.js", "const express = require('express')\napp.get('/', async (q, s) => s.json(await fetch('https://api.neoagent.io/agents')))\nconst window = 1; window.x", nil},
		{"src/App.jsx", "import { useEffect } from 'react'\nexport default () => { useEffect(() => { fetch('/api/agents') }); return <a href='https://app.neoagent.co/login'>Log in</a> }", nil},
		{"src/App.jsx", "'use client'\nconst open = () => window.open('https://app.neoagent.co/')", nil},
		{"src/App.test.jsx", "'use client'\nfetch('https://api.neoagent.io/agents')", nil},
		{"src/neo.js", "if (typeof window === 'undefined') {}\nexport const f = () => fetch('https://api.neoagent.io/agents')", nil},
		{"src/cli.ts", "export const f = () => fetch('https://api.neoagent.io/agents')", nil},
		{"Sources/App/main.swift", "import Vapor\nlet r = try await req.client.get(\"https://api.neoagent.io/agents\")", nil},
		{"src/main/java/a/Neo.java", "import java.net.http.HttpClient;\nclient.send(HttpRequest.newBuilder(URI.create(\"https://api.neoagent.io/agents\")).build(), h);", nil},
		{"index.html", "<script src=\"https://app.neoagent.co/widget.js\"></script>", nil},
		{"a.py", "requests.get('https://api.neoagent.io/agents')", nil},
		{"src/A.vue", "<script>\n// fetch('https://api.neoagent.io/agents')\nfetch('/api')\n</script>", nil},
		{"src/handlers.ts", "import { http } from 'msw';\nlocalStorage.clear();\nexport const h = [http.get('https://api.neoagent.io/agents', () => null)]", nil},
		{"src/A.stories.tsx", "export const A = () => <b onClick={() => fetch('https://api.neoagent.io/agents')} />", nil},
		{"apps/api/src/a.ts", "window.x = fetch('https://api.neoagent.io/agents')", nil},
		{"views/index.ejs", "<p>https://api.neoagent.io</p><script>fetch('/agents')</script>", nil},
		{"a.swift", "let url = URL(string: \"https://app.neoagent.co/login\")!\nwebView.load(URLRequest(url: url))", nil},
		{"src/a.ts", "const url = 'https://app.neoagent.co/login';\ndocument.title = url;\nfetch('/track?to=' + encodeURIComponent(url));", nil},
	})
}
