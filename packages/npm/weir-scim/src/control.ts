import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { ControlRefused } from "./errors.js";

/** Requests to the control API of an endpoint. */
export class Control {
  readonly #token: string;
  readonly #ca: string | undefined;

  constructor(
    /** Ends with `/_weir/`. */
    readonly url: string,
    token: string,
    ca?: string,
  ) {
    this.#token = token;
    this.#ca = ca;
  }

  /** Sends a request; the answer's body. */
  async text(method: string, path: string, body?: unknown): Promise<string> {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const [status, text] = await this.#send(method, path, sent);
    if (status >= 300) {
      throw new ControlRefused(`${method} ${path}: ${detail(text)} (HTTP status ${status})`, status);
    }
    return text;
  }

  /** Sends a request; the answer's JSON. */
  async json<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    return JSON.parse(await this.text(method, path, body)) as T;
  }

  // Not `fetch`: a test suite replaces it, and its connections outlive the endpoint.
  #send(method: string, path: string, body: string | undefined): Promise<[number, string]> {
    const url = new URL(path, this.url);
    const options = {
      method,
      agent: false,
      headers: {
        Authorization: `Bearer ${this.#token}`,
        "Content-Type": "application/json",
        ...(body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) }),
      },
      ...(this.#ca === undefined ? {} : { ca: this.#ca }),
    };
    const request = url.protocol === "https:" ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const sent = request(url, options, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.once("end", () => resolve([answer.statusCode ?? 0, Buffer.concat(parts).toString()]));
        answer.once("error", reject);
      });
      sent.once("error", reject);
      sent.end(body);
    });
  }
}

/** The `detail` of a SCIM Error, or the body as it is. */
function detail(body: string): string {
  try {
    return String((JSON.parse(body) as { detail: unknown }).detail);
  } catch {
    return body;
  }
}
