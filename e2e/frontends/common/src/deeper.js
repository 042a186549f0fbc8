export function deeper() {
  document.title = '@deeper@'
}
