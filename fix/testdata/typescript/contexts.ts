import { request } from "node:https";

enum Keys {
  Main = "{{KEY}}",
}

interface Options {
  key: string;
}

const key: string = "{{KEY}}";
const options: Options = { key: '{{KEY}}' };
export class Client {
  private readonly header: string = `Bearer {{KEY}}`;
  constructor(private key = "{{KEY}}") {}
  send(): string[] {
    return [this.header, this.key, "Bearer {{KEY}}", process.env.NEO_API_KEY ?? "{{KEY}}"];
  }
}
console.log(key, options, new Client().send(), Keys.Main, typeof request);
