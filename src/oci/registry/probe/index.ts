// What a registry can do and what not, found out before a release needs it: each file asks one thing (`try…`, `ask…`)
// and judges what was seen (`judge…`, pure). What probes write is in `probe-content.ts`, and is removed again
// (`deletion.ts`). May import what `src/oci/registry` may. Loaded only when a registry is probed.

export { probeRegistry } from "./probe-registry.ts";
