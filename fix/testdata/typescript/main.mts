import { serve } from "https://deno.land/std/http/server.ts";
const key: string = "{{KEY}}";
serve(() => new Response(`Bearer {{KEY}} ${key}`));
