import { type Digest, hexOf } from "../oci/index.ts";
import { storageName } from "../release/index.ts";

// Where Slipway keeps things in a Git repository (DESIGN 5.5). Names hold no "/" and no "..": a model's name is made
// into one component, and versions, variants and digests cannot hold either.

const root = "slipway";

export const places = {
  ledgerOf: (name: string) => `${root}/ledger/${storageName(name)}`,
  link: (name: string, release: string, sequence: number) =>
    `${root}/ledger/${storageName(name)}/${release}/${String(sequence).padStart(4, "0")}.json`,
  sideLink: (name: string, release: string, statement: Digest) =>
    `${root}/ledger/${storageName(name)}/${release}/side/${hexOf(statement)}.json`,
  packOf: (name: string, release: string) => `${root}/evidence/${storageName(name)}/${release}`,
  packed: (name: string, release: string, digest: Digest) =>
    `${root}/evidence/${storageName(name)}/${release}/${hexOf(digest)}`,
  eventsOf: (environment: string, name: string, variant: string) =>
    `${root}/events/${environment}/${storageName(name)}/${variant}`,
  event: (environment: string, name: string, variant: string, at: Date, statement: Digest) =>
    `${root}/events/${environment}/${storageName(name)}/${variant}/${at.toISOString().replace(/[-:]|\.\d+/g, "")}-${hexOf(statement).slice(0, 8)}.json`,
  holdsOf: (environment: string, name: string, variant: string) =>
    `${root}/holds/${environment}/${storageName(name)}/${variant}`,
  hold: (environment: string, name: string, variant: string, subject: Digest) =>
    `${root}/holds/${environment}/${storageName(name)}/${variant}/${hexOf(subject)}.json`,
};
