import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../../src/contract/index.ts";
import { promoteRelease, readPolicy, readSituation } from "../../src/dossier/index.ts";
import { encodeSignatureStatement, predicateType, type State } from "../../src/evidence/index.ts";
import { GitLedger, Repositories } from "../../src/gitops/index.ts";
import type { Digest } from "../../src/oci/index.ts";
import { evidenceTag } from "../../src/release/index.ts";
import { attachStatement, keySigner, readSigningKey, signStatement } from "../../src/signing/index.ts";
import { bareRepository, git } from "./git.ts";
import { writeKeyPair } from "./key-pair.ts";
import { openLayout, packInto, releaseFacts, writeFiles } from "./packed-release.ts";
import { quietHost } from "./quiet-host.ts";
import { releaseMetadataOf } from "./release-metadata.ts";

const pointerFile = "apps/values.yaml";
const { name, variant } = releaseFacts;
const people = {
  builder: "ci",
  evaluator: "judge",
  "mlops-engineer": "erin",
  "platform-lead": "lena",
  security: "sam",
} as const;

/** Values with a pointer that names nothing, as a person would write them. */
const valuesText = `# Retina in production
replicas: 2   # enough
model:
  version: ""   # what people read
  digest: ""    # what is checked
  uri: ""
other: {x: 1}
`;

/** A directory with `store/`, `gitops.git`, `policy.yaml`, and a key pair of each person and of `stranger`. */
export class PromotedReleases {
  readonly directory: string;
  readonly subjects: Map<string, Digest>;

  private constructor(directory: string, subjects: Map<string, Digest>) {
    this.directory = directory;
    this.subjects = subjects;
  }

  /** Packs, signs and promotes a release for each version, up to the state that it is to have. */
  static async build(
    directory: string,
    wanted: Readonly<Record<string, "experimental" | "staging" | "production">>,
  ): Promise<PromotedReleases> {
    await mkdir(directory, { recursive: true });
    for (const person of [...Object.values(people), "stranger"]) await writeKeyPair(join(directory, person));
    await writeFile(join(directory, "policy.yaml"), await policyText(directory));
    bareRepository(directory, "gitops", { [pointerFile]: valuesText });
    await rm(join(directory, "gitops-first"), { recursive: true });
    await rm(join(directory, "gitops.git", "hooks"), { recursive: true });
    const built = new PromotedReleases(directory, new Map());
    for (const [version, state] of Object.entries(wanted)) {
      await built.#publish(version);
      if (state !== "experimental") await built.promote(version, "staging", "erin");
      if (state === "production") await built.promote(version, "production", "lena");
    }
    return built;
  }

  /** The same in another directory, to be changed. */
  async copyTo(directory: string): Promise<PromotedReleases> {
    await cp(this.directory, directory, { recursive: true });
    return new PromotedReleases(directory, this.subjects);
  }

  subject(version: string): Digest {
    const digest = this.subjects.get(version);
    if (digest === undefined) throw new Error(`there is no release ${version}`);
    return digest;
  }

  /** As it is written on the command line, and into pointers. */
  reference(version: string): string {
    return `oci:store:${version}-${variant}@${this.subject(version)}`;
  }

  /** Where a step runs. */
  host(run: { readonly id: string; readonly at?: Date }): Host & { readonly lines: string[] } {
    const now = () => run.at ?? new Date("2026-11-20T12:00:00Z");
    return { ...quietHost(this.directory), run: { id: run.id, attempt: 1, url: undefined }, now };
  }

  async promote(version: string, to: Exclude<State, "experimental">, by: string): Promise<void> {
    const inForce = await readPolicy(join(this.directory, "policy.yaml"));
    const key = keySigner(readSigningKey(await readFile(join(this.directory, `${by}.pem`)), undefined, by));
    const actor = inForce.trust.signerOf(key.signatory);
    if (actor === undefined) throw new Error(`${by} is not in the policy`);
    const now = new Date("2026-11-20T10:00:00Z");
    await using repositories = new Repositories({
      signal: new AbortController().signal,
      now: () => now,
      committer: { name: by, email: `${by}@example.com` },
      base: this.directory,
      token: undefined,
    });
    const ledger = new GitLedger(await repositories.open({ repository: "gitops.git", branch: "main" }), "gitops.git");
    const { store, pool } = await openLayout(join(this.directory, "store"));
    await using _ = pool;
    const situation = await readSituation({ digest: this.subject(version) }, store, ledger, inForce);
    const outcome = await promoteRelease(
      {
        request: { to, reason: "Because", advisory: undefined, retirement: undefined },
        signer: key,
        format: "bundle",
        actor,
        consumers: undefined,
        run: { id: `promote-${to}`, attempt: 1 },
        now,
        message: () => ({ subject: `Promote ${version} to ${to}`, body: "", trailers: [] }),
      },
      situation,
      { store, ledger, inForce },
    );
    if (outcome.kind === "refused") throw outcome.refusal;
  }

  /** What `git log` says of the last commit. */
  lastCommit(format = "%B"): string {
    return git(join(this.directory, "gitops.git"), "log", "-1", `--format=${format}`, "main");
  }

  commits(): number {
    return Number(git(join(this.directory, "gitops.git"), "rev-list", "--count", "main"));
  }

  file(path: string): string {
    return git(join(this.directory, "gitops.git"), "show", `main:${path}`);
  }

  /** Files below a folder on the branch. */
  list(folder: string): string[] {
    const listed = git(join(this.directory, "gitops.git"), "ls-tree", "-r", "--name-only", "main", "--", `${folder}/`);
    return listed.split("\n").filter((line) => line !== "");
  }

  async #publish(version: string): Promise<void> {
    const model = join(this.directory, `model-${version}`);
    await writeFiles(model, { "weights.bin": `the weights of ${version}` });
    const facts = { version, tag: `${version}-${variant}` };
    const metadata = releaseMetadataOf(version);
    const { subject } = await packInto(join(this.directory, "store"), model, { facts, metadata });
    await rm(model, { recursive: true });
    this.subjects.set(version, subject.digest);
    const { store, pool } = await openLayout(join(this.directory, "store"));
    await using _ = pool;
    const key = keySigner(readSigningKey(await readFile(join(this.directory, "ci.pem")), undefined, "ci"));
    await attachStatement(store, {
      format: "bundle",
      subject,
      bundle: await signStatement(encodeSignatureStatement(subject.digest), key),
      predicateType: predicateType.cosignSignature,
      tag: evidenceTag({ version, variant, check: "sign", run: "1", attempt: 1 }),
      created: new Date("2026-11-20T09:00:00Z"),
    });
  }
}

async function policyText(directory: string): Promise<string> {
  const roles: string[] = [];
  for (const [role, person] of Object.entries(people)) {
    const pem = await readFile(join(directory, `${person}.pub`), "utf8");
    roles.push(`  ${role}: [{name: ${person}, key: ${JSON.stringify(pem)}}]`);
  }
  return `roles:
${roles.join("\n")}
transitions:
  staging: {roles: [mlops-engineer], gates: [owner]}
  production: {roles: [platform-lead], gates: [owner]}
ledger: {repository: gitops.git, branch: main}
environments:
  live:
    states: [production]
    movers: [mlops-engineer, platform-lead]
    pointers:
      - name: ${name}
        variant: ${variant}
        file: ${pointerFile}
        fields: {version: model.version, digest: model.digest, uri: model.uri}
rollback: {window: 1h}
`;
}
