// The smallest client that the tests need.

export const USER = "urn:ietf:params:scim:schemas:core:2.0:User";

/**
 * @param {import("weir-scim").Endpoint} endpoint
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
export async function send(endpoint, method, path, body) {
  const answer = await fetch(endpoint.url + path, {
    method,
    headers: { ...endpoint.headers, "Content-Type": "application/scim+json", Connection: "close" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: text === "" ? undefined : JSON.parse(text) };
}

/**
 * @param {import("weir-scim").Endpoint} endpoint
 * @param {string} userName
 */
export function create(endpoint, userName) {
  return send(endpoint, "POST", "/Users", { schemas: [USER], userName });
}
