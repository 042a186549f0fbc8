import Link from 'next/link'

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <Link href="/">home</Link> <Link href="/about">about</Link>
        {children}
      </body>
    </html>
  )
}
