import { mkdir } from "node:fs/promises";
import { peer } from "../../interop/peers.ts";
import type { ModelFiles } from "./model-files.ts";
import { timed } from "./timed.ts";
import type { Tool } from "./tool.ts";

/** `oras`, which verifies what it pulls by its digest as we do. */
export const oras: Tool = {
  name: "oras",
  push: (host: string, { directory, digests }: ModelFiles) =>
    timed(peer("oras"), ["push", "--plain-http", `${host}/bench/by-oras:1.0.0`, ...digests.keys()], directory),
  async pull(host: string, target: string) {
    await mkdir(target);
    return timed(peer("oras"), ["pull", "--plain-http", `${host}/bench/by-oras:1.0.0`], target);
  },
};
