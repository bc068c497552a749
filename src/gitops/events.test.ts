import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bareRepository } from "../../test/support/git.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import type { Trust } from "../dossier/index.ts";
import { encodeStatement, type PointerEvent, predicateType } from "../evidence/index.ts";
import { digestOf } from "../oci/index.ts";
import { signStatement, trustKeys } from "../signing/index.ts";
import { eventsAt } from "./events.ts";
import { eventOf, newKey, pinOf, pointer } from "./fixtures/deployment.ts";
import { Repository, type Snapshot } from "./git/index.ts";
import { places } from "./places.ts";
import { signEvent } from "./pointers/sign-event.ts";

const [erin, lena, stranger] = [newKey(), newKey(), newKey()];
const live = { name: "live", movers: ["mlops-engineer", "model-owner", "platform-lead"] };
const signers = [
  { key: erin, name: "erin", roles: ["mlops-engineer", "model-owner", "builder"], until: undefined },
  { key: lena, name: "lena", roles: ["platform-lead"], until: new Date("2026-11-25T00:00:00Z") },
].map(({ key, ...signer }) => ({ ...signer, fingerprint: key.signatory.fingerprint, from: undefined }));
const trust: Trust = {
  signers: { ...trustKeys([]), keys: [...erin.recognises.keys, ...lena.recognises.keys] },
  times: "asserted",
  signerOf: ({ fingerprint }) => signers.find((signer) => signer.fingerprint === fingerprint),
};

type File = readonly [path: string, text: string];

const folder = places.eventsOf("live", pointer.name, pointer.variant);

/** An event as `update-pointer` writes it. */
async function written(more: Partial<PointerEvent>, key = erin): Promise<File> {
  const { path, bundle } = await signEvent(eventOf(more), key);
  return [path, Buffer.from(bundle).toString()];
}

/** Whatever can be signed, about whatever, in the place where it would lie as an event of this pointer. */
async function signed(
  predicate: object,
  { about = pinOf("1.1.0").subject, type = predicateType.pointerEvent as string } = {},
): Promise<File> {
  const payload = encodeStatement(about, type, { ...predicate });
  const { movedOn } = eventOf();
  const path = places.event("live", pointer.name, pointer.variant, new Date(movedOn), digestOf(payload));
  return [path, Buffer.from(await signStatement(payload, erin)).toString()];
}

function changed([path, text]: File, from: string | RegExp, to: string): File {
  const other = text.replace(from, to);
  if (other === text) throw new Error(`nothing in ${path} was changed`);
  return [path, other];
}

/** What a bundle calls the key that signed it. */
const hintOf = ({ recognises }: typeof erin) => recognises.keys[0]?.hint ?? "";

const sound: readonly File[] = [
  // An order in time that is neither that of the paths nor that of the writing.
  await written({ reason: "second", movedOn: "2026-11-20T12:00:01Z", role: "platform-lead" }, lena),
  await written({ reason: "fourth", movedOn: "2026-11-20T12:00:01.500Z", role: "model-owner" }),
  await written({ reason: "third", movedOn: "2026-11-20T12:00:01.400Z", action: "rollback" }),
  await written({ reason: "first", movedOn: "2026-11-20T12:00:00.999Z", from: null }),
];

const notBelieved: readonly (readonly [what: string, file: File, why: RegExp])[] = [
  ["what is no JSON", [`${folder}/a.json`, "{"], /not a well-formed sigstore bundle/],
  ["what is empty", [`${folder}/b.json`, ""], /not a well-formed sigstore bundle/],
  ["what nobody signed", [`${folder}/c.json`, JSON.stringify(eventOf())], /not a well-formed sigstore bundle/],
  ["a stranger's", await written({ reason: "d" }, stranger), /signed by a key that is not trusted here/],
  [
    "a stranger's that says it is by a key of the policy",
    changed(await written({ reason: "e" }, stranger), hintOf(stranger), hintOf(erin)),
    /does not hold: what was signed was altered/,
  ],
  [
    "what was altered after it was signed",
    changed(await written({ reason: "f" }), /"payload":"[^"]*"/, `"payload":"${btoa(JSON.stringify(eventOf()))}"`),
    /does not hold: what was signed was altered/,
  ],
  ["one of another environment", await signed(eventOf({ environment: "test" })), /no event of this pointer/],
  ["one of another model", await signed(eventOf({ name: "retina/other" })), /no event of this pointer/],
  ["one of another variant", await signed(eventOf({ variant: "server" })), /no event of this pointer/],
  ["one about another release", await signed(eventOf(), { about: pinOf("1.0.0").subject }), /no event of this pointer/],
  [
    "a statement of another type",
    await signed({}, { type: predicateType.cosignSignature }),
    /no event of this pointer/,
  ],
  ["one with a field too many", await signed({ ...eventOf(), more: 1 }), /its predicate is malformed/],
  ["one without a role", await signed({ ...eventOf(), role: undefined }), /its predicate is malformed: role: missing/],
  [
    "one in another signer's role",
    await written({ role: "platform-lead" }),
    /"erin" does not have the role platform-lead/,
  ],
  ["one in nobody's role", await written({ role: "admin" }, lena), /"lena" does not have the role admin/],
  [
    "one in a role that moves nothing here",
    await written({ role: "builder" }),
    /builder is not a role that moves these/,
  ],
  [
    "one of a key that had run out",
    await written({ role: "platform-lead", movedOn: "2026-11-26T00:00:00.000Z" }, lena),
    /"lena" was valid only until 2026-11-25/,
  ],
  [
    "a second copy",
    [`${folder}/20261121T000000Z-0.json`, (await written({ reason: "first" }))[1]],
    /not lie where this event does/,
  ],
];

let root: Temporary;
let repository: Repository;
let snapshot: Snapshot;

beforeAll(async () => {
  root = await temporaryDirectory();
  const bare = bareRepository(root.at("."), "gitops", {
    ...Object.fromEntries([...sound, ...notBelieved.map(([, file]) => file)]),
    [`${folder.replace("/live/", "/live-not/")}/x.json`]: "of another environment",
    [`${folder}2/x.json`]: "of another variant",
  });
  repository = await Repository.open(
    { repository: bare, branch: "main" },
    {
      signal: new AbortController().signal,
      now: () => new Date(),
      committer: { name: "erin", email: "e@example.com" },
    },
  );
  snapshot = await repository.snapshot();
});
afterAll(async () => {
  await repository[Symbol.asyncDispose]();
  await root[Symbol.asyncDispose]();
});

describe("events", () => {
  it("come oldest first, with their signers, whatever lies between them", async () => {
    const { events } = await eventsAt(snapshot, live, pointer, trust);
    expect(events.map(({ event, signer }) => [event.reason, signer.name])).toEqual([
      ["first", "erin"],
      ["second", "lena"],
      ["third", "erin"],
      ["fourth", "erin"],
    ]);
    expect(events.map(({ path }) => path).toSorted()).toEqual(sound.map(([path]) => path).toSorted());
    const [first] = events;
    const { statement } = await signEvent(
      eventOf({ reason: "first", movedOn: "2026-11-20T12:00:00.999Z", from: null }),
      erin,
    );
    expect(first?.statement).toBe(statement);
  });

  it.each(notBelieved)("do not include %s", async (_, [path], why) => {
    const { refused } = await eventsAt(snapshot, live, pointer, trust);
    const said = refused.filter((line) => line.startsWith(`${path}: `));
    expect(said).toEqual([expect.stringMatching(why)]);
  });

  it("are refused once each", async () => {
    const { refused } = await eventsAt(snapshot, live, pointer, trust);
    expect(refused).toHaveLength(notBelieved.length);
  });

  it("of a key that the policy no longer has are not believed", async () => {
    const without = { ...trust, signers: lena.recognises };
    const { events } = await eventsAt(snapshot, live, pointer, without);
    expect(events.map(({ event }) => event.reason)).toEqual(["second"]);
  });

  it("whose time nobody vouches for are not believed where times have to be proven", async () => {
    const { events, refused } = await eventsAt(snapshot, live, pointer, { ...trust, times: "proven" });
    expect(events).toEqual([]);
    for (const [path] of sound) expect(refused).toContain(`${path}: its time is not proven`);
  });

  it("are none where nothing was written", async () => {
    expect(await eventsAt(snapshot, { ...live, name: "spare" }, pointer, trust)).toEqual({ events: [], refused: [] });
  });
});
