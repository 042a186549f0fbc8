module.exports = {
  env: { apiBase: "/api" },
};
