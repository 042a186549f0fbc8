// node plant.mjs APP FOLDER: copies a front end into a folder, and plants a key of its own
// wherever its sources say @name@. FOLDER/planted.json then lists the keys and their places.
import { randomBytes } from 'node:crypto'
import { cpSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const [app, folder] = process.argv.slice(2)
const here = dirname(fileURLToPath(import.meta.url))

const key = () => {
  for (;;) {
    const secret = randomBytes(60).toString('base64').replace(/[^A-Za-z0-9]/g, '').slice(0, 24)
    if (secret.length === 24 && /[a-z]/.test(secret) && /[A-Z]/.test(secret) && /\d/.test(secret)) return 'neo_sk_prod_' + secret
  }
}

// What stands in a variable of the environment when the app is built, and where it is read.
const environment = key()
const variable = { vite: 'VITE_NEO_API_KEY', next: 'NEXT_PUBLIC_NEO_API_KEY', sveltekit: 'PUBLIC_NEO_API_KEY' }[app] ?? 'NEO_API_KEY'

cpSync(join(here, 'common'), folder, { recursive: true })
cpSync(join(here, app), folder, { recursive: true })
if (app === 'next' || app === 'sveltekit') ['main.js', 'worker.js'].forEach((name) => rmSync(join(folder, 'src', name)))

const planted = []
const plant = (path) => {
  const names = {}
  const text = readFileSync(path, 'utf8')
  const lines = text.split('\n').map((line, i) => {
    for (;;) {
      const m = /@(\w+)@/.exec(line)
      if (!m) break
      let [, name] = m
      const half = /^(\w+?)([12])$/.exec(name)
      if (half) name = half[1]
      const whole = (names[name] ??= key())
      const text = half ? (half[2] === '1' ? whole.slice(0, 20) : whole.slice(20)) : whole
      if (half?.[2] !== '2') planted.push({ name, key: whole, path: relative(folder, path), line: i + 1, column: half ? undefined : m.index + 1 })
      line = line.slice(0, m.index) + text + line.slice(m.index + m[0].length)
    }
    const at = line.indexOf(variable)
    if (at >= 0 && !/import {/.test(line) && /env\.js$|page\.js$|\+page\.svelte$/.test(path)) {
      planted.push({ name: 'environment', key: environment, path: relative(folder, path), line: i + 1, variable })
    }
    return line
  })
  if (lines.join('\n') !== text) writeFileSync(path, lines.join('\n'))
}

const walk = (path) => {
  if (statSync(path).isDirectory()) readdirSync(path).filter((n) => n !== 'node_modules').forEach((n) => walk(join(path, n)))
  else if (/\.(js|json|svelte)$/.test(path) && !/package(-lock)?\.json$/.test(path)) walk.files.push(path)
}
walk.files = []
walk(folder)
walk.files.sort().forEach(plant)

writeFileSync(join(folder, '.env'), `${variable}=${environment}\n`)
writeFileSync(join(folder, '..', app + '.planted.json'), JSON.stringify(planted, null, 2))
