import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Figures } from "./figures.ts";
import { inTurn } from "./in-turn.ts";
import type { Link } from "./loopback-link.ts";
import { touchMemory } from "./memory.ts";
import { writeModel } from "./model-files.ts";
import type { ModelSize } from "./sizes.ts";
import type { Tool } from "./tool.ts";
import { type RegistryKind, withRegistry } from "./with-registry.ts";

export interface Course {
  readonly rounds: number;
  readonly size: ModelSize;
  readonly registry?: RegistryKind;
  /** What lies between the tools and the registry; nothing unless given. */
  readonly link?: (host: string) => Promise<Link>;
}

/**
 * Lets tools push and pull in turn: in each round every tool gets a registry that has none of the round's new content.
 * The figures are called `<tool> push`, `<tool> again` and `<tool> pull`, in milliseconds.
 */
export async function race(work: string, tools: readonly Tool[], course: Course): Promise<Figures> {
  const figures = new Figures();
  const target = join(work, "pulled");
  for (let round = 0; round < course.rounds; round += 1) {
    const model = await writeModel(work, course.size);
    for (const tool of inTurn(round, tools)) {
      // None is the one that the machine has to find memory for.
      await touchMemory(join(work, "touched"), course.size.large);
      await withRegistry(work, course.registry ?? "distribution 3", async (registry) => {
        await using link = await course.link?.(registry);
        const host = link?.host ?? registry;
        figures.note(`${tool.name} push`, await tool.push(host, model));
        if (tool.again) figures.note(`${tool.name} again`, await tool.again(host));
        if (tool.pull) figures.note(`${tool.name} pull`, await tool.pull(host, target));
        await rm(target, { recursive: true, force: true });
      });
    }
    // It lies in memory, which others need more.
    await rm(model.directory, { recursive: true });
  }
  return figures;
}
