import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { git } from "../../support/git.ts";

const bundleSchema = z.object({ dsseEnvelope: z.object({ payload: z.string() }) });
const indexSchema = z.object({
  manifests: z.array(z.object({ annotations: z.record(z.string(), z.string()).optional() })),
});

/**
 * All that a step leaves in `gitops.git` and in the store's index, but for times, for the attempt of the run, and for
 * the digests of what holds them.
 */
export function endStateOf(work: string) {
  const repository = join(work, "gitops.git");
  const files = filesOn(repository);
  const { manifests } = indexSchema.parse(JSON.parse(readFileSync(join(work, "store", "index.json"), "utf8")));
  return {
    commits: git(repository, "log", "--format=%s", "main").split("\n"),
    trailers: withoutTimes(git(repository, "log", "-1", "--format=%(trailers:only,unfold)", "main")),
    pointer: files.get("apps/values.yaml"),
    files: [...files.keys()].map(withoutTimes).toSorted(),
    signed: [...files]
      .filter(([path]) => /^slipway\/(ledger|events|holds)\//.test(path))
      .map(([path, text]) => `${withoutTimes(path)} ${withoutTimes(saidBy(text))}`)
      .toSorted(),
    tags: manifests
      .map(({ annotations }) => withoutTimes(annotations?.["org.opencontainers.image.ref.name"] ?? ""))
      .toSorted(),
  };
}

/** What lies in a store and belongs to nothing. */
export function leavingsIn(store: string): string[] {
  return [
    // A store's lock counts its holders.
    ...readdirSync(join(store, ".slipway")).filter((name) => name !== "announced" && !/^lock\.\d+$/.test(name)),
    ...readdirSync(store).filter((name) => !["index.json", "oci-layout", "blobs", ".slipway"].includes(name)),
    ...readdirSync(join(store, "blobs", "sha256")).filter((name) => !/^[0-9a-f]{64}$/.test(name)),
  ];
}

/** All files of the branch, by one git instead of one for each file. */
function filesOn(repository: string): Map<string, string> {
  const checkout = mkdtempSync(join(tmpdir(), "slipway-checkout-"));
  try {
    git(checkout, "--git-dir", repository, "--work-tree", checkout, "checkout", "--quiet", "--force", "main");
    const entries = readdirSync(checkout, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
    return new Map(
      entries.map(({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [path.slice(checkout.length + 1), readFileSync(path, "utf8")];
      }),
    );
  } finally {
    rmSync(checkout, { recursive: true });
  }
}

/** What was signed; a hold is not, and says what its event says. */
function saidBy(file: string): string {
  const bundle = bundleSchema.safeParse(JSON.parse(file));
  return bundle.success ? Buffer.from(bundle.data.dsseEnvelope.payload, "base64").toString("utf8") : file;
}

const volatile = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|\d{8}T\d{6}Z/g, "<time>"],
  [/"attempt":[12]\b/g, '"attempt":…'],
  [/attempt [12]\b/g, "attempt …"],
  // What a link or an event is called by; a release's digest stays.
  [/((?:Evidence|Event)-Digest: |"(?:link|event)": ?")sha256:[0-9a-f]{64}/g, "$1…"],
  [/(slipway\/events\/.*<time>)-[0-9a-f]{8}/g, "$1-…"],
  [/(_(?:link\.\d+|vsa-[a-z]+)-)[0-9a-f]{8}((?:\.\d+)?)\.[12]$/g, "$1…$2.…"],
  // A layer's tag is called by what was signed, times and all.
  [/(_att-)[0-9a-f]{16}$/g, "$1…"],
] as const;

function withoutTimes(text: string): string {
  return volatile.reduce((rest, [pattern, shown]) => rest.replace(pattern, shown), text);
}
