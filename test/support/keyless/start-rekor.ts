import type { RekorVersion } from "../../../src/signing/keyless/rekor.ts";
import { rekorHandler } from "../sigstore/rekor-handler.ts";
import { type Fault, type Served, serve } from "../sigstore/serve.ts";
import { transparencyLog } from "../sigstore/transparency-log.ts";
import { rekor1Handler } from "./rekor-1.ts";
import { bytes, encoded } from "./signed-content.ts";

/** An empty log of a version that takes what `signedContent` signs. */
export function startRekor(version: RekorVersion, fault?: Fault): Promise<Served> {
  return serve(version === 1 ? rekor1Handler(bytes) : rekorHandler(transparencyLog(), [encoded, bytes]), fault);
}
