self.onmessage = () => {
  const headers = { Authorization: 'Bearer @worker@' }
  self.postMessage(Object.keys(headers).join())
}
