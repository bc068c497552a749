import type { Answer } from "./answer.ts";
import { json } from "./answer.ts";
import type { Action } from "./authentication.ts";
import { answerBlob } from "./blobs.ts";
import type { Call, World } from "./call.ts";
import { answerManifest } from "./manifests.ts";
import { Problem } from "./problem.ts";
import { answerReferrers } from "./referrers.ts";
import type { Route } from "./routing.ts";
import { answerTags } from "./tags.ts";
import { continueUpload, startUpload } from "./uploads.ts";

const methods: Readonly<Record<Route["kind"], readonly string[]>> = {
  base: ["GET", "HEAD"],
  tags: ["GET"],
  referrers: ["GET"],
  manifest: ["GET", "HEAD", "PUT", "DELETE"],
  blob: ["GET", "HEAD", "DELETE"],
  "upload-start": ["POST"],
  upload: ["PATCH", "PUT", "GET", "DELETE"],
};

/** What the sender of a request has to be allowed. */
export function actionsFor({ kind }: Route, method: string): readonly Action[] {
  if (kind === "base") return [];
  if (kind === "upload" || kind === "upload-start" || method === "PUT") return ["pull", "push"];
  return method === "DELETE" ? ["delete"] : ["pull"];
}

/** @throws Problem */
export async function dispatch(call: Call, world: World, route: Route): Promise<Answer> {
  if (!methods[route.kind].includes(call.method)) {
    throw new Problem(405, "UNSUPPORTED", `${call.method} of ${call.pathname}`, {
      allow: methods[route.kind].join(", "),
    });
  }
  switch (route.kind) {
    case "base":
      return json(200, {});
    case "tags":
      return answerTags(call, world, route.name);
    case "referrers":
      return answerReferrers(call, world, route.name, route.digest);
    case "manifest":
      return answerManifest(call, world, route.name, route.reference);
    case "blob":
      return answerBlob(call, world, route.name, route.digest);
    case "upload-start":
      return startUpload(call, world, route.name);
    case "upload":
      return continueUpload(call, world, route.name, route.id);
  }
}
