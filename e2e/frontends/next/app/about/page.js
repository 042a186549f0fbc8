'use client'
import { useState } from 'react'

export default function About() {
  const [key] = useState('@about@')
  return <p>about {key}</p>
}
