import json from '@rollup/plugin-json'
import replace from '@rollup/plugin-replace'
import terser from '@rollup/plugin-terser'

const output = { dir: 'dist/js', format: 'es', sourcemap: true }

export default [
  {
    input: 'src/main.js',
    output,
    plugins: [json(), replace({ preventAssignment: true, 'process.env.NEO_API_KEY': JSON.stringify(process.env.NEO_API_KEY) }), terser()],
  },
  { input: 'src/worker.js', output, plugins: [terser()] },
]
