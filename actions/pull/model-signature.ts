import type { Host } from "../../src/contract/index.ts";
import { type Companion, type FormC, readCompanion, targetOccupied } from "../../src/formats/index.ts";
import type { Digest, ReadableStore } from "../../src/oci/index.ts";
import {
  fetchBundle,
  findOms,
  isOmsOf,
  omsFile,
  requireOms,
  requireSignable,
  type SignerTrust,
  showSignatory,
} from "../../src/signing/index.ts";

/**
 * Fetches the OMS signature of a release's files that is to lie beside them.
 *
 * @param options.trust who may have signed it; undefined to accept whatever is over exactly these files
 * @param options.label what to call the release in messages
 * @throws SlipwayError OMS_NAME_TAKEN, OMS_MISSING, OMS_REJECTED, EVIDENCE_FLOOD; what the store throws
 */
export async function fetchModelSignature(
  store: ReadableStore,
  form: FormC,
  {
    subject,
    trust,
    label,
    host,
  }: {
    readonly subject: Digest;
    readonly trust: SignerTrust | undefined;
    readonly label: string;
    readonly host: Pick<Host, "info" | "warn">;
  },
): Promise<Companion> {
  requireSignable(form.files);
  const { holder, signatory } = requireOms(await findOms(store, subject, form.files, trust), label);
  if (signatory !== undefined) host.info(`${omsFile} is signed by ${showSignatory(signatory)}`);
  else host.warn(`${omsFile} is over these files, and nobody checked who signed it; give \`key\` or a trusted root`);
  return { name: omsFile, bytes: await fetchBundle(store, subject, holder) };
}

/**
 * The OMS signature that lies in a target which holds something; undefined when there is none of its own.
 * @throws SlipwayError TARGET_NOT_EMPTY when it is not over the release's files, or not by somebody who is trusted
 */
export async function modelSignatureIn(
  target: string,
  form: FormC,
  trust: SignerTrust | undefined,
): Promise<Companion | undefined> {
  // A release may have such a file of its own.
  if (form.files.some(({ path }) => path === omsFile)) return undefined;
  const found = await readCompanion(target, omsFile);
  if (found === undefined || isOmsOf(found.bytes, form.files, trust)) return found;
  const whose = trust === undefined ? "" : " by somebody who is trusted";
  throw targetOccupied(target, `a ${omsFile} that is no OMS signature of this release's files${whose}`);
}
