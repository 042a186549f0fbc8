// Serves a folder on a free port of this machine, as a static host does: /about is about.html.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.map': 'application/json' }

export const serve = (root) => new Promise((resolve) => {
  const server = createServer((request, response) => {
    const path = join(root, normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname)))
    const file = [path, path + '.html', join(path, 'index.html')].find((name) => existsSync(name) && statSync(name).isFile())
    if (!file) {
      response.writeHead(404, { 'content-type': 'text/html' })
      response.end('<!doctype html><title>not found</title>')
      return
    }
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
    createReadStream(file).pipe(response)
  })
  server.listen(0, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }))
})
