import { AssertionError } from "node:assert";
import { spawn } from "node:child_process";
import { environment, find } from "./binary.js";
import { CheckFailed } from "./errors.js";
import { reportText } from "./report-text.js";

export type Verdict = "pass" | "skip" | "note" | "warn" | "blocked" | "fail" | "error";

/** The mildest finding that counts: a broken MUST, a SHOULD, or a note. */
export type Level = "must" | "should" | "note";

/** One thing that is wrong in a finding. */
export interface Problem {
  readonly verdict: Verdict;
  readonly message: string;
  readonly requirements: readonly { readonly id: string; readonly level: string; readonly summary?: string }[];
  /** Every outcome that would have been right. */
  readonly legal: readonly string[];
  readonly observed: string | null;
  /** The exchanges that show it, the deciding one last. */
  readonly exchanges: readonly { readonly method: string; readonly url: string; readonly status: number | null }[];
}

/** The verdict of a check, or of a rule that judges every exchange. */
export interface Finding {
  readonly id: string;
  /** The resource type that it is about, if it is run on each. */
  readonly subject?: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly reason: string | null;
  /** What the baseline says of it; null if it is not known. */
  readonly known: object | null;
  readonly problems: readonly Problem[];
  /** The lines for a shell that show it again. */
  readonly repeat?: string;
}

/** The JSON report of `weir check`: the members that this module uses, of those that the book describes. */
export interface ReportRecord {
  readonly run: { readonly command: string; readonly seed: number; readonly url: string };
  readonly causes: readonly { readonly headline: string; readonly verdict: Verdict; readonly findings: readonly string[] }[];
  readonly checks: readonly Finding[];
  readonly rules: readonly Finding[];
  readonly outdated: readonly { readonly entry: string; readonly mended: boolean }[];
}

/** Which checks are run, and how. */
export interface CheckOptions {
  readonly token?: string;
  /** `user:password` */
  readonly basic?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** Run what every client needs, in a few seconds. */
  readonly quick?: boolean;
  readonly readOnly?: boolean;
  /** A file of findings that are known and accepted. */
  readonly baseline?: string;
  /** Default: `must`. */
  readonly failOn?: Level;
  readonly seed?: number;
  /** Allow writes to another machine. */
  readonly allowRemote?: boolean;
  /** Further flags of `weir check`. */
  readonly arguments?: readonly string[];
  readonly binary?: string;
  /** Ends the run, which then deletes what it created. */
  readonly signal?: AbortSignal;
}

const COUNTED: Record<Level, readonly Verdict[]> = {
  must: ["fail", "error", "blocked"],
  should: ["fail", "error", "blocked", "warn"],
  note: ["fail", "error", "blocked", "warn", "note"],
};

/** What a run of `weir check` found. */
export class Report {
  /** The findings of checks and rules. */
  readonly findings: readonly Finding[];

  constructor(
    /** The JSON report. */
    readonly record: ReportRecord,
    /** Whether nothing was found at or above the level that was asked for, besides what the baseline knows. */
    readonly conforms: boolean,
    readonly failOn: Level,
  ) {
    this.findings = [...record.checks, ...record.rules];
  }

  /** The findings that count, at the level that was asked for, and that the baseline does not know. */
  get wrong(): Finding[] {
    return this.findings.filter((one) => COUNTED[this.failOn].includes(one.verdict) && one.known === null);
  }

  /** Throws an `AssertionError` that shows what is wrong. */
  assertConforms(): void {
    if (!this.conforms) {
      throw new AssertionError({ message: this.toString(), stackStartFn: this.assertConforms });
    }
  }

  toString(): string {
    return reportText(this);
  }
}

/**
 * Runs `weir check` at an endpoint of your own, and returns what it found. The checks create users and groups and delete
 * them at the end. A finding does not throw: `(await check(url)).assertConforms()` does. `CheckFailed` is thrown where the
 * run itself could not be done.
 */
export async function check(url: string, options: CheckOptions = {}): Promise<Report> {
  const failOn = options.failOn ?? "must";
  // On the command line every user of the machine could read them.
  const secrets = {
    ...(options.token === undefined ? {} : { WEIR_BEARER: options.token }),
    ...(options.basic === undefined ? {} : { WEIR_BASIC: options.basic }),
  };
  const command = ["check", url, "--format", "json", "--fail-on", failOn, ...flags(options)];
  const child = spawn(find(options.binary), command, { stdio: ["ignore", "pipe", "pipe"], env: environment(secrets) });
  const end = (): void => void child.kill("SIGTERM");
  options.signal?.addEventListener("abort", end, { once: true });
  if (options.signal?.aborted) {
    end();
  }
  try {
    let [output, said] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (status !== 0 && status !== 1) {
      throw new CheckFailed(`weir check ended with status ${status}: ${said.trim()}`, status);
    }
    return new Report(JSON.parse(output) as ReportRecord, status === 0, failOn);
  } finally {
    options.signal?.removeEventListener("abort", end);
  }
}

function flags(options: CheckOptions): string[] {
  return [
    ...(options.only ?? []).flatMap((name) => ["--only", name]),
    ...(options.skip ?? []).flatMap((name) => ["--skip", name]),
    ...(options.quick ? ["--quick"] : []),
    ...(options.readOnly ? ["--read-only"] : []),
    ...(options.allowRemote ? ["--yes"] : []),
    ...(options.baseline === undefined ? [] : ["--baseline", options.baseline]),
    ...(options.seed === undefined ? [] : ["--seed", String(options.seed)]),
    ...(options.arguments ?? []),
  ];
}
