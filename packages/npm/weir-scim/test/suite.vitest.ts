// As a suite of vitest uses the module, in TypeScript.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Endpoint, type Exchange, check, start } from "weir-scim";
import { create } from "./client.js";

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await start({ target: "rfc", people: 1 });
});
beforeEach(() => endpoint.reset());
afterAll(() => endpoint.stop());

test("an answer that is lost", async () => {
  await endpoint.setDeviations(["write.answer-lost=first:1"]);
  await expect(create(endpoint, "bjensen@example.com")).rejects.toThrow();
  const [lost]: Exchange[] = await endpoint.journal({ method: "POST" });
  expect(lost?.delivery).toBe("lost");
});

test("nothing of the test before is left", async () => {
  expect(await endpoint.deviations()).toEqual([]);
  expect(await endpoint.resources()).toEqual([]);
  expect(await endpoint.journal()).toEqual([]);
});

test("data that is there before the client comes", async () => {
  await endpoint.load([{ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "ada@example.com" }]);
  expect((await create(endpoint, "ada@example.com")).status).toBe(409);
});

test("an endpoint of one's own", async () => {
  const report = await check(endpoint.url, { token: endpoint.token, only: ["create.resource"] });
  report.assertConforms();
  expect(report.wrong).toEqual([]);
});
