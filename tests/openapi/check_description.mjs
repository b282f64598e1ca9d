// node check_description.mjs <docs/openapi.yaml>: whether the description is valid OpenAPI, and says of every operation
// and member how well it is known.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The packages are installed below the working directory, not beside this file.
const require = createRequire(process.cwd() + "/package.json");
const { Validator } = await import(pathToFileURL(require.resolve("@seriousme/openapi-schema-validator")));
const description = require("js-yaml").load(readFileSync(process.argv[2], "utf8"));

const faults = [];
const { valid, errors } = await new Validator().validate(structuredClone(description));
if (!valid) faults.push(JSON.stringify(errors, null, 2));

const words = ["documented", "observed", "inferred"];
let known = 0;
function require_provenance(value, where) {
  if (words.includes(value["x-provenance"])) ++known;
  else faults.push(`${where}: x-provenance must be ${words.join(", ")}`);
}

function check_members(schema, where) {
  if (schema === null || typeof schema !== "object") return;
  for (const [name, member] of Object.entries(schema)) {
    if (name === "example") continue;
    if (name === "properties") {
      for (const [property, value] of Object.entries(member)) require_provenance(value, `${where}/${property}`);
    }
    // Validators refuse such a schema, and some then check nothing by it.
    if (name === "nullable" && !("type" in schema)) faults.push(`${where}: nullable needs a type beside it`);
    check_members(member, `${where}/${name}`);
  }
}

for (const [path, item] of Object.entries(description.paths)) require_provenance(item.post, path);
for (const part of ["securitySchemes", "parameters", "requestBodies", "responses"]) {
  for (const [name, value] of Object.entries(description.components[part])) require_provenance(value, `${part}/${name}`);
}
check_members(description.components.schemas, "schemas");

// Each of the twelve names of the reference stands at one operation.
const names = Object.values(description.paths).flatMap((item) => item.post["x-reference-names"] ?? []);
for (const each of names) require_provenance(each, each.name);
if (new Set(names.map((each) => each.name)).size !== 12) faults.push("there must be the twelve names of the reference");

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`valid OpenAPI ${description.openapi}: ${Object.keys(description.paths).length} paths, ${known} provenances`);
