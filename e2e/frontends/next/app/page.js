'use client'
import { useState } from 'react'
import { list } from '../src/api.js'
import settings from '../src/settings.json'

export default function Page() {
  const [text, say] = useState(() => settings.apiKey)
  return (
    <main>
      <p id="out">{text}</p>
      <p>{process.env.NEXT_PUBLIC_NEO_API_KEY}</p>
      <button id="list" onClick={() => list().then(say)}>list</button>
      <button id="lazy" onClick={() => import('../src/lazy.js').then((m) => say(m.open()))}>lazy</button>
    </main>
  )
}
