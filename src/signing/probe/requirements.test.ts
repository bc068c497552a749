import { TrustedRoot } from "@sigstore/protobuf-specs";
import { expect, it } from "vitest";
import { makeSigstore, type TrustedRootOptions } from "../../../test/support/sigstore/index.ts";
import { judgeRequirements, type Services } from "./requirements.ts";

const sigstore = makeSigstore();
type Without = NonNullable<TrustedRootOptions["without"]>;

const keyless = { fulcio: true, rekor: 2, timestamps: true } as const;

it.each<[Without, Partial<Services>, string, string]>([
  [[], {}, "ok", "an entry in one of its logs"],
  [["log"], { rekor: undefined }, "ok", "a certificate of its authorities, a proven time; times are proven by a stamp"],
  [[], { rekor: undefined }, "failed", "an entry in one of its logs"],
  [[], { timestamps: false }, "failed", "a stamp of its timestamp authorities or the promise"],
  [[], { timestamps: false, rekor: 1 }, "ok", "the promise of one of its logs"],
  [["timestamps"], {}, "failed", "times are proven by the promise"],
  [["timestamps", "log"], {}, "failed", "no time can be proven"],
  [["fulcio"], {}, "failed", "no certificate is trusted; times are proven by a stamp"],
  // Somebody with a key needs none of it.
  [["fulcio", "log"], { fulcio: false, rekor: undefined }, "ok", "no certificate is trusted"],
  [[], { fulcio: false, rekor: undefined, timestamps: false }, "ok", "a signature without a key needs"],
])("a root without %j, signing with %j: %s", (without, services, status, words) => {
  const root = TrustedRoot.fromJSON(sigstore.trustedRoot({ without }));
  const found = judgeRequirements({ root, place: "here" }, { ...keyless, ...services });
  expect(found).toMatchObject({ check: "needs of here", status });
  expect(found.seen).toContain(words);
});
