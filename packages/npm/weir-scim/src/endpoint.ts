import { find } from "./binary.js";
import { Control } from "./control.js";
import { exchanges, type Exchange } from "./journal.js";
import { serve, type Process } from "./process.js";

/** A SCIM resource as JSON. */
export type Resource = Record<string, unknown> & {
  readonly id: string;
  readonly schemas: readonly string[];
  readonly userName?: string;
  readonly displayName?: string;
  readonly meta: { readonly resourceType: string; readonly location: string };
};

/** One application of an endpoint: a base URL with credentials of its own. */
export interface Application {
  readonly name: string;
  readonly tenant: string | null;
  readonly urls: readonly string[];
  /** A bearer token that it takes, if the target takes any. */
  readonly bearer: string | null;
  /** `user:password`, if the target takes any. */
  readonly basic: string | null;
  /** `id:secret` of a client of the token endpoint, if the target offers one. */
  readonly oauth: string | null;
  /** A bearer token that can read and not write, if the target has one. */
  readonly reader: string | null;
}

/** How an endpoint begins. */
export interface StartOptions {
  /** A target or a target file. Default: `rfc`. */
  readonly target?: string;
  /** The deviations to begin with, such as `write.answer-lost=first:1`. */
  readonly deviations?: readonly string[];
  /** How many invented people the first application begins with. A reset removes them. */
  readonly people?: number;
  /** Further flags of `weir serve`. */
  readonly arguments?: readonly string[];
  /** The `weir` to run; else `WEIR_BINARY`, that of the package of this platform, or that on the path. */
  readonly binary?: string;
  /** The authority's certificate in PEM, for an endpoint that was given a certificate. */
  readonly ca?: string;
  /** Milliseconds until the endpoint has to be ready. Default: 60,000. */
  readonly timeout?: number;
}

interface Greeting {
  readonly target: string;
  readonly applications: readonly Application[];
  readonly control: { readonly url: string; readonly bearer: string };
}

/** Starts an endpoint on a free port of the loopback address; it answers when the promise resolves. */
export async function start(options: StartOptions = {}): Promise<Endpoint> {
  const flags = ["--target", options.target ?? "rfc", "--seed-people", String(options.people ?? 0)];
  for (const deviation of options.deviations ?? []) {
    flags.push("--deviate", deviation);
  }
  flags.push(...(options.arguments ?? []));
  return new Endpoint(await serve(find(options.binary), flags, options.timeout ?? 60_000), options.ca);
}

/** A running `weir serve`. It ends with `stop`, with `await using`, and with this process. */
export class Endpoint {
  /** The target that it behaves like. */
  readonly target: string;
  /** Every application of the target, in the target's order. */
  readonly applications: readonly Application[];
  /** The control API, for what this class has no method for. */
  readonly control: Control;
  readonly #process: Process;

  /** `start` makes one. */
  constructor(process: Process, ca?: string) {
    const greeting = process.greeting as Greeting;
    this.target = greeting.target;
    this.applications = greeting.applications;
    this.control = new Control(greeting.control.url, greeting.control.bearer, ca);
    this.#process = process;
  }

  /** The base URL of the first application, below which `/Users` is found. */
  get url(): string {
    return this.#first.urls[0] as string;
  }

  /** A bearer token of the first application. */
  get token(): string {
    if (this.#first.bearer === null) {
      throw new Error(`the target ${this.target} takes no bearer token; see applications[0]`);
    }
    return this.#first.bearer;
  }

  /** The header that a client of the first application sends. */
  get headers(): { readonly Authorization: string } {
    return { Authorization: `Bearer ${this.token}` };
  }

  get #first(): Application {
    return this.applications[0] as Application;
  }

  /** The application of this name. */
  application(name: string): Application {
    const found = this.applications.find((application) => application.name === name);
    if (found === undefined) {
      const known = this.applications.map((application) => application.name).join(", ");
      throw new Error(`the target ${this.target} has no application "${name}"; it has ${known}`);
    }
    return found;
  }

  /** Removes every resource, account and recorded exchange, and returns to the deviations of the start. */
  async reset(): Promise<void> {
    await this.control.text("POST", "reset");
  }

  /** The active deviations. */
  async deviations(): Promise<string[]> {
    return (await this.control.json<{ active: string[] }>("GET", "deviations")).active;
  }

  /** Replaces the active deviations, those of the target included. */
  async setDeviations(deviations: readonly string[]): Promise<void> {
    await this.control.text("PUT", "deviations", deviations);
  }

  /** Switches deviations on for the time of `work`. */
  async deviating<T>(deviations: readonly string[], work: () => Promise<T> | T): Promise<T> {
    const before = await this.deviations();
    await this.setDeviations([...before, ...deviations]);
    try {
      return await work();
    } finally {
      await this.setDeviations(before);
    }
  }

  /** Stores resources in an application, the first unless one is named; how many. */
  async load(resources: readonly object[], application?: string): Promise<number> {
    return (await this.control.json<{ loaded: number }>("POST", `data${named(application)}`, resources)).loaded;
  }

  /** Fills the first application with invented people, and two groups of them, `ten` and `everyone`. */
  async addPeople(count: number): Promise<void> {
    await this.control.text("POST", "people", { count });
  }

  /** The resources of an application as a client would read them: all, or those of a type such as `User`. */
  async resources(type?: string, application?: string): Promise<Resource[]> {
    const found = await this.control.json<{ Resources: Resource[] }>("GET", `data${named(application)}`);
    return found.Resources.filter((one) => type === undefined || one.meta.resourceType === type);
  }

  /** What the service behind an application holds. Without such a service these are the resources themselves. */
  async accounts(application: string = this.#first.name): Promise<Resource[]> {
    const path = `applications/${encodeURIComponent(application)}/accounts`;
    return (await this.control.json<{ accounts: Resource[] }>("GET", path)).accounts;
  }

  /** What was exchanged since the start or the last reset: all, or what has this method or status. */
  async journal(filter: { readonly method?: string; readonly status?: number } = {}): Promise<Exchange[]> {
    const all = exchanges(await this.control.text("GET", "journal"));
    return all.filter(
      (one) =>
        (filter.method === undefined || one.method === filter.method) &&
        (filter.status === undefined || one.status === filter.status),
    );
  }

  /** Forgets what was exchanged. */
  async clearJournal(): Promise<void> {
    await this.control.text("DELETE", "journal");
  }

  /** Moves the clock forward: tokens and cursors expire, delayed answers arrive. A reset does not move it back. */
  async advance(seconds: number): Promise<void> {
    await this.control.text("POST", "clock", { advance: `${seconds} s` });
  }

  /** Saves the resources and accounts under a name. */
  async save(name: string): Promise<void> {
    await this.control.text("PUT", `snapshots/${encodeURIComponent(name)}`);
  }

  /** Returns to what was saved under a name. */
  async restore(name: string): Promise<void> {
    await this.control.text("POST", `snapshots/${encodeURIComponent(name)}`);
  }

  /** Whether the process still runs. */
  get isRunning(): boolean {
    return this.#process.isRunning();
  }

  /** Ends the process, and waits for its end. */
  stop(): Promise<void> {
    return this.#process.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function named(application: string | undefined): string {
  return application === undefined ? "" : `?application=${encodeURIComponent(application)}`;
}
