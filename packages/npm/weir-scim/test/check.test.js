import assert, { AssertionError } from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { CheckFailed, check, start } from "weir-scim";

/** @param {number} status */
const failedWith = (status) => (/** @type {unknown} */ problem) => {
  assert.ok(problem instanceof CheckFailed);
  assert.equal(problem.status, status);
  return true;
};

describe("the checks", () => {
  /** @type {import("weir-scim").Endpoint} */
  let right;
  /** @type {import("weir-scim").Endpoint} */
  let wrong;
  before(async () => {
    [right, wrong] = await Promise.all([start(), start({ deviations: ["uniqueness.not-enforced"] })]);
  });
  after(() => Promise.all([right.stop(), wrong.stop()]));

  test("pass at an endpoint that conforms", async () => {
    const report = await check(right.url, { token: right.token, only: ["create"], skip: ["create.group"] });
    report.assertConforms();
    assert.deepEqual(report.wrong, []);
    assert.match(String(report), /^conforms: /);
    assert.ok(report.findings.some((finding) => finding.id === "create.resource"));
    assert.deepEqual(await right.resources(), [], "the run left resources behind");
  });

  test("say what is wrong and how to see it again", async () => {
    const report = await check(wrong.url, { token: wrong.token, only: ["create.duplicate-user-name"] });
    assert.throws(() => report.assertConforms(), (problem) => {
      assert.ok(problem instanceof AssertionError);
      for (const part of [
        "start here:\n  POST of a new resource is answered 201 where it must be refused with 409 (create.duplicate-user-name)",
        "fail create.duplicate-user-name: A userName that is taken is refused with 409 uniqueness",
        "  HTTP status is 201, expected 409",
        "rule      RFC7643-4.1.1-02 (MUST): userName is unique over all Users of the provider",
        "expected  409 with a SCIM Error of scimType uniqueness",
        `exchange  POST ${wrong.url}/Users -> 201`,
        `repeat with: weir check ${wrong.url}`,
      ]) {
        assert.ok(problem.message.includes(part), `${part}\n--- is not in\n${problem.message}`);
      }
      assert.ok(!problem.message.includes(wrong.token));
      return true;
    });
  });

  test("accept what the baseline knows", async () => {
    const folder = await mkdtemp(join(tmpdir(), "weir-"));
    try {
      const baseline = join(folder, "weir.baseline.toml");
      const options = { token: wrong.token, only: ["create.duplicate-user-name"], baseline };
      await check(wrong.url, { ...options, arguments: ["--update-baseline"] });
      assert.ok((await check(wrong.url, options)).conforms);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("take basic credentials", async () => {
    const basic = right.applications[0]?.basic ?? "";
    assert.ok((await check(right.url, { basic, only: ["create.resource"] })).conforms);
  });

  test("are no finding where they could not be run", async () => {
    await assert.rejects(check(right.url, { token: "wrong" }), failedWith(3));
    await assert.rejects(check("http://127.0.0.1:1/scim/v2"), failedWith(3));
    await assert.rejects(check("http://scim.example.com/v2", { token: "t" }), failedWith(2));
    await assert.rejects(check(right.url, { token: right.token, signal: AbortSignal.abort() }), CheckFailed);
  });
});
