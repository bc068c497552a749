import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { promoteRelease, readPolicy, readSituation } from "../../src/dossier/index.ts";
import { GitLedger, Repositories } from "../../src/gitops/index.ts";
import { keySigner, readSigningKey } from "../../src/signing/index.ts";
import { bareRepository, git } from "../support/git.ts";
import { writeKeyPair } from "../support/key-pair.ts";
import { openLayout, packInto, writeFiles } from "../support/packed-release.ts";
import { releaseMetadataOf } from "../support/release-metadata.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/** The slow suite has a hundred. */
const races = process.env["SLIPWAY_INTEROP"] === "slow" ? 100 : 20;

/* DESIGN 5.5: order is decided in Git. Both look, then both promote; only one may find what it looked at. */
it(`of two concurrent promotions of one release exactly one wins, ${races} times`, { timeout: 300_000 }, async () => {
  await using root = await temporaryDirectory();
  const bare = bareRepository(root.at("."), "ledger", { "README.md": "ledger" });
  for (const name of ["erin", "emil"]) await writeKeyPair(root.at(name));
  const pem = async (name: string) =>
    (await readFile(root.at(`${name}.pub`), "utf8")).trim().replaceAll("\n", "\n        ");
  await writeFile(
    root.at("policy.yaml"),
    `roles:
  mlops-engineer:
    - name: erin
      key: |
        ${await pem("erin")}
    - name: emil
      key: |
        ${await pem("emil")}
transitions:
  staging: {gates: [owner]}
ledger: {repository: ${bare}, branch: main}
`,
  );
  const inForce = await readPolicy(root.at("policy.yaml"));
  const options = {
    signal: new AbortController().signal,
    now: () => new Date(),
    committer: { name: "race", email: "race@localhost" },
    base: root.at("."),
    token: undefined,
  };
  await using first = new Repositories(options);
  await using second = new Repositories(options);
  const remote = { repository: bare, branch: "main" };
  const people = [
    { name: "erin", ledger: new GitLedger(await first.open(remote), "ledger") },
    { name: "emil", ledger: new GitLedger(await second.open(remote), "ledger") },
  ];
  const wins = new Map<string, number>();
  for (let race = 0; race < races; race += 1) {
    const version = `1.0.${race}`;
    const layout = root.at(`store-${race}`);
    await writeFiles(root.at(`model-${race}`), { "a.bin": version });
    const facts = { version, tag: `${version}-jetson` };
    const { subject } = await packInto(layout, root.at(`model-${race}`), {
      facts,
      metadata: releaseMetadataOf(version),
    });
    const ready = await Promise.all(
      people.map(async ({ name, ledger }) => {
        const { store, pool } = await openLayout(layout);
        const situation = await readSituation({ digest: subject.digest }, store, ledger, inForce);
        const key = keySigner(readSigningKey(await readFile(root.at(`${name}.pem`)), undefined, name));
        const actor = inForce.trust.signerOf(key.signatory);
        if (actor === undefined) throw new Error(`${name} is not in the policy`);
        const promote = async () => {
          await using _ = pool;
          return promoteRelease(
            {
              request: { to: "staging", reason: undefined, advisory: undefined, retirement: undefined },
              signer: key,
              format: "bundle",
              actor,
              consumers: undefined,
              run: { id: `race-${race}-${name}`, attempt: 1 },
              now: new Date(),
              message: () => ({ subject: `Promote ${version}`, body: "", trailers: [["Approved-By", name]] }),
            },
            situation,
            { store, ledger, inForce },
          );
        };
        return { name, promote };
      }),
    );
    const ended = await Promise.allSettled(ready.map(({ promote }) => promote()));
    const won = ended.flatMap((one, index) =>
      one.status === "fulfilled" ? [{ ...one.value, by: ready[index]?.name ?? "" }] : [],
    );
    const lost = ended.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(won.map(({ kind }) => kind)).toEqual(["promoted"]);
    expect(lost).toMatchObject([{ code: "STATE_MOVED" }]);
    const by = won[0]?.by ?? "";
    wins.set(by, (wins.get(by) ?? 0) + 1);
    const { store, pool } = await openLayout(layout);
    await using _ = pool;
    const { chain } = await readSituation({ digest: subject.digest }, store, people[0]?.ledger, inForce);
    expect([chain.state, chain.links.length, chain.uncopied.length]).toEqual(["staging", 1, 0]);
    expect(chain.links[0]?.signer.name).toBe(by);
  }
  expect(
    git(bare, "log", "--format=%s", "main")
      .split("\n")
      .filter((subject) => subject.startsWith("Promote")),
  ).toHaveLength(races);
  // A race that one side always wins is no race.
  expect(Math.min(wins.get("erin") ?? 0, wins.get("emil") ?? 0)).toBeGreaterThan(0);
});
