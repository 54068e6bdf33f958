// A program that starts an endpoint, says where it is, and does not stop it.
import { start } from "weir-scim";

const endpoint = await start();
console.log(endpoint.url);
if (process.argv[2] === "is killed") {
  process.stdin.resume();
}
