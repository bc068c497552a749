import { describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import { isAbout, type PointerEvent, predicateType, readPredicate } from "../../evidence/index.ts";
import { judgeBundle } from "../../signing/index.ts";
import { eventOf, newKey, pinOf } from "../fixtures/deployment.ts";
import { signEvent } from "./sign-event.ts";

const key = newKey();

describe("a signed event", () => {
  it.each<[string, PointerEvent]>([
    ["of an update", eventOf()],
    ["of a first deployment", eventOf({ from: null })],
    ["of a rollback that holds", eventOf({ action: "rollback", holds: pinOf("1.0.0").subject })],
    ["with the longest reason", eventOf({ reason: "ü".repeat(1000) })],
  ])("%s is read as it was meant, about the release that is named now", async (_, event) => {
    const { statement, bundle } = await signEvent(event, key);
    const judgement = judgeBundle(bundle, event.to.subject, key.recognises);
    if (!judgement.accepted) throw new Error(judgement.why);
    expect(judgement.digest).toBe(statement);
    expect(judgement.statement.predicateType).toBe(predicateType.pointerEvent);
    expect(readPredicate("pointerEvent", judgement.statement)).toEqual(event);
    expect(isAbout(judgement.statement, pinOf("1.0.0").subject)).toBe(false);
  });

  it("lies below its environment, model and variant, by its time and its digest", async () => {
    const { path, statement } = await signEvent(eventOf({ movedOn: "2026-11-20T12:34:56.789Z" }), key);
    expect(path).toBe(`slipway/events/live/retina+seg/jetson/20261120T123456Z-${statement.slice(7, 15)}.json`);
  });

  it("has a place of its own beside another one of the same second", async () => {
    const [one, two] = [await signEvent(eventOf(), key), await signEvent(eventOf({ reason: "Other" }), key)];
    expect(one.path).not.toBe(two.path);
    expect((await signEvent(eventOf(), key)).path).toBe(one.path);
  });

  it.each<[string, Partial<PointerEvent>]>([
    ["no reason", { reason: "" }],
    ["a reason that is too long", { reason: "x".repeat(1001) }],
    ["a reason of two lines", { reason: "one\ntwo" }],
    ["a time that is none", { movedOn: "yesterday" }],
    ["a time in another zone", { movedOn: "2026-11-20T12:00:00+01:00" }],
    ["no role", { role: "" }],
    ["a run without an id", { run: { id: "", attempt: 1 } }],
    ["a version that is too long", { to: pinOf(`1.0.0-${"x".repeat(40)}`) }],
    ["a link that is no digest", { link: "sha256:none" }],
  ])("is not made with %s", async (_, more) => {
    const { message } = await expectError("EVENT_INVALID", () => signEvent(eventOf(more), key));
    expect(message.length).toBeLessThan(300);
  });
});
