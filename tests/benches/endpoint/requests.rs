//! The endpoint under measurement, and the requests that are sent to it.

use std::process::Command;

use serde_json::Value;

use crate::load::Connection;
use crate::process::Process;

const TOKEN: &str = "benchmark-token";

/// `weir serve` with so many invented people, authentication and the journal's heads on.
pub fn weir(people: usize) -> Result<Process, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weir"));
    command.args(["serve", "--target", "rfc", "--listen", "127.0.0.1:0", "--journal", "heads"]);
    command.args(["--bearer", TOKEN, "--seed-people", &people.to_string()]);
    Process::start(command)
}

pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n").into_bytes()
}

pub fn send(method: &str, path: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub fn by_id(id: &str) -> Vec<u8> {
    get(&format!("/scim/v2/Users/{id}"))
}

pub fn by_name(number: usize) -> Vec<u8> {
    get(&format!("/scim/v2/Users?filter=userName%20eq%20%22person.{number}%40example.com%22"))
}

pub fn page(start: usize) -> Vec<u8> {
    get(&format!("/scim/v2/Users?startIndex={start}&count=100"))
}

/// A filter that no index helps with, so that everything is looked at.
pub fn scan() -> Vec<u8> {
    get("/scim/v2/Users?filter=title%20co%20%22eeper%209%22&count=10")
}

/// A user whose name differs by number.
pub fn post(number: usize) -> Vec<u8> {
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"new.{number}@example.com","name":{{"givenName":"New","familyName":"Person {number}","formatted":"New Person {number}"}},"displayName":"New Person {number}","title":"Engineer","active":true,"emails":[{{"value":"new.{number}@example.com","type":"work","primary":true}}],"phoneNumbers":[{{"value":"tel:+1-555-{number}","type":"work"}}]}}"#
    );
    send("POST", "/scim/v2/Users", &body)
}

pub fn patch_title(id: &str, turn: usize) -> Vec<u8> {
    let operation = format!(r#"{{"op":"replace","path":"title","value":"Title {turn}"}}"#);
    patch(&format!("/scim/v2/Users/{id}"), &operation)
}

/// Removes the member in even turns and adds it again in odd ones.
pub fn toggle_member(group: &str, member: &str, turn: usize) -> Vec<u8> {
    let operation = if turn.is_multiple_of(2) {
        format!(r#"{{"op":"remove","path":"members[value eq \"{member}\"]"}}"#)
    } else {
        format!(r#"{{"op":"add","path":"members","value":[{{"value":"{member}"}}]}}"#)
    };
    patch(&format!("/scim/v2/Groups/{group}"), &operation)
}

fn patch(path: &str, operation: &str) -> Vec<u8> {
    let body = format!(r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operation}]}}"#);
    send("PATCH", path, &body)
}

/// A fixed scatter over the population, so that no cache sees a pattern.
pub const fn scatter(connection: usize, turn: usize) -> usize {
    (connection + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(turn.wrapping_mul(0xD1B5_4A32_D192_ED03)) >> 17
}

/// The ids of the whole population: fewer would lie in the processor's cache after a while.
pub fn all_ids(weir: &Process, people: usize) -> Result<Vec<String>, String> {
    const PAGE: usize = 200;
    let mut connection = Connection::open(&weir.address)?;
    let mut ids = Vec::with_capacity(people);
    for start in (1..=people).step_by(PAGE) {
        let answer = connection.send(&get(&format!("/scim/v2/Users?startIndex={start}&count={PAGE}&attributes=id")))?;
        let list: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        let resources = list["Resources"].as_array().ok_or("a list without Resources")?;
        ids.extend(resources.iter().filter_map(|user| user["id"].as_str().map(str::to_owned)));
    }
    Ok(ids)
}

/// The id of one of the invented groups: `ten` has ten members, `everyone` all people.
pub fn find_group(weir: &Process, name: &str) -> Result<String, String> {
    let path = format!("/scim/v2/Groups?filter=displayName%20eq%20%22{name}%22&excludedAttributes=members");
    let answer = Connection::open(&weir.address)?.send(&get(&path))?;
    let list: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    list["Resources"][0]["id"].as_str().map(str::to_owned).ok_or(format!("no group {name}"))
}
