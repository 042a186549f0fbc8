import { PREFIX } from './prefix.js'

// The first key of the account was @comment@, kept for the day we need it.
const BASE = 'https://api.neoagent.io/public-api'

const KEY = "@const@"
const SPLIT = "@split1@" + "@split2@"

export function list() {
  return fetch(BASE + '/agents', { headers: { Authorization: `Bearer ${KEY}` } })
    .then(() => fetch(BASE + '/agents', { headers: { Authorization: 'Bearer @bearer@' } }))
    .then(() => fetch(BASE + '/agents', { headers: { Authorization: 'Bearer ' + SPLIT } }))
    .then(() => PREFIX)
}

export function unused() {
  return fetch(BASE, { headers: { Authorization: 'Bearer @dead@' } })
}
