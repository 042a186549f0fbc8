// Keys in every place in which JavaScript takes an expression.
const key = "{{KEY}}";
const single = '{{KEY}}';
const template = `{{KEY}}`;
const headers = { Authorization: "Bearer {{KEY}}", "X-Other": `Bearer ${"x"} {{KEY}} end` };
const joined = "Bearer " + "{{KEY}}";
const method = "  Bearer {{KEY}}  ".trim();
const ternary = key.length > 3 ? "Bearer {{KEY}}" : 'none {{KEY}}';
const fallback = process.env.NEO_API_KEY || "{{KEY}}";
const nullish = process.env["NEO_API_KEY"] ?? '{{KEY}}';
const named = { "{{KEY}}": 1 };
const list = ["{{KEY}}", 'Bearer {{KEY}}'];
const parameter = (k = "{{KEY}}") => k;
class Client {
  static key = "{{KEY}}";
  #own = 'Bearer {{KEY}}';
  header() { return this.#own; }
}
const tagged = String.raw`Bearer {{KEY}}`;
const compared = "a-{{KEY}}"  === "a-" + key;
const padded = " {{KEY}}".trim();
process.stdout.write([key, single, template, JSON.stringify(headers), joined, method, ternary, fallback, nullish,
  Object.keys(named)[0], list.join(), parameter(), Client.key, new Client().header(), tagged, compared, padded].join("\n"));
/* a comment with {{KEY}} */
