const webpack = require('webpack')

module.exports = {
  mode: 'production',
  devtool: 'source-map',
  entry: { main: './src/main.js' },
  output: { path: __dirname + '/dist/js', publicPath: '/js/', filename: '[name].js', chunkFilename: '[id].[contenthash:8].js' },
  plugins: [new webpack.EnvironmentPlugin(['NEO_API_KEY'])],
}
