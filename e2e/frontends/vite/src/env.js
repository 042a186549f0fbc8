export const environment = () => {
  return import.meta.env.VITE_NEO_API_KEY
}
