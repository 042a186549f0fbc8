export default { build: { sourcemap: true, assetsInlineLimit: 0 } }
