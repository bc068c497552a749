import { ContentPool } from "../../src/content/index.ts";
import { type Host, reachOf, type StepRun } from "../../src/contract/index.ts";
import { encodeSignatureStatement } from "../../src/evidence/index.ts";
import { type FormC, fetchRelease } from "../../src/formats/index.ts";
import { formatReference, openStore, requireDigest } from "../../src/oci/index.ts";
import { evidenceTag } from "../../src/release/index.ts";
import {
  attachOms,
  attachSignature,
  findSignature,
  openSigner,
  requireSignable,
  type Signatory,
  showSignatory,
} from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const digest = requireDigest(inputs.subject);
  const signer = await openSigner(inputs, host);
  const { signatory } = signer;

  await using pool = new ContentPool({ signal: host.signal });
  const store = await openStore(inputs.subject, { pool, signal: host.signal, reach: reachOf(inputs, host) });
  const { subject, form } = await fetchRelease(store, { tag: inputs.subject.tag, digest });

  // cosign 3 reads no `.sig` tag where it finds a bundle, of whatever: the signature that was asked for would be lost on it.
  const withOms = inputs.oms && inputs.format !== "legacy";
  if (inputs.oms && !withOms) host.info("no OMS signature: as a bundle it would hide the `.sig` tag from cosign 3");
  // Before anything is attached: what is refused must leave no half of it behind.
  if (withOms) requireSignable(form.files);
  const { bundle, legacy, missing } = await findSignature(store, subject.digest, signer, inputs.format);
  const made =
    missing === undefined
      ? undefined
      : await attachSignature(store, {
          subject,
          statement: encodeSignatureStatement(subject.digest),
          signer,
          tag: bundle?.tag ?? tagFor("sign", form, signatory, host),
          bundled: bundle,
          created: host.now(),
          format: missing,
        });
  const attached = made ?? bundle ?? legacy;
  const oms = withOms
    ? await attachOms(store, {
        subject,
        files: form.files,
        model: form.name,
        signer,
        tag: tagFor("oms", form, signatory, host),
        created: host.now(),
      })
    : undefined;

  const { name, version, variant } = form;
  return {
    outputs: {
      bundle: attached?.digest ?? "",
      tag: attached?.tag ?? "",
      oms: oms?.digest ?? "",
      signer: signatory.fingerprint,
    },
    summary: {
      title: `${missing === undefined && oms?.isNew !== true ? "Already signed by this signer:" : "Signed"} ${name} ${version} ${variant}`,
      facts: [
        { label: "subject", value: subject.digest, code: true },
        { label: "signer", value: showSignatory(signatory), code: true },
        { label: "signature", value: attached?.digest ?? "", code: true },
        { label: "tag", value: attached?.tag ?? "", code: true },
        ...(oms === undefined ? [] : [{ label: "OMS signature of the files", value: oms.digest, code: true }]),
        {
          label: "verify",
          value: `slipway verify ${formatReference(inputs.subject)} ${trustIn(signatory)}`,
          code: true,
        },
      ],
    },
  };
};

/** What `verify` takes to believe a signer. */
function trustIn(signatory: Signatory): string {
  if (signatory.kind === "key") return "--key <public key>";
  const { subject, issuer } = signatory;
  return `--trusted-root <file> --certificate-identity '${subject}' --certificate-issuer '${issuer}'`;
}

/** Two keys may sign in one run; each signature has a tag of its own. */
function tagFor(
  what: "sign" | "oms",
  { version, variant }: FormC,
  { fingerprint }: Signatory,
  { run }: Pick<Host, "run">,
): string {
  const check = `${what}-${fingerprint.slice(0, 8)}`;
  return evidenceTag({ version, variant, check, run: run.id, attempt: run.attempt });
}
