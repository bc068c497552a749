import { readFile, stat } from "node:fs/promises";
import { ContentPool } from "../../src/content/index.ts";
import type { Host, StepRun } from "../../src/contract/index.ts";
import { reason, SlipwayError } from "../../src/errors/index.ts";
import { encodeStatement, type Run } from "../../src/evidence/index.ts";
import { fetchRelease } from "../../src/formats/index.ts";
import { digestOf, hexOf, openStore, requireDigest } from "../../src/oci/index.ts";
import { evidenceTag } from "../../src/release/index.ts";
import { attachBundle, findStatement, readSigningKey, signStatement } from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";
import { attestError } from "./errors.ts";
import { planPredicate } from "./predicate.ts";

const maxPredicateBytes = 1024 * 1024;

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const digest = requireDigest(inputs.subject);
  const [pem, password] = [await inputs.key.read(), await inputs.password?.read()];
  for (const secret of [pem, password]) if (secret !== undefined) host.mask(secret.toString("utf8"));
  const key = readSigningKey(pem, password, inputs.key.place);
  const file =
    inputs.predicate === undefined ? undefined : { text: await readText(inputs.predicate), place: inputs.predicate };
  const now = host.now();
  const { type, check, predicate } = planPredicate(inputs, file, { now, run: runOf(host), directory: host.directory });

  await using pool = new ContentPool({ signal: host.signal });
  const store = await openStore(inputs.subject, { pool, signal: host.signal });
  const { subject, form } = await fetchRelease(store, { tag: inputs.subject.tag, digest });
  const { name, version, variant } = form;
  const present = await findStatement(store, subject.digest, key.trusted, {
    predicateType: type,
    predicate,
  });
  const payload = encodeStatement(subject.digest, type, predicate);
  const statement = present?.statement ?? digestOf(payload);
  // One run may state several things of one kind about a release; each has a tag of its own.
  const run = `${host.run.id}-${hexOf(statement).slice(0, 8)}`;
  const tag = evidenceTag({ version, variant, check, run, attempt: host.run.attempt });
  const bundle =
    present?.manifest ??
    (
      await attachBundle(store, {
        subject,
        bundle: signStatement(payload, key),
        predicateType: type,
        tag,
        created: now,
      })
    ).digest;
  return {
    outputs: { statement, bundle, tag, signer: key.trusted.fingerprint },
    summary: {
      title: `Attested ${inputs.type} of ${name} ${version} ${variant}`,
      facts: [
        { label: "subject", value: subject.digest, code: true },
        { label: "statement", value: statement, code: true },
        { label: "type", value: type, code: true },
        ...shown(predicate),
        { label: "signer", value: key.trusted.fingerprint, code: true },
        { label: "tag", value: tag, code: true },
      ],
    },
  };
};

/** What a person wants to check before others rely on it. */
function shown(predicate: Readonly<Record<string, unknown>>) {
  return ["to", "gate", "reason", "until", "uri", "onCall", "result"].flatMap((name) => {
    const value = predicate[name];
    return typeof value === "string" ? [{ label: name, value }] : [];
  });
}

function runOf({ run: { id, attempt, url } }: Host): Run {
  return { id, attempt, ...(url === undefined ? {} : { url }) };
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
