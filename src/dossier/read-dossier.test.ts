import { describe, expect, it } from "vitest";
import { keyOf, Scene } from "../../test/support/dossier-scene.ts";
import { expectError } from "../../test/support/refusal.ts";
import { predicateType } from "../evidence/index.ts";
import { digestOf } from "../oci/index.ts";
import { attachStatement, fetchBundle, signStatement } from "../signing/index.ts";
import { readDossier } from "./read-dossier.ts";

const note = "https://example.com/note/v1";

const read = async (scene: Scene, { version = "1.0.0", complete = true } = {}) =>
  readDossier(
    { digest: scene.subject(version).digest },
    { store: scene.store, complete, ledger: await scene.ledger?.entries("retina/seg"), trust: scene.inForce.trust },
  );

/** Attaches what is attached already once more, as another tool's copy does. */
async function attachAgain(scene: Scene, manifest: `sha256:${string}`, type: string): Promise<void> {
  const subject = scene.subject();
  const bundle = await fetchBundle(scene.store, subject.digest, manifest);
  const created = new Date("2026-06-02T00:00:00Z");
  await attachStatement(scene.store, {
    format: "bundle",
    subject,
    bundle,
    predicateType: type,
    tag: "1.0.0-jetson_copy.1.1",
    created,
  });
}

describe("the release", () => {
  it("is as its manifest and its metadata say", async () => {
    const scene = await Scene.open();
    expect(await read(scene)).toEqual({
      subject: scene.subject().digest,
      name: "retina/seg",
      version: "1.0.0",
      variant: "jetson",
      owner: "vision-team@example.com",
      modelCard: "README.md",
      lineage: {
        trainingRun: "https://mlflow.example.com/runs/1",
        dataset: "retina",
        datasetVersion: "3",
        codeCommit: "0".repeat(40),
        codeRepository: undefined,
        baseModel: undefined,
        trainedAt: undefined,
        trainedBy: undefined,
      },
      evidence: [],
      refused: [],
      links: { ledger: [], side: [], store: [] },
    });
  });

  it("has to be there", async () => {
    const { store, inForce } = await Scene.open();
    const sources = { store, complete: true, ledger: [], trust: inForce.trust };
    await expectError("NOT_FOUND", () => readDossier({ digest: digestOf("nothing") }, sources));
    await expectError("NOT_FOUND", async () => readDossier({ tag: "2.0.0-jetson", digest: digestOf("it") }, sources));
  });
});

describe("evidence", () => {
  it("is what keys of the policy have signed; of the rest the reason is kept", async () => {
    const scene = await Scene.open();
    const good = await scene.state(note, { n: 1 }, { by: "judge", tag: "1" });
    const bad = await scene.state(note, { n: 1 }, { by: "stranger", tag: "2" });
    const { evidence, refused } = await read(scene);
    expect(evidence).toEqual([
      {
        statement: good.statement,
        predicateType: note,
        predicate: { n: 1 },
        signer: scene.actor("judge"),
        tag: "1.0.0-jetson_note.1.1",
      },
    ]);
    expect(refused).toEqual([
      { digest: bad.manifest, statement: bad.statement, why: expect.stringMatching(/key that is not trusted here/) },
    ]);
  });

  it("is not what is over the files; nor is that something to wonder about, unless a stranger signed it", async () => {
    const scene = await Scene.open();
    const oms = "https://model_signing/signature/v1.0";
    await scene.state(oms, { n: 1 }, { by: "judge", tag: "1" });
    const bad = await scene.state(oms, { n: 2 }, { by: "stranger", tag: "2" });
    const { evidence, refused } = await read(scene);
    expect(evidence).toEqual([]);
    expect(refused).toMatchObject([{ digest: bad.manifest }]);
  });

  it("that was attached twice counts once; that two have signed counts for each", async () => {
    const scene = await Scene.open();
    const { manifest } = await scene.state(note, { n: 1 }, { by: "judge", tag: "1" });
    await scene.state(note, { n: 1 }, { by: "lena", tag: "2" });
    await attachAgain(scene, manifest, note);
    const { evidence } = await read(scene);
    expect(evidence.map(({ signer }) => signer.name).toSorted()).toEqual(["judge", "lena"]);
  });

  it("about another release is refused, wherever it was attached", async () => {
    const scene = await Scene.open({ versions: ["1.0.0", "1.1.0"] });
    const { manifest } = await scene.state(note, { n: 1 }, { by: "judge", tag: "1", version: "1.1.0" });
    const bundle = await fetchBundle(scene.store, scene.subject("1.1.0").digest, manifest);
    const subject = scene.subject();
    const created = new Date("2026-06-02T00:00:00Z");
    await attachStatement(scene.store, {
      format: "bundle",
      subject,
      bundle,
      predicateType: note,
      tag: "1.0.0-jetson_copy.1.1",
      created,
    });
    const { evidence, refused } = await read(scene);
    expect(evidence).toEqual([]);
    expect(refused).toMatchObject([{ why: "its statement is about another digest" }]);
  });
});

describe("links", () => {
  it("are found in both places, those of other releases are not", async () => {
    const scene = await Scene.open({ versions: ["1.0.0", "1.1.0"] });
    await scene.promote("staging", { by: "erin" });
    await scene.promote("staging", { by: "erin", version: "1.1.0" });
    await scene.promote("production", { by: "lena" });
    const { links } = await read(scene);
    const states = (found: typeof links.ledger) => found?.map(({ promotion }) => promotion.to);
    expect(states(links.ledger)).toEqual(["staging", "production"]);
    expect(states(links.store)).toEqual(["staging", "production"]);
    expect(links.store).toEqual(links.ledger);
    expect((await read(scene, { version: "1.1.0" })).links.ledger).toHaveLength(1);
  });

  it("of an evidence pack are not compared with those of the ledger", async () => {
    const scene = await Scene.open();
    await scene.promote("staging", { by: "erin" });
    const { links, evidence } = await read(scene, { complete: false });
    expect(links).toMatchObject({ store: undefined, ledger: [{ promotion: { to: "staging" } }] });
    expect(evidence.map((item) => item.predicateType)).toContain(predicateType.promotion);
  });

  it("without a ledger are in the store alone", async () => {
    const scene = await Scene.open({ ledger: false });
    await scene.promote("staging", { by: "erin" });
    expect((await read(scene)).links).toMatchObject({
      ledger: undefined,
      side: [],
      store: [{ subject: scene.subject().digest }],
    });
  });

  it("beside the ledger's order are told apart from those in it", async () => {
    const scene = await Scene.open();
    await scene.promote("staging", { by: "erin" });
    const [entry] = (await scene.ledger?.entries("retina/seg")) ?? [];
    if (entry === undefined) throw new Error("a promotion leaves an entry");
    const ledger = [entry, { ...entry, side: true, sequence: 0, path: "side/0.json" }];
    const sources = { store: scene.store, complete: true, ledger, trust: scene.inForce.trust };
    const { links } = await readDossier({ digest: scene.subject().digest }, sources);
    expect([links.ledger?.length, links.side.length]).toEqual([1, 1]);
  });

  it.each([
    ["before", "a"],
    ["after", "z"],
  ])("that somebody else signed %s, too, count once, and for whoever had the role", async (order) => {
    const scene = await Scene.open();
    const made = await scene.copy().promote("staging", { by: "erin" });
    if (made.kind === "refused") throw made.refusal;
    const { promotion } = made.link;
    for (const by of order === "before" ? (["ci", "erin"] as const) : (["erin", "ci"] as const))
      await scene.state(predicateType.promotion, promotion, { by, tag: by });
    const { links } = await read(scene);
    expect(links.store?.map(({ signer }) => signer.name)).toEqual(["erin"]);
  });

  it("that only somebody without the role has signed are links all the same, for the chain to judge", async () => {
    const scene = await Scene.open();
    const made = await scene.copy().promote("staging", { by: "erin" });
    if (made.kind === "refused") throw made.refusal;
    await scene.state(predicateType.promotion, made.link.promotion, { by: "ci", tag: "ci" });
    expect((await read(scene)).links.store?.map(({ signer }) => signer.name)).toEqual(["ci"]);
    await expectError("CHAIN_DIVERGED", () => scene.look());
  });

  it("in the ledger that nobody of the policy has signed stop everything", async () => {
    const scene = await Scene.open();
    await scene.promote("staging", { by: "erin" });
    const [entry] = (await scene.ledger?.entries("retina/seg")) ?? [];
    if (entry === undefined) throw new Error("a promotion leaves an entry");
    const ledger = [{ ...entry, bundle: await signStatement(Buffer.from("{}"), keyOf("stranger")) }];
    const sources = { store: scene.store, complete: true, ledger, trust: scene.inForce.trust };
    await expectError("LEDGER_ENTRY_REFUSED", () => readDossier({ digest: scene.subject().digest }, sources));
  });
});
