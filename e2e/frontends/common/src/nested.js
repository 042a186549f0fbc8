export const nested = () => 'nested ' + '@nested@'
