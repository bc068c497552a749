import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { Guard, tokenPath } from "./authentication.ts";
import type { World } from "./call.ts";
import { certificate } from "./certificate.ts";
import { Contents } from "./content.ts";
import { type Connection, exchange } from "./exchange.ts";
import { FaultPlan, type Injected, type Rule } from "./faults.ts";
import { collectGarbage } from "./garbage.ts";
import { digestOf } from "./grammar.ts";
import { type Behaviour, behaviourOf, type RegistryOptions } from "./options.ts";
import { type RecordedRequest, record } from "./recording.ts";
import { Repositories, type StoredManifest } from "./repository.ts";
import { Signatures } from "./signatures.ts";

/** A registry that runs in the process of the test, conforming to distribution-spec 1.1 as far as it is not told otherwise. */
export class TestRegistry implements AsyncDisposable {
  readonly #requests: RecordedRequest[] = [];
  readonly #plan = new FaultPlan();
  readonly #stop = new AbortController();
  readonly #signatures = new Signatures();
  readonly #failures: unknown[] = [];
  readonly #world: World;
  readonly #guard: Guard;
  readonly #servers: Readonly<Record<RecordedRequest["at"], Server>>;
  readonly #origins: Record<RecordedRequest["at"], string> = { registry: "", elsewhere: "" };
  /** The certificate that a client has to trust, where the registry speaks TLS. */
  readonly certificate: string | undefined;

  private constructor(options: RegistryOptions, listen: (listener: RequestListener) => Server, cert?: string) {
    const behaviour = behaviourOf(options);
    this.certificate = cert;
    this.#world = {
      behaviour,
      repositories: new Repositories(),
      contents: new Contents(behaviour.storage, behaviour.uploads.verifiesDigest),
      elsewhere: (pathname) => this.#signatures.sign(pathname, this.#origins.elsewhere),
      referrersLost: false,
    };
    const { authentication } = behaviour;
    const realm = authentication?.kind === "bearer" ? (authentication.realm ?? "registry") : "registry";
    this.#guard = new Guard(authentication, () => this.#origins[realm] + tokenPath);
    for (const rule of options.rules ?? []) this.inject(rule);
    this.#servers = { registry: this.#server("registry", listen), elsewhere: this.#server("elsewhere", listen) };
  }

  static async start(options: RegistryOptions = {}): Promise<TestRegistry> {
    const pair = options.tls ? await certificate() : undefined;
    const listen = (listener: RequestListener) => (pair ? createTlsServer(pair, listener) : createServer(listener));
    const registry = new TestRegistry(options, listen, pair?.cert);
    const scheme = pair ? "https" : "http";
    // Two names of this machine: clients differ in whether another port alone is another host.
    for (const [at, name] of [
      ["registry", "127.0.0.1"],
      ["elsewhere", "localhost"],
    ] as const) {
      registry.#origins[at] = `${scheme}://${name}:${await listening(registry.#servers[at], name)}`;
    }
    return registry;
  }

  /** `127.0.0.1:<port>`. */
  get host(): string {
    return new URL(this.origin).host;
  }

  /** With its scheme. */
  get origin(): string {
    return this.#origins.registry;
  }

  /** The second listener, to which blobs and uploads are redirected: `localhost:<port>`. */
  get elsewhere(): string {
    return new URL(this.#origins.elsewhere).host;
  }

  /** What it does, as its options and the specification say. */
  get behaviour(): Behaviour {
    return this.#world.behaviour;
  }

  /** In the order in which they arrived, of both listeners; each is filled in until it is over. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  forgetRequests(): void {
    this.#requests.length = 0;
  }

  inject(rule: Rule): Injected {
    return this.#plan.inject(rule);
  }

  /** Undefined also for what was discarded. */
  async blob(name: string, digest: string): Promise<Uint8Array | undefined> {
    const content = this.#world.repositories.get(name)?.blobs.get(digest);
    if (content?.readable !== true) return undefined;
    const pieces: Uint8Array[] = [];
    for await (const piece of content.read(0, content.size)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** Sizes by digest. */
  blobs(name: string): ReadonlyMap<string, number> {
    const blobs = [...(this.#world.repositories.get(name)?.blobs ?? [])];
    return new Map(blobs.map(([digest, { size }]) => [digest, size]));
  }

  manifest(name: string, reference: string): StoredManifest | undefined {
    return this.#world.repositories.get(name)?.manifest(reference);
  }

  /** By digest. */
  manifests(name: string): ReadonlyMap<string, StoredManifest> {
    return new Map(this.#world.repositories.get(name)?.manifests);
  }

  /** Digests by tag. */
  tags(name: string): ReadonlyMap<string, string> {
    return new Map(this.#world.repositories.get(name)?.tags);
  }

  /** How many uploads were begun and neither committed nor cancelled. */
  openUploads(name: string): number {
    return this.#world.repositories.get(name)?.sessions.size ?? 0;
  }

  /** Puts a blob there without a request; gives its digest, or leaves it under a digest that is not its own. */
  async addBlob(name: string, bytes: Uint8Array, digest = digestOf(bytes)): Promise<string> {
    const content = this.#world.contents.create("sha256");
    await content.append(bytes);
    this.#world.repositories.create(name).blobs.set(digest, content);
    return digest;
  }

  /** The same for a manifest, under a tag if one is given. */
  addManifest(name: string, mediaType: string, bytes: Uint8Array, tag?: string): string {
    const repository = this.#world.repositories.create(name);
    const digest = digestOf(bytes);
    repository.manifests.set(digest, { digest, mediaType, bytes });
    if (tag !== undefined) repository.tags.set(tag, digest);
    return digest;
  }

  /** Lets all tokens that were given so far die now. */
  expireTokens(): void {
    this.#guard.expireTokens();
  }

  /** Removes what no tag leads to in a repository, as this registry does it; gives the digests that went. */
  collectGarbage(name: string): readonly string[] {
    const repository = this.#world.repositories.get(name);
    return repository === undefined ? [] : collectGarbage(repository, this.#world.behaviour.garbage);
  }

  /** @throws what went wrong in the registry itself: a test must not take that for an answer */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(Object.values(this.#servers).map(closed));
    await this.#world.contents[Symbol.asyncDispose]();
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, "the test registry failed");
  }

  #server(at: RecordedRequest["at"], listen: (listener: RequestListener) => Server): Server {
    const serve = async (connection: Connection) => {
      const recorded = record(at, connection.request);
      this.#requests.push(recorded);
      try {
        await exchange(connection, recorded, {
          world: this.#world,
          guard: this.#guard,
          plan: this.#plan,
          signatures: this.#signatures,
          origin: this.#origins[at],
          stopping: this.#stop.signal,
        });
      } catch (error) {
        this.#failures.push(error);
        connection.request.socket.destroy();
      }
    };
    const server = listen((request, response) => void serve({ request, response, expectant: false }));
    server.on("checkContinue", (request, response) => void serve({ request, response, expectant: true }));
    // Uploads of hundreds of gigabytes take as long as they take; an idle connection outlives what a client expects.
    server.requestTimeout = 0;
    server.keepAliveTimeout = 60_000;
    return server;
  }
}

async function listening(server: Server, host: string): Promise<number> {
  await new Promise<void>((done, failed) => server.once("error", failed).listen(0, host, done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the registry has no port");
  return address.port;
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
