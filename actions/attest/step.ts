import { readFile, stat } from "node:fs/promises";
import { ContentPool } from "../../src/content/index.ts";
import { reachOf, type StepRun } from "../../src/contract/index.ts";
import { reason, SlipwayError } from "../../src/errors/index.ts";
import { encodeStatement, readPredicate, statedRun } from "../../src/evidence/index.ts";
import { fetchMetadata, fetchRelease } from "../../src/formats/index.ts";
import { digestOf, hexOf, openStore, requireDigest } from "../../src/oci/index.ts";
import { evidenceTag } from "../../src/release/index.ts";
import {
  attachStatement,
  completeStatement,
  openSigner,
  showSignatory,
  signStatement,
} from "../../src/signing/index.ts";
import { askReviews } from "./ask-reviews.ts";
import { findAttached } from "./attached.ts";
import type { contract } from "./contract.ts";
import { attestError } from "./errors.ts";
import { planPredicate } from "./predicate.ts";
import { planProvenance } from "./provenance.ts";

const maxPredicateBytes = 1024 * 1024;

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const digest = requireDigest(inputs.subject);
  const signer = await openSigner(inputs, host);
  const file =
    inputs.predicate === undefined ? undefined : { text: await readText(inputs.predicate), place: inputs.predicate };
  const now = host.now();
  // Provenance is made from the release; whatever else is wrong is found before anything is asked of a registry.
  const ready =
    inputs.type === "provenance" && file === undefined
      ? undefined
      : planPredicate(inputs, file, {
          now,
          run: statedRun(host.run),
          directory: host.directory,
          reviews: await askReviews(inputs, host),
        });

  await using pool = new ContentPool({ signal: host.signal });
  const store = await openStore(inputs.subject, { pool, signal: host.signal, reach: reachOf(inputs, host) });
  const { subject, form } = await fetchRelease(store, { tag: inputs.subject.tag, digest });
  const planned = ready ?? planProvenance({ form, metadata: await fetchMetadata(store, form) }, host, now);
  const { type, check, predicate } = planned;
  const { name, version, variant } = form;
  const payload = encodeStatement(subject.digest, type, predicate);
  const present = await findAttached(store, subject.digest, signer, planned, payload);
  const statement = present?.statement ?? digestOf(payload);
  // One run may state several things of one kind about a release, by several keys; each has a tag of its own.
  const { fingerprint } = signer.signatory;
  const own = `${check}-${hexOf(digestOf(`${statement} ${fingerprint}`)).slice(0, 8)}`;
  const { id, attempt } = host.run;
  const tag = present?.tag ?? evidenceTag({ version, variant, check: own, run: id, attempt });
  if (present?.storage === "bundle" && present.tag !== undefined) {
    await completeStatement(store, { subject, tag: present.tag, format: inputs.format, predicateType: type, signer });
  }
  const bundle =
    present?.holder ??
    (
      await attachStatement(store, {
        subject,
        bundle: await signStatement(payload, signer),
        predicateType: type,
        tag,
        created: now,
        format: inputs.format,
        signer,
      })
    ).digest;
  return {
    outputs: { statement, bundle, tag, signer: fingerprint },
    summary: {
      title: `Attested ${inputs.type} of ${name} ${version} ${variant}`,
      facts: [
        { label: "subject", value: subject.digest, code: true },
        { label: "statement", value: statement, code: true },
        { label: "type", value: type, code: true },
        ...shown({ predicateType: type, predicate }),
        { label: "signer", value: showSignatory(signer.signatory), code: true },
        { label: "tag", value: tag, code: true },
      ],
    },
  };
};

/** What a person wants to check before others rely on it. */
function shown(statement: { readonly predicateType: string; readonly predicate: Readonly<Record<string, unknown>> }) {
  const names = ["to", "environment", "gate", "reason", "until", "uri", "onCall", "result"];
  const said = names.flatMap((name) => {
    const value = statement.predicate[name];
    return typeof value === "string" ? [{ label: name, value }] : [];
  });
  const { approvals = [] } = readPredicate("approval", statement) ?? {};
  const users = approvals.filter(({ state }) => state === "approved").map(({ user }) => user);
  const builder = readPredicate("provenance", statement)?.runDetails.builder.id;
  return [
    ...said,
    ...(users.length === 0 ? [] : [{ label: "approved on GitHub by", value: [...new Set(users)].join(", ") }]),
    ...(builder === undefined ? [] : [{ label: "builder", value: builder, code: true }]),
  ];
}

async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > maxPredicateBytes) {
      throw attestError("PREDICATE_UNREADABLE", `${path} is larger than ${maxPredicateBytes / 1024} KiB`);
    }
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    throw attestError("PREDICATE_UNREADABLE", `cannot read ${path}: ${reason(cause)}`, { cause });
  }
}
