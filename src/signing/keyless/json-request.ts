import type { ServicePost } from "./service.ts";

/** What sends JSON to a service, and wants JSON of it. @param bearer a secret that shows who asks */
export function jsonRequest(to: ServicePost["to"], content: object, bearer?: string): ServicePost {
  return {
    to,
    contentType: "application/json",
    accept: "application/json",
    body: Buffer.from(JSON.stringify(content)),
    ...(bearer !== undefined && { bearer }),
  };
}
