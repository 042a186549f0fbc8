// node check.mjs NEOKEYS APP FOLDER WEB: finds every key that was planted in an app, with its
// original line, by scanning its folder and by searching the site; and compares what is fetched of the
// site with what a browser loads of it.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scriptsOf } from './browser.mjs'
import { serve } from './serve.mjs'

const [neokeys, app, folder, web] = process.argv.slice(2)
const planted = JSON.parse(readFileSync(join(folder, '..', app + '.planted.json'), 'utf8'))

// What no map says, since the bundlers put no mapping of it there: the text of a JSON
// module, and a constant that was written into another module, whose place is where it is used.
// In the project's folder its files say it.
const unmapped = { vite: ['json'], webpack: ['json', 'nested'], rollup: ['json', 'nested'], next: ['json'], sveltekit: ['json'] }[app] ?? []

let failed = 0
const fail = (text) => { failed++; console.log('FAILED: ' + text) }

const run = (cwd, ...args) => new Promise((resolve, reject) => {
  execFile(neokeys, args, { cwd, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
    if (error && error.code !== 1) return reject(new Error(`neokeys ${args.join(' ')} ends with ${error.code}: ${stdout}${stderr}`))
    resolve(JSON.parse(stdout))
  })
})

const check = (how, report, excused) => {
  const bundled = report.findings.filter((f) => f.key && f.original)
  let lines = 0
  for (const p of planted) {
    const id = createHash('sha256').update(p.key).digest('hex').slice(0, 16)
    const found = report.findings.filter((f) => f.key?.id === id)
    if (found.length === 0) {
      fail(`${app}, ${how}: the key ${p.name} of ${p.path}:${p.line} is not found`)
      continue
    }
    const right = bundled.filter((f) => f.key.id === id && f.original.path === p.path && f.original.line === p.line &&
      (p.column === undefined || f.original.column === p.column) && (p.variable === undefined || f.original.variable === p.variable))
    if (right.length > 0) lines++
    else if (!excused.includes(p.name)) fail(`${app}, ${how}: the key ${p.name} of ${p.path}:${p.line} is from ${JSON.stringify(found.map((f) => [f.path, f.original]))}`)
  }
  for (const e of report.errors) fail(`${app}, ${how}: ${e.path}: ${e.message}`)
  console.log(`${app}, ${how}: ${planted.length} keys, ${lines} with their lines`)
}

check('scan', await run(folder, 'scan', '--no-baseline', '-f', 'json', '.'), [])
const site = await serve(web)
const saved = mkdtempSync(join(tmpdir(), 'neokeys-saved-'))
try {
  check('site', await run(folder, 'site', site.url, '--save', join(saved, 'site'), '-f', 'json'), [])
  check('site, saved and elsewhere', await run(saved, 'site', 'site', '-f', 'json'), unmapped)
  const fetched = JSON.parse(readFileSync(join(saved, 'site', 'neokeys-site.json'), 'utf8')).responses.map((r) => r.url)
  const loaded = (await scriptsOf(site.url)).filter((u) => /\.(m?js|css|json|wasm)$/.test(new URL(u).pathname))
  const missed = loaded.filter((u) => !fetched.includes(u))
  if (loaded.length === 0) fail(`${app}: the browser loaded nothing`)
  if (missed.length > 0) fail(`${app}: the browser loaded what was not fetched: ${missed.join(', ')}`)
  console.log(`${app}, browser: ${loaded.length} files loaded, ${missed.length} not fetched; ${fetched.length} responses fetched`)
} finally {
  site.close()
  rmSync(saved, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
