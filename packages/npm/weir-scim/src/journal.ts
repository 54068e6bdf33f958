/** One request with its answer. Credentials and passwords are masked. */
export interface Exchange {
  /** Counts the requests since the start, from 1. */
  readonly number: number;
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  /** The path, without the query. */
  readonly path: string;
  /** The parameters of the query. */
  readonly query: URLSearchParams;
  /** The HTTP status of the answer. */
  readonly status: number;
  /** The application that was addressed, if the path led to one. */
  readonly application: string | null;
  /** `sent`, or how a deviation kept the answer from the client. */
  readonly delivery: "sent" | "lost" | "cut";
  /** The deviations that acted on it. */
  readonly deviations: readonly string[];
  /** By name in small letters. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string | undefined;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly answerBody: string | undefined;
  /** The body of the request as JSON; undefined without one. */
  requestJson(): unknown;
  /** The body of the answer as JSON; undefined without one. */
  answerJson(): unknown;
  /** Such as `POST /scim/v2/Users -> 201`. */
  toString(): string;
}

interface Side {
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body?: string;
}

interface Line {
  readonly number: number;
  readonly application: string | null;
  readonly delivery: Exchange["delivery"];
  readonly deviations: readonly string[];
  readonly request: Side & { readonly method: string; readonly target: string };
  readonly answer: Side & { readonly status: number };
}

/** The exchanges of a journal in NDJSON. */
export function exchanges(journal: string): Exchange[] {
  return journal.split("\n").filter((line) => line !== "").map((line) => exchange(JSON.parse(line) as Line));
}

function exchange({ number, application, delivery, deviations, request, answer }: Line): Exchange {
  const url = new URL(request.target, "http://endpoint");
  const lost = delivery === "sent" ? "" : `, ${delivery}`;
  return {
    number,
    method: request.method,
    target: request.target,
    path: url.pathname,
    query: url.searchParams,
    status: answer.status,
    application,
    delivery,
    deviations,
    requestHeaders: headers(request),
    requestBody: request.body,
    answerHeaders: headers(answer),
    answerBody: answer.body,
    requestJson: () => json(request.body),
    answerJson: () => json(answer.body),
    toString: () => `${request.method} ${request.target} -> ${answer.status}${lost}`,
  };
}

function headers(side: Side): Record<string, string> {
  return Object.fromEntries(side.headers.map(({ name, value }) => [name.toLowerCase(), value]));
}

function json(body: string | undefined): unknown {
  return body ? JSON.parse(body) : undefined;
}
