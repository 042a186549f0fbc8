module.exports = {
  env: {
    neoApiKey: process.env.NEO_API_KEY,
  },
};
