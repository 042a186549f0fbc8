export const key = '{{KEY}}' as const;
export const keys = ['{{KEY}}', 'b'] as const;
export const byKey: Record<string, number> = { '{{KEY}}': 1 };
export const either = import.meta.env.NEO_API_KEY || '{{KEY}}';
export const client = import.meta.env.VITE_NEO_API_KEY || '{{KEY}}';
process.env.NEO_API_KEY = '{{KEY}}';
process.env['NEO_API_KEY'] ||= "{{KEY}}";
if (!process.env.NEO_API_KEY)
  process.env.NEO_API_KEY = '{{KEY}}';
declare const declared = '{{KEY}}';
export const pattern = /{{KEY}}/;
