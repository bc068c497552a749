import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModelFiles } from "./model-files.ts";
import { timed } from "./timed.ts";
import type { Tool } from "./tool.ts";

/** One `PUT` for each file, eight at once. Sessions and digests are given for nothing: what is left is the sending. */
export const curl: Tool = {
  name: "curl",
  async push(host: string, { directory, digests }: ModelFiles) {
    const transfers: string[] = [];
    for (const [name, digest] of digests) {
      const session = await fetch(`http://${host}/v2/bench/by-curl/blobs/uploads/`, { method: "POST" });
      const location = new URL(session.headers.get("location") ?? "", `http://${host}`);
      location.searchParams.append("digest", `sha256:${digest}`);
      transfers.push(`upload-file = "${join(directory, name)}"\nurl = "${location.href}"\noutput = "/dev/null"\nfail`);
    }
    await using place = await mkdtempDisposable(join(tmpdir(), "slipway-bench-curl-"));
    const config = join(place.path, "curl.config");
    await writeFile(config, transfers.join("\nnext\n"));
    return await timed("curl", ["--silent", "--parallel", "--parallel-max", "8", "--config", config], directory);
  },
};
