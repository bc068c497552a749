// HTTP/1.1 as bytes (RFC 9112): heads of requests and answers, connections, and exchanges whose answers are short
// enough to be held in memory. What is asked and what answers mean is for others. May import `src/errors`.

export { type Abandonable, abandonedBy } from "./abandoned-by.ts";
export { connectTo } from "./connect-to.ts";
export type { HeldAnswer, Pieces } from "./persistent-connection.ts";
export { type DirectRequest, PersistentConnections } from "./persistent-connections.ts";
export { requestHead } from "./request-head.ts";
export { parseResponseHead, plainLength, type ResponseHead } from "./response-head.ts";
export { mostBody } from "./short-body.ts";
export { type Trust, trusting } from "./trust.ts";
