// An endpoint in memory on scimmy-routers, to see what `weir check` says of a library that others wrote:
//   npm install express scimmy scimmy-routers && node scimmy.mjs 18098
import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const TOKEN = process.env.TOKEN ?? "tok";
const users = new Map();
const groups = new Map();

// What a handler of the library has to do: keep what comes in, and give back what matches. A resource's own filter decides, as the
// library's documentation shows.
const kept = (store, unique) => ({
  ingress(resource, data) {
    const known = store.get(resource.id);
    if (resource.id && !known) throw new SCIMMY.Types.Error(404, null, `${resource.id} is unknown`);
    const taken = [...store.values()].find(
      (other) => unique && other.id !== resource.id && other[unique]?.toLowerCase() === data[unique]?.toLowerCase(),
    );
    if (taken) throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is taken`);
    const now = new Date().toISOString();
    const id = resource.id ?? randomUUID();
    const { schemas, ...values } = JSON.parse(JSON.stringify(data));
    const meta = { created: known?.meta.created ?? now, lastModified: now };
    store.set(id, { ...values, id, meta });
    return store.get(id);
  },
  egress(resource) {
    if (resource.id) {
      const found = store.get(resource.id);
      if (!found) throw new SCIMMY.Types.Error(404, null, `${resource.id} is unknown`);
      return found;
    }
    const all = [...store.values()];
    return resource.filter ? resource.filter.match(all) : all;
  },
  degress(resource) {
    if (!store.delete(resource.id)) throw new SCIMMY.Types.Error(404, null, `${resource.id} is unknown`);
  },
});

SCIMMY.Resources.declare(SCIMMY.Resources.User, kept(users, "userName"));
SCIMMY.Resources.declare(SCIMMY.Resources.Group, kept(groups));

const app = express();
app.use(
  "/scim",
  new SCIMMYRouters({
    type: "bearer",
    docUri: "https://example.com/help",
    handler: (request) => {
      if (request.header("Authorization") !== `Bearer ${TOKEN}`) throw new Error("the token is wrong");
      return "nobody";
    },
  }),
);
app.listen(Number(process.argv[2] ?? 18098), "127.0.0.1", () => console.log("ready"));
