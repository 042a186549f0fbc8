import { nested } from './nested.js'

const key = '@lazy@'

export function open() {
  import('./deeper.js').then((m) => m.deeper())
  return `opened with ${key}, ${nested()}`
}
