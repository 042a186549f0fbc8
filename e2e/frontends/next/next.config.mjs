export default { productionBrowserSourceMaps: true, output: 'export' }
