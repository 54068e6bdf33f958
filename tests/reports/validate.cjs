// Holds a SARIF log and an HTTP archive to their published schemas. Arguments: the two files. Packages are found by NODE_PATH.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const [sarif, har] = process.argv.slice(2).map((file) => JSON.parse(fs.readFileSync(file, "utf8")));
const packaged = (name) => path.dirname(require.resolve(`${name}/package.json`));
const read = (file) => JSON.parse(fs.readFileSync(file, "utf8"));
const wrong = [];

const Ajv = require("ajv");
const check = (name, ajv, schema, document) => {
  const validate = ajv.compile(schema);
  if (!validate(document)) {
    wrong.push(...validate.errors.slice(0, 10).map((error) => `${name}${error.dataPath}: ${error.message}`));
  }
};
// Both schemas are of drafts that call their name "id".
const lenient = { schemaId: "auto", allErrors: true, format: false, logger: false };
// Without the draft that they name, which says nothing that matters here.
const sarifSchema = read(path.join(packaged("@microsoft/jest-sarif"), "lib/schemas/sarif-2.1.0-rtm.5.json"));
delete sarifSchema.$schema;
check("sarif", new Ajv(lenient), sarifSchema, sarif);

const harFolder = path.join(packaged("har-schema"), "lib");
const ajv = new Ajv(lenient);
for (const file of fs.readdirSync(harFolder).filter((file) => file.endsWith(".json"))) {
  const schema = read(path.join(harFolder, file));
  delete schema.$schema;
  if (file !== "har.json") ajv.addSchema(schema);
}
const harSchema = read(path.join(harFolder, "har.json"));
delete harSchema.$schema;
check("har", ajv, harSchema, har);

if (sarif.runs[0].results.length === 0) wrong.push("sarif: it has no result");
if (har.log.entries.length === 0) wrong.push("har: it has no entry");
wrong.forEach((line) => console.log(line));
process.exit(wrong.length ? 1 : 0);
