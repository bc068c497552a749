import * as z from "zod";

const schema = z.object({ tags: z.array(z.string()).nullish() });

/** Names in a list of tags (distribution-spec 1.1, "Listing Tags"); undefined for anything that is none. */
export function tagsIn(body: Uint8Array): readonly string[] | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(body)));
    return parsed.success ? (parsed.data.tags ?? []) : undefined;
  } catch {
    return undefined;
  }
}
