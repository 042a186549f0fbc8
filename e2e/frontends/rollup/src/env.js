export const environment = () => {
  return process.env.NEO_API_KEY
}
