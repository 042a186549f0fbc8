// Which scripts a real browser loads of a page, with a click on each of its buttons and links.
// Debian's Chromium is driven through its remote debugging protocol:
// https://chromedevtools.github.io/devtools-protocol/
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'node:net'
import { randomBytes } from 'node:crypto'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

// A WebSocket client for one server on this machine: text frames, none of them large.
const connect = (address) => new Promise((resolve, reject) => {
  const url = new URL(address)
  const socket = createConnection(Number(url.port), url.hostname)
  let buffer = Buffer.alloc(0), open = false, message = Buffer.alloc(0)
  const client = { onmessage: () => {}, close: () => socket.destroy() }
  client.send = (text) => {
    const body = Buffer.from(text), mask = randomBytes(4)
    const head = body.length < 126 ? Buffer.from([0x81, 0x80 | body.length])
      : Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 255])
    socket.write(Buffer.concat([head, mask, body.map((b, i) => b ^ mask[i % 4])]))
  }
  socket.on('error', reject)
  socket.on('connect', () => socket.write(`GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`))
  socket.on('data', (data) => {
    buffer = Buffer.concat([buffer, data])
    if (!open) {
      const end = buffer.indexOf('\r\n\r\n')
      if (end < 0) return
      buffer = buffer.subarray(end + 4)
      open = true
      resolve(client)
    }
    while (buffer.length >= 2) {
      let size = buffer[1] & 127, at = 2
      if (size === 126) { size = buffer.length < 4 ? Infinity : buffer.readUInt16BE(2); at = 4 }
      if (size === 127) { size = buffer.length < 10 ? Infinity : Number(buffer.readBigUInt64BE(2)); at = 10 }
      if (buffer.length < at + size) return
      message = Buffer.concat([message, buffer.subarray(at, at + size)])
      const last = buffer[0] & 0x80
      buffer = buffer.subarray(at + size)
      if (last) {
        client.onmessage(JSON.parse(message.toString()))
        message = Buffer.alloc(0)
      }
    }
  })
})

export const scriptsOf = async (page) => {
  const profile = mkdtempSync(join(tmpdir(), 'neokeys-chromium-'))
  const chromium = spawn('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
    '--remote-debugging-port=0', '--user-data-dir=' + profile, 'about:blank'], { stdio: 'ignore' })
  const loaded = new Set()
  try {
    const file = join(profile, 'DevToolsActivePort')
    for (let i = 0; i < 600 && !(existsSync(file) && readFileSync(file, 'utf8').includes('\n')); i++) await sleep(100)
    const [port, path] = readFileSync(file, 'utf8').trim().split('\n')
    const browser = await connect(`ws://127.0.0.1:${port}${path}`)
    let last = 0, busy = Date.now()
    const waiting = new Map()
    const send = (method, params = {}, sessionId) => new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject })
      browser.send(JSON.stringify({ id: last, method, params, sessionId }))
    })
    browser.onmessage = (m) => {
      if (m.id) {
        const { resolve, reject } = waiting.get(m.id) ?? {}
        waiting.delete(m.id)
        if (m.error) reject?.(new Error(m.error.message)); else resolve?.(m.result)
      } else if (m.method === 'Network.requestWillBeSent') {
        busy = Date.now()
        if (['Script', 'Stylesheet', 'Other', 'Fetch', 'XHR'].includes(m.params.type) && m.params.request.url.startsWith(new URL(page).origin)) loaded.add(m.params.request.url)
      } else if (m.method === 'Target.attachedToTarget') {
        const id = m.params.sessionId
        Promise.all(['Network.enable', 'Runtime.runIfWaitingForDebugger'].map((method) => send(method, {}, id))).catch(() => {})
      }
    }
    const quiet = async () => { for (busy = Date.now(); Date.now() - busy < 1500;) await sleep(100) }
    const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true })
    await send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }, sessionId)
    for (const method of ['Network.enable', 'Page.enable', 'Runtime.enable']) await send(method, {}, sessionId)
    await send('Page.navigate', { url: page }, sessionId)
    await quiet()
    // Links last: they may lead to another page, whose buttons are clicked then.
    const click = `(() => { const seen = window.clicked ??= new Set(); const next = [...document.querySelectorAll('button'), ...document.querySelectorAll('a')].find((e) => !seen.has(e.outerHTML));
      if (!next) return false; seen.add(next.outerHTML); next.click(); return true })()`
    for (let i = 0; i < 20; i++) {
      const { result } = await send('Runtime.evaluate', { expression: click }, sessionId)
      if (!result.value) break
      await quiet()
    }
    browser.close()
  } finally {
    const gone = new Promise((resolve) => chromium.once('exit', resolve))
    chromium.kill()
    await gone
    // Its children end a little later, and write until then.
    for (let i = 0; i < 50 && existsSync(profile); i++) {
      try { rmSync(profile, { recursive: true, force: true }) } catch { await sleep(200) }
    }
  }
  return [...loaded]
}
