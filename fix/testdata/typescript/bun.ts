Bun.env.NEO_API_KEY = "{{KEY}}";
const headers = { Authorization: "Bearer " + "{{KEY}}" };
export const key: string = Bun.env.NEO_API_KEY ?? "{{KEY}}";
console.log(headers, key);
