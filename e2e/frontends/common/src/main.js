import { list } from './api.js'
import { environment } from './env.js'
import settings from './settings.json'

const say = (text) => { document.querySelector('#out').textContent = text }

say([list(), environment(), settings.region, settings.apiKey].map(String).join(' '))

document.querySelector('#lazy').addEventListener('click', async () => {
  const { open } = await import('./lazy.js')
  say(open())
})

document.querySelector('#work').addEventListener('click', () => {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  worker.onmessage = (event) => say(event.data)
  worker.postMessage('go')
})
