import type { Finding, Report } from "./check.js";

/** How many findings the text of a report has in full. */
const MOST_SHOWN = 10;

/** A report as a person reads it in a failed test. */
export function reportText(report: Report): string {
  const repeat = `repeat with: ${report.record.run.command}`;
  if (report.conforms) {
    return `conforms: ${report.findings.length} checks and rules, none of them wrong\n${repeat}`;
  }
  const wrong = report.wrong;
  const lines = [`${wrong.length} of ${report.findings.length} checks and rules are wrong`];
  if (report.record.causes.length > 0) {
    lines.push("", "start here:");
    lines.push(...report.record.causes.map((cause) => `  ${cause.headline} (${some(cause.findings)})`));
  }
  for (const finding of wrong.slice(0, MOST_SHOWN)) {
    lines.push("", ...findingLines(finding));
  }
  if (wrong.length > MOST_SHOWN) {
    lines.push("", `and ${some(wrong.slice(MOST_SHOWN).map(fullName))}`);
  }
  const expired = report.record.outdated.filter((entry) => !entry.mended).map((entry) => entry.entry);
  if (expired.length > 0) {
    lines.push("", `expired in the baseline: ${some(expired)}`);
  }
  return [...lines, "", repeat].join("\n");
}

function findingLines(finding: Finding): string[] {
  const lines = [`${finding.verdict} ${fullName(finding)}: ${finding.title}`];
  if (finding.reason) {
    lines.push(`  ${finding.reason}`);
  }
  for (const problem of finding.problems) {
    lines.push(`  ${problem.message}`);
    for (const { id, level, summary } of problem.requirements) {
      lines.push(`    rule      ${id} (${level})${summary ? `: ${summary}` : ""}`);
    }
    lines.push(...problem.legal.map((text) => `    expected  ${text}`));
    if (problem.observed) {
      lines.push(`    got       ${problem.observed}`);
    }
    lines.push(...problem.exchanges.map((one) => `    exchange  ${one.method} ${one.url} -> ${one.status}`));
  }
  return lines;
}

/** As `--only` takes it: `patch.atomic[Group]`. */
function fullName(finding: Finding): string {
  return finding.subject === undefined ? finding.id : `${finding.id}[${finding.subject}]`;
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length <= 3 ? shown : `${shown} and ${names.length - 3} more`;
}
