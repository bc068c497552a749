import * as z from "zod";
import { isTag } from "../reference.ts";
import type { Scope } from "./auth/index.ts";
import { registryError } from "./errors.ts";
import { fetchPage, mostFruitless, nextPage } from "./paging.ts";
import { refusalOf } from "./refusal.ts";
import type { RegistryClient } from "./registry-client.ts";

const tagsSchema = z.object({ tags: z.array(z.string()).nullish() });
const maxPageBytes = 8 * 1024 * 1024;
const mostTags = 100_000;
const pageSize = 1000;

/**
 * The tags of a repository, all pages of them (distribution-spec 1.1, "Listing Tags"). None for one that is not there.
 * @throws SlipwayError REGISTRY_CONFUSED for pages without end; REGISTRY_*
 */
export async function listTags(client: RegistryClient, repository: string): Promise<readonly string[]> {
  const scope: Scope = { repository, actions: ["pull"] };
  const tags = new Set<string>();
  const seen = new Set<string>();
  let fruitless = 0;
  let page: URL | undefined = client.url(`/v2/${repository}/tags/list?n=${pageSize}`);
  while (page !== undefined) {
    if (seen.has(page.href) || tags.size > mostTags || fruitless > mostFruitless) {
      throw registryError("REGISTRY_CONFUSED", `${client.host} lists the tags of ${repository} without end`);
    }
    seen.add(page.href);
    const { answer, bytes } = await fetchPage(client, { method: "GET", to: page, scope }, maxPageBytes);
    if (answer.status === 404 && seen.size === 1) {
      await answer.drop();
      return [];
    }
    if (answer.status !== 200) throw await refusalOf(answer, client.host, "the list of tags");
    const parsed = tagsSchema.safeParse(jsonIn(bytes));
    if (!parsed.success) throw registryError("REGISTRY_CONFUSED", `${client.host} lists tags in a way of its own`);
    const before = tags.size;
    for (const tag of parsed.data.tags ?? []) if (isTag(tag)) tags.add(tag);
    fruitless = tags.size === before ? fruitless + 1 : 0;
    page = nextPage(answer.header("link"), page);
  }
  return [...tags];
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
