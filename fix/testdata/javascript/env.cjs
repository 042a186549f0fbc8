const { env } = require("node:process");
const headers = { Authorization: "Bearer {{KEY}}" };
process.stdout.write(headers.Authorization);
