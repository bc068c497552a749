import { expect } from "vitest";
import { slipway, succeed } from "../../support/command-line.ts";
import { modelName, waiveScan } from "../../support/release-scene.ts";
import { treeOf } from "../../support/tree.ts";
import {
  type Attached,
  attachedTo,
  commitCount,
  digestOfFile,
  hintsOf,
  lastCommit,
  ledgerOf,
  type Statement,
  statementAt,
} from "./looks.ts";
import { usesOf } from "./uses.ts";
import { by, type Key, titleOf, type Version } from "./world.ts";

/** A promotion, and what its link must rest on. */
export interface Step {
  readonly to: "staging" | "production" | "retired" | "archived" | "revoked";
  readonly key: Exclude<Key, "stranger">;
  /** Gates that were decided on a statement, and who signed that. */
  readonly gates?: Readonly<Record<string, Key>>;
  readonly waived?: Readonly<Record<string, Key>>;
  /** Arguments that only this transition takes. */
  readonly more?: readonly string[];
}

/** What brings a release to staging when nobody scans. */
export const toStaging = {
  to: "staging",
  key: "engineer",
  gates: { signature: "builder", evaluation: "evaluator" },
  waived: { scan: "lead" },
} as const satisfies Step;
export const toProduction = {
  to: "production",
  key: "lead",
  gates: { shadow: "evaluator", "rollback-plan": "engineer", runbook: "engineer" },
} as const satisfies Step;

type Environment = "preview" | "production";
const files: Readonly<Record<Environment, string>> = {
  preview: "preview/pin.json",
  production: "production/values.yaml",
};

/** Three releases in a world, moved through the built command line; after each move all that must be there is looked at. */
export class Life {
  readonly work: string;
  readonly #releases: Readonly<Record<Version, string>>;

  constructor(work: string, releases: Readonly<Record<Version, string>>) {
    this.work = work;
    this.#releases = releases;
  }

  reference(version: Version): string {
    return this.#releases[version];
  }

  subject(version: Version): string {
    return this.#releases[version].replace(/^.*@/, "");
  }

  uses(version: Version) {
    return usesOf(this.work, this.#releases[version]);
  }

  /** The lead waives the scan until a day or a time. */
  waive(version: Version, until: string) {
    return waiveScan(this.work, this.#releases[version], until);
  }

  promotion(version: Version, { to, key, more = [] }: Pick<Step, "to" | "more"> & { key: Key }): readonly string[] {
    return ["promote", this.#releases[version], "--to", to, ...by(key), ...more];
  }

  deployment(version: Version, environment: Environment, reason: string): readonly string[] {
    const where = ["--environment", environment, ...by("engineer")];
    return ["update-pointer", this.#releases[version], ...where, "--reason", reason];
  }

  rollback(reason: string, ...more: readonly string[]): readonly string[] {
    return ["rollback", modelName, "--environment", "production", ...by("engineer"), "--reason", reason, ...more];
  }

  /** Refused, with one exit status for whatever policy refuses, and nothing changed. Gives the message. */
  async refuse(code: string, args: readonly string[]): Promise<{ message: string; details: string }> {
    const before = await treeOf(this.work);
    const answer = await slipway(args, this.work);
    const { ok, error } = answer.json();
    expect({ ok, code: error?.code, status: answer.code }, answer.stdout).toEqual({ ok: false, code, status: 3 });
    expect(await treeOf(this.work)).toEqual(before);
    return { message: error?.message ?? "", details: answer.stdout };
  }

  /** Promotes, and looks at everything that must be there afterwards: commit, link, evidence, copy, summary, hint. */
  async promote(version: Version, step: Step): Promise<Statement> {
    const { work } = this;
    const before = ledgerOf(work, version);
    const commits = commitCount(work);
    const from = String(before.at(-1)?.predicate["to"] ?? "experimental");
    const outputs = await succeed(this.promotion(version, step), work);

    const links = ledgerOf(work, version);
    const link = links.at(-1);
    if (link === undefined) throw new Error("there is no link");
    const sequence = before.length + 1;
    const { to, key } = step;
    expect(commitCount(work)).toBe(commits + 1);
    const { hash: commit } = lastCommit(work);
    expect(outputs).toMatchObject({ state: to, promoted: true, link: link.digest, sequence, commit, missing: 0 });

    expect(links.slice(0, -1)).toEqual(before);
    const policy = digestOfFile(work, "release-policy.yaml");
    const [role] = titleOf[key].split("/");
    expect(link).toMatchObject({
      signer: key,
      subject: this.subject(version),
      type: "urn:slipway:promotion:v1",
      predicate: { name: modelName, version, variant: "default", sequence, from, to, role, policy },
    });
    expect(link.predicate["previous"]).toEqual(before.slice(-1).map(({ digest }) => digest));
    const run = this.#expectCommit(version, { step, from, sequence, link });
    this.#expectStore(version, { step, sequence, link, run });
    return link;
  }

  /** Moves a pointer, and looks at the commit, the event and the file. */
  async deploy(version: Version, environment: Environment, reason: string): Promise<void> {
    const { work } = this;
    const commits = commitCount(work);
    const outputs = await succeed(this.deployment(version, environment, reason), work);
    const { hash, subject, trailers, files: touched } = lastCommit(work);
    expect(outputs).toMatchObject({ changed: true, commit: hash, version, subject: this.subject(version) });
    expect(commitCount(work)).toBe(commits + 1);
    expect(subject).toBe(`Deploy ${modelName} ${version} (default) to ${environment}`);
    const head = ledgerOf(work, version).at(-1)?.digest;
    const [event = "", pointer] = touched.toReversed();
    expect(touched).toHaveLength(2);
    expect(pointer).toBe(`M\t${files[environment]}`);
    const signed = statementAt(work, event.replace("A\t", ""));
    expect(trailers).toMatchObject({
      Action: "deploy",
      "Model-Version": version,
      "Model-Digest": this.subject(version),
      "Previous-Version": outputs["previous-version"] === "" ? "none" : outputs["previous-version"],
      Environment: environment,
      Reason: reason,
      Actor: titleOf.engineer,
      "Evidence-Digest": head,
      "Event-Digest": signed.digest,
    });
    expect(signed).toMatchObject({
      signer: "engineer",
      type: "urn:slipway:pointer-event:v1",
      subject: this.subject(version),
      predicate: { action: "update", environment, reason, link: head },
    });
  }

  /** @returns the run that the trailers name */
  #expectCommit(
    version: Version,
    { step, from, sequence, link }: { step: Step; from: string; sequence: number; link: Statement },
  ): string {
    const { to, key } = step;
    const { subject, author, trailers, files: touched } = lastCommit(this.work);
    expect([subject, author]).toEqual([
      `Promote ${modelName} ${version} (default) to ${to}`,
      titleOf[key].replace(/^.*\//, ""),
    ]);
    expect(trailers).toMatchObject({
      Action: "promote",
      "Model-Name": modelName,
      "Model-Version": version,
      "Model-Variant": "default",
      "Model-Digest": this.subject(version),
      State: to,
      "Previous-State": from,
      "Approved-By": titleOf[key],
      "Evidence-Digest": link.digest,
      Run: expect.stringMatching(/^local-\S+ attempt 1$/),
    });
    // Nothing is changed or taken away: a link comes, and evidence.
    const place = `A\tslipway/ledger/${modelName}/${version}-default/${String(sequence).padStart(4, "0")}.json`;
    const pack = new RegExp(`^A\tslipway/evidence/${modelName}/${version}-default/[0-9a-f]{64}$`);
    expect(touched.filter((file) => !pack.test(file))).toEqual([place]);
    return trailers["Run"]?.replace(/ .*$/, "") ?? "";
  }

  #expectStore(
    version: Version,
    { step, sequence, link, run }: { step: Step; sequence: number; link: Statement; run: string },
  ): void {
    const { to, key, gates = {}, waived = {} } = step;
    const subject = this.subject(version);
    const attached = attachedTo(this.work, subject);
    const used = statementsOf(link.predicate["evidence"]);
    const unasked = statementsOf(link.predicate["waivers"]);
    expect(signersOf(used, attached)).toEqual(gates);
    expect(signersOf(unasked, attached)).toEqual(waived);

    const short = link.digest.slice("sha256:".length).slice(0, 8);
    expect(attached.filter(({ digest }) => digest === link.digest)).toEqual([
      { ...link, tag: `${version}-default_link.${sequence}-${short}.1` },
    ]);
    const inputs = new Set([...used.map(([, digest]) => digest), ...unasked.map(([, digest]) => digest), link.digest]);
    expect(attached.filter(({ tag }) => tag.includes(`_vsa-${to}-`))).toMatchObject([
      {
        tag: `${version}-default_vsa-${to}-${short}.${run}.1`,
        signer: key,
        subject,
        type: "https://slsa.dev/verification_summary/v1",
        predicate: {
          verificationResult: "PASSED",
          verifiedLevels: [`SLIPWAY_STAGE_${to.toUpperCase()}`],
          resourceUri: `oci://${modelName}@${subject}?stage=${to}`,
          policy: { digest: { sha256: hexOf(digestOfFile(this.work, "release-policy.yaml")) } },
          inputAttestations: [...inputs].map((digest) => ({ digest: { sha256: hexOf(digest) } })),
        },
      },
    ]);
    expect(hintsOf(this.work, version)).toEqual([`${to} ${subject}`]);
  }
}

/** Gate → statement, of those that a link names with a statement. */
function statementsOf(named: unknown): [string, string][] {
  if (!Array.isArray(named)) throw new Error("the link has no list");
  return named.flatMap(({ gate, statement }) => (statement === undefined ? [] : [[String(gate), String(statement)]]));
}

function signersOf(statements: readonly [string, string][], attached: readonly Attached[]) {
  const found = new Map(attached.map(({ digest, signer }) => [digest, signer]));
  return Object.fromEntries(statements.map(([gate, digest]) => [gate, found.get(digest)]));
}

function hexOf(digest: string): string {
  return digest.slice("sha256:".length);
}
