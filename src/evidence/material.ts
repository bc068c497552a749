/** Something that went into a build or came out beside it: an in-toto ResourceDescriptor with a URI or digests. */
export interface Material {
  readonly name?: string;
  readonly uri?: string;
  /** Hexadecimal digests by algorithm, as in-toto names them: `sha256`, `gitCommit`. */
  readonly digest?: Readonly<Record<string, string>>;
}

/**
 * A repository at a commit, as a SPDX download location: `git+https://host/path@<commit>`.
 *
 * @param repository URL, `user@host:path`, or what people call it, which then is only the material's name
 * @param commit full, hexadecimal
 */
export function gitMaterial(repository: string, commit: string): Material {
  const digest = { gitCommit: commit };
  const location = gitLocation(repository);
  return location === undefined ? { name: repository, digest } : { uri: `${location}@${commit}`, digest };
}

/** @param place a URI; anything else is a name, and becomes `urn:slipway:<kind>:<name>` */
export function placeUri(kind: "dataset" | "model", place: string): string {
  // A letter and a colon may also be the name of a drive, and "model:tag" the name of a model.
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|urn:|pkg:|doi:)\S+$/i.test(place)
    ? place
    : `urn:slipway:${kind}:${encodeURIComponent(place.toWellFormed())}`;
}

function gitLocation(repository: string): string | undefined {
  if (/^git\+[a-z]+:\/\/\S+$/i.test(repository)) return repository;
  if (/^(?:https?|ssh|git|file):\/\/\S+$/i.test(repository)) return `git+${repository}`;
  const [, host, path] = /^([\w.-]+@[\w.-]+):(?!\/\/)(\S+)$/.exec(repository) ?? [];
  return host === undefined || path === undefined ? undefined : `git+ssh://${host}/${path.replace(/^\/+/, "")}`;
}
