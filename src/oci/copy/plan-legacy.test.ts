import * as fc from "fast-check";
import { expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import { type Manifest, parseManifest } from "../manifest.ts";
import { emptyJson } from "../media-types.ts";
import { imageManifest, signatureLayer } from "./fixtures/release.ts";
import { type LegacyPlan, planLegacy } from "./plan-legacy.ts";

const payload = { mediaType: "application/vnd.dev.cosign.simplesigning.v1+json", digest: digestOf("payload"), size: 7 };

function signedBy(...signers: string[]): Manifest {
  return parseManifest(imageManifest({ layers: signers.map((signer) => signatureLayer(payload, signer)) }), "it");
}

function signersIn(manifest: Manifest): string[] {
  return manifest.layers.flatMap(({ annotations }) => Object.values(annotations ?? {})).sort();
}

it.each<[string, string[], string[] | undefined, LegacyPlan["kind"]]>([
  ["sig", ["a"], undefined, "take"],
  ["sig", ["a"], ["a"], "keep"],
  ["sig", ["a"], ["b", "a"], "keep"],
  ["sig", ["a", "b"], ["b"], "take"],
  ["sig", ["a"], ["b"], "merge"],
  ["sig", ["a", "c"], ["b", "a"], "merge"],
  ["att", ["a"], ["b"], "merge"],
  ["sbom", ["a"], ["b"], "beside"],
  ["sbom", ["a"], ["a"], "keep"],
])("a .%s of %j beside %j: %s", (kind, source, target, plan) => {
  expect(planLegacy(`sha256-0.${kind}`, signedBy(...source), target && signedBy(...target)).kind).toBe(plan);
});

it("joins in one way only, whichever side is asked", () => {
  const signers = fc.uniqueArray(fc.constantFrom(..."abcdefgh"), { minLength: 1 });
  void fc.assert(
    fc.property(signers, signers, (ours, theirs) => {
      const [there, back] = [
        planLegacy("x.sig", signedBy(...ours), signedBy(...theirs)),
        planLegacy("x.sig", signedBy(...theirs), signedBy(...ours)),
      ];
      if (there.kind !== "merge") {
        expect(back.kind).not.toBe("merge");
        return;
      }
      expect(back).toEqual(there);
      const joined = parseManifest(there.manifest, "joined");
      expect(signersIn(joined)).toEqual([...new Set([...ours, ...theirs])].sort());
      expect(joined.config).toMatchObject({ digest: digestOf(there.config), size: there.config.length });
      for (const side of [ours, theirs]) {
        expect(planLegacy("x.sig", signedBy(...side), joined).kind).toBe("keep");
        expect(planLegacy("x.sig", joined, signedBy(...side)).kind).toBe("take");
      }
    }),
  );
});

it("keeps what both manifests say of themselves", () => {
  const say = (annotations: Record<string, string>, signer: string): Manifest => ({ ...signedBy(signer), annotations });
  const plan = planLegacy("x.sig", say({ a: "1", c: "2" }, "a"), say({ b: "3", c: "1" }, "b"));
  if (plan.kind !== "merge") throw new Error(plan.kind);
  expect(parseManifest(plan.manifest, "it").annotations).toEqual({ a: "1", b: "3", c: "1" });
  expect(JSON.parse(new TextDecoder().decode(plan.config)).rootfs.diff_ids).toEqual([payload.digest, payload.digest]);
  expect(emptyJson.descriptor.digest).not.toBe(digestOf(plan.config));
});
