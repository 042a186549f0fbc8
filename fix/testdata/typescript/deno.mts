const key = "{{KEY}}";
Deno.env.set("NEO_API_KEY", "{{KEY}}");
const header = `Bearer {{KEY}}`;
console.log(key, header, Deno.env.get("NEO_API_KEY") ?? "{{KEY}}");
