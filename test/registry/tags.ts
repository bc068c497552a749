import { type Answer, json } from "./answer.ts";
import type { Call, World } from "./call.ts";
import { pageOf } from "./pages.ts";
import { Problem } from "./problem.ts";

/** distribution-spec 1.1, "Listing Tags": in lexical order of their bytes. */
export function answerTags(call: Call, world: World, name: string): Answer {
  const repository = world.repositories.get(name);
  if (repository === undefined) throw new Problem(404, "NAME_UNKNOWN", `there is no repository ${name}`);
  const all = [...repository.tags.keys()].sort();
  const { items, headers } = pageOf(call, all, (tag) => tag, world.behaviour.tagPage);
  return json(200, { name, tags: items }, headers);
}
