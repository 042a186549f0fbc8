import { build } from 'esbuild'

await build({
  entryPoints: ['src/main.js', 'src/worker.js'],
  outdir: 'dist/js', bundle: true, minify: true, splitting: true, format: 'esm', sourcemap: true,
  define: { 'process.env.NEO_API_KEY': JSON.stringify(process.env.NEO_API_KEY) },
})
