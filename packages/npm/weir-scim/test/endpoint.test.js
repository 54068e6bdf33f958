import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { after, before, beforeEach, describe, test } from "node:test";
import { ControlRefused, StartFailed, start } from "weir-scim";
import { USER, create, send } from "./client.js";

describe("an endpoint", () => {
  /** @type {import("weir-scim").Endpoint} */
  let endpoint;
  before(async () => {
    endpoint = await start();
  });
  beforeEach(() => endpoint.reset());
  after(() => endpoint.stop());

  test("answers as soon as it is started", async () => {
    assert.equal(endpoint.target, "rfc");
    assert.match(endpoint.url, /^http:\/\/127\.0\.0\.1:\d+\/scim\/v2$/);
    const created = await create(endpoint, "bjensen@example.com");
    assert.equal(created.status, 201);
    assert.ok(created.json.meta.location.startsWith(endpoint.url));
  });

  test("loses resources, exchanges and deviations by a reset", async () => {
    await create(endpoint, "bjensen@example.com");
    await endpoint.setDeviations(["list.no-match-404"]);
    await endpoint.reset();
    assert.deepEqual([await endpoint.resources(), await endpoint.journal(), await endpoint.deviations()], [[], [], []]);
  });

  test("has a deviation inside its block only", async () => {
    const search = "/Users?filter=userName%20eq%20%22bjensen@example.com%22";
    const status = async () => (await send(endpoint, "GET", search)).status;
    assert.equal(await status(), 200);
    assert.equal(await endpoint.deviating(["list.no-match-404"], status), 404);
    await assert.rejects(endpoint.deviating(["list.no-match-404"], () => Promise.reject(new Error("of the client"))));
    assert.equal(await status(), 200);
  });

  test("has a lost answer in its journal", async () => {
    await endpoint.setDeviations(["write.answer-lost=first:1"]);
    await assert.rejects(create(endpoint, "bjensen@example.com"));
    assert.deepEqual((await endpoint.resources("User")).map((user) => user.userName), ["bjensen@example.com"]);
    assert.deepEqual((await endpoint.journal()).map(String), ["POST /scim/v2/Users -> 201, lost"]);
  });

  test("shows requests and answers without credentials", async () => {
    await create(endpoint, "bjensen@example.com");
    await send(endpoint, "GET", "/Users?count=1&filter=userName%20pr");
    const [post] = await endpoint.journal({ method: "POST", status: 201 });
    assert.deepEqual(post?.requestJson(), { schemas: [USER], userName: "bjensen@example.com" });
    assert.equal(post?.requestHeaders["content-type"], "application/scim+json");
    assert.ok(!JSON.stringify(post).includes(endpoint.token));
    const [get] = await endpoint.journal({ method: "GET" });
    assert.equal(get?.path, "/scim/v2/Users");
    assert.equal(get?.query.get("filter"), "userName pr");
    assert.equal(get?.requestJson(), undefined);
    await endpoint.clearJournal();
    assert.deepEqual(await endpoint.journal(), []);
  });

  test("takes data and people", async () => {
    assert.equal(await endpoint.load([{ schemas: [USER], userName: "ada@example.com" }]), 1);
    await endpoint.addPeople(3);
    assert.equal((await endpoint.resources("User")).length, 4);
    assert.deepEqual((await endpoint.resources("Group")).map((group) => group.displayName).sort(), ["everyone", "ten"]);
  });

  test("refuses data and deviations with the reason", async () => {
    await assert.rejects(endpoint.load([{ schemas: [USER] }]), (problem) => {
      assert.ok(problem instanceof ControlRefused);
      assert.equal(problem.status, 400);
      assert.match(problem.message, /userName/);
      return true;
    });
    await assert.rejects(endpoint.setDeviations(["list.no-match-405"]), /list\.no-match-404/);
  });

  test("saves a state and returns to it", async () => {
    await endpoint.addPeople(2);
    await endpoint.save("two people");
    for (const user of await endpoint.resources("User")) {
      await send(endpoint, "DELETE", `/Users/${user.id}`);
    }
    assert.equal((await endpoint.resources("User")).length, 0);
    await endpoint.restore("two people");
    assert.equal((await endpoint.resources("User")).length, 2);
  });

  test("moves its clock", async () => {
    const year = async (/** @type {string} */ name) =>
      Number((await create(endpoint, name)).json.meta.created.slice(0, 4));
    const before = await year("before@example.com");
    await endpoint.advance(400 * 24 * 3600);
    assert.ok((await year("after@example.com")) > before);
  });

  test("has applications with credentials of their own", async () => {
    assert.notEqual(endpoint.application("other").bearer, endpoint.token);
    await endpoint.load([{ schemas: [USER], userName: "ada@example.com" }], "other");
    assert.equal((await endpoint.resources("User", "other")).length, 1);
    assert.deepEqual(await endpoint.resources("User"), []);
    assert.throws(() => endpoint.application("third"), /default, other/);
  });
});

test("the accounts behind a gateway are seen", async () => {
  const gateway = await start({ target: "aquera", people: 1, deviations: ["list.no-match-404"] });
  try {
    await create(gateway, "bjensen@example.com");
    assert.equal((await gateway.accounts()).length, 2);
    assert.ok((await gateway.deviations()).includes("list.no-match-404"));
  } finally {
    await gateway.stop();
  }
  assert.equal(gateway.isRunning, false);
  await gateway.stop();
});

test("credentials of the environment are not taken", async () => {
  process.env["WEIR_BEARER"] = "of-another-endpoint";
  try {
    const endpoint = await start();
    assert.notEqual(endpoint.token, "of-another-endpoint");
    await endpoint[Symbol.asyncDispose]();
  } finally {
    delete process.env["WEIR_BEARER"];
  }
});

test("a target that does not exist is named", async () => {
  await assert.rejects(start({ target: "aquerra" }), (problem) => {
    assert.ok(problem instanceof StartFailed);
    assert.match(problem.message, /did you mean "aquera"/);
    return true;
  });
});

test("an endpoint that is not ready in time is ended", async () => {
  await assert.rejects(start({ timeout: 0 }), /was not ready in 0 ms/);
});

for (const way of ["ends", "is killed"]) {
  test(`it stops when the program that started it ${way}`, async () => {
    const program = new URL("program.js", import.meta.url).pathname;
    const child = spawn(process.execPath, [program, way], { stdio: ["pipe", "pipe", "inherit"] });
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const ended = once(child, "exit");
    if (way === "is killed") {
      child.kill("SIGKILL");
    }
    await ended;
    await gone(new URL(line));
  });
}

/**
 * Resolves when nothing listens any more: a connection is held until the other side ends it, and then tried anew.
 * @param {URL} url
 */
async function gone(url) {
  for (;;) {
    const socket = connect(Number(url.port), url.hostname);
    try {
      await once(socket, "connect");
    } catch {
      return;
    }
    socket.resume();
    // It may be reset.
    socket.on("error", () => {});
    await new Promise((resolve) => socket.once("close", resolve));
  }
}
