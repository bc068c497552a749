import { ContentPool } from "../../src/content/index.ts";
import { type Host, reachOf, type StepRun } from "../../src/contract/index.ts";
import { encodeSignatureStatement, predicateType } from "../../src/evidence/index.ts";
import { type FormC, fetchRelease } from "../../src/formats/index.ts";
import { formatReference, openStore, requireDigest } from "../../src/oci/index.ts";
import { evidenceTag } from "../../src/release/index.ts";
import {
  attachBundle,
  findOwnSignature,
  openSigningKey,
  signStatement,
  type TrustedKey,
} from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const digest = requireDigest(inputs.subject);
  const key = await openSigningKey({ key: inputs.key, password: inputs.password }, host);

  await using pool = new ContentPool({ signal: host.signal });
  const store = await openStore(inputs.subject, { pool, signal: host.signal, reach: reachOf(inputs, host) });
  const { subject, form } = await fetchRelease(store, { tag: inputs.subject.tag, digest });

  const present = await findOwnSignature(store, subject.digest, key.trusted);
  const attached =
    present ??
    (await attachBundle(store, {
      subject,
      bundle: signStatement(encodeSignatureStatement(subject.digest), key),
      predicateType: predicateType.cosignSignature,
      tag: tagFor(form, key.trusted, host),
      created: host.now(),
    }));

  const { name, version, variant } = form;
  return {
    outputs: { bundle: attached.digest, tag: attached.tag, signer: key.trusted.fingerprint },
    summary: {
      title: `${present === undefined ? "Signed" : "Already signed by this key:"} ${name} ${version} ${variant}`,
      facts: [
        { label: "subject", value: subject.digest, code: true },
        { label: "signer", value: key.trusted.fingerprint, code: true },
        { label: "signature", value: attached.digest, code: true },
        { label: "tag", value: attached.tag, code: true },
        { label: "verify", value: `slipway verify ${formatReference(inputs.subject)} --key <public key>`, code: true },
      ],
    },
  };
};

/** Two keys may sign in one run; each signature has a tag of its own. */
function tagFor({ version, variant }: FormC, { fingerprint }: TrustedKey, { run }: Host): string {
  const check = `sign-${fingerprint.slice(0, 8)}`;
  return evidenceTag({ version, variant, check, run: run.id, attempt: run.attempt });
}
