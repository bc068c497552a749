/** What a user says about how registries are reached. */
export interface Reach {
  /** Hosts, with their ports, that plain HTTP may be spoken with besides this very machine: `registry.local:5000`. */
  readonly plainHttp?: readonly string[] | undefined;
  /** PEM file of authorities that are trusted besides those that Node trusts. */
  readonly caFile?: string | undefined;
  /** Hears where the credentials for a registry came from: a path and a user name, never a secret. */
  readonly notice?: ((line: string) => void) | undefined;
}
