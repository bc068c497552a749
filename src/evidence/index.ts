// What evidence says: in-toto statements and their predicates. Pure; how a statement is signed and judged is in
// `src/signing`. May import `src/oci`'s digests.

export { encodeSignatureStatement, evidenceType, isAbout, parseStatement, type Statement } from "./statement.ts";
