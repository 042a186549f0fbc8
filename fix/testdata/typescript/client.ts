declare const process: { env: Record<string, string | undefined> };

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
export const sent = [key.length, options, new Client().send()];
