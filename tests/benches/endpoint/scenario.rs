//! What is measured, and the table that comes out.

use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use crate::Options;
use crate::bare;
use crate::load::{self, Connection};
use crate::process::Process;

const TOKEN: &str = "benchmark-token";

/// Runs every scenario and prints the table.
pub fn run_all(options: &Options) -> Result<(), String> {
    let empty = weir(0)?.resident_bytes()?;
    let started = Instant::now();
    let weir = weir(options.people)?;
    #[expect(clippy::cast_precision_loss, reason = "populations are far below 2^52")]
    let people = options.people as f64;
    println!("people                       {}", options.people);
    println!("start with seeding           {:.2} s", started.elapsed().as_secs_f64());
    println!("resident bytes a user        {:.0}", (weir.resident_bytes()? - empty) / people);

    let mut control = Connection::open(&weir.address)?;
    let ids = sample_ids(&mut control, options.people)?;
    let body = control.send(&get(&format!("/scim/v2/Users/{}", ids[0])))?.body.len();
    println!("bytes of a user on the wire  {body}\n");
    let mut program = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
    program.arg(bare::COMMAND).arg(body.to_string());
    let bare = Process::start(program)?;

    println!("{:<44} {:>24} {:>24}", "against the bare route", "CPU ratio min/med/max", "throughput min/med/max");
    let by_id =
        |connection: usize, turn: usize| get(&format!("/scim/v2/Users/{}", ids[scatter(connection, turn) % ids.len()]));
    compare(options, &weir, &bare, "GET /Users/{id}", &by_id, &by_id)?;
    let by_name = |connection: usize, turn: usize| {
        let number = scatter(connection, turn) % options.people;
        get(&format!("/scim/v2/Users?filter=userName%20eq%20%22person.{number}%40example.com%22"))
    };
    compare(options, &weir, &bare, "GET /Users?filter=userName eq", &by_name, &by_name)?;
    // Names must not repeat over connections, turns, and the rounds of this run.
    let round = std::sync::atomic::AtomicUsize::new(0);
    let post = |_: usize, _: usize| {
        let number = round.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        send("POST", "/scim/v2/Users", &new_user(number))
    };
    compare(options, &weir, &bare, "POST /Users", &post, &post)?;
    let patch = |connection: usize, turn: usize| {
        let operation = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"replace","path":"title","value":"Title {turn}"}}]}}"#
        );
        send("PATCH", &format!("/scim/v2/Users/{}", ids[scatter(connection, turn) % ids.len()]), &operation)
    };
    compare(options, &weir, &bare, "PATCH /Users/{id} one attribute", &patch, &patch)?;

    println!("\n{:<44} {:>24}", "latency of one connection", "µs min/med/max");
    let page = |start: usize| get(&format!("/scim/v2/Users?startIndex={start}&count=100"));
    latency(&weir, "first page of 100", options.rounds * 50, &|_| page(1))?;
    latency(&weir, "page of 100 at nine tenths", options.rounds * 50, &|_| page(options.people / 10 * 9 + 1))?;
    latency(&weir, "title co \"eeper 9\", count 10, no index", options.rounds * 5, &|_| {
        get("/scim/v2/Users?filter=title%20co%20%22eeper%209%22&count=10")
    })?;
    for name in ["ten", "everyone"] {
        let group = find_group(&mut control, name)?;
        let member = &ids[ids.len() - 1];
        let toggle = |turn: usize| {
            let operation = if turn.is_multiple_of(2) {
                format!(r#"{{"op":"remove","path":"members[value eq \"{member}\"]"}}"#)
            } else {
                format!(r#"{{"op":"add","path":"members","value":[{{"value":"{member}"}}]}}"#)
            };
            let body = format!(
                r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operation}]}}"#
            );
            send("PATCH", &format!("/scim/v2/Groups/{group}"), &body)
        };
        latency(&weir, &format!("one member removed or added, group \"{name}\""), options.rounds * 200, &toggle)?;
    }
    Ok(())
}

fn weir(people: usize) -> Result<Process, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weir"));
    command.args(["serve", "--target", "rfc", "--listen", "127.0.0.1:0", "--journal", "heads"]);
    command.args(["--bearer", TOKEN, "--seed-people", &people.to_string()]);
    Process::start(command)
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n").into_bytes()
}

fn send(method: &str, path: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn new_user(number: usize) -> String {
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"new.{number}@example.com","name":{{"givenName":"New","familyName":"Person {number}","formatted":"New Person {number}"}},"displayName":"New Person {number}","title":"Engineer","active":true,"emails":[{{"value":"new.{number}@example.com","type":"work","primary":true}}],"phoneNumbers":[{{"value":"tel:+1-555-{number}","type":"work"}}]}}"#
    )
}

/// A fixed scatter over the population, so that no cache sees a pattern.
const fn scatter(connection: usize, turn: usize) -> usize {
    (connection + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(turn.wrapping_mul(0xD1B5_4A32_D192_ED03)) >> 17
}

fn sample_ids(control: &mut Connection, people: usize) -> Result<Vec<String>, String> {
    let mut ids = Vec::new();
    for step in 0..50 {
        let start = people / 50 * step + 1;
        let answer = control.send(&get(&format!("/scim/v2/Users?startIndex={start}&count=100&attributes=id")))?;
        let list: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        let resources = list["Resources"].as_array().ok_or("a list without Resources")?;
        ids.extend(resources.iter().filter_map(|user| user["id"].as_str().map(str::to_owned)));
    }
    Ok(ids)
}

fn find_group(control: &mut Connection, name: &str) -> Result<String, String> {
    let answer = control
        .send(&get(&format!("/scim/v2/Groups?filter=displayName%20eq%20%22{name}%22&excludedAttributes=members")))?;
    let list: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    list["Resources"][0]["id"].as_str().map(str::to_owned).ok_or(format!("no group {name}"))
}

type Request<'a> = dyn Fn(usize, usize) -> Vec<u8> + Sync + 'a;

/// CPU seconds a request and requests a second of one measurement.
fn measure(options: &Options, process: &Process, request: &Request<'_>) -> Result<(f64, f64), String> {
    let before = process.cpu_seconds()?;
    let measured = load::run(&process.address, options.connections, options.seconds, &[200, 201, 204], request)?;
    let cpu = process.cpu_seconds()? - before;
    #[expect(clippy::cast_precision_loss, reason = "request counts are far below 2^52")]
    let requests = measured.requests as f64;
    Ok((cpu / requests, requests / measured.seconds))
}

fn compare(
    options: &Options,
    weir: &Process,
    bare: &Process,
    name: &str,
    weir_request: &Request<'_>,
    bare_request: &Request<'_>,
) -> Result<(), String> {
    let (mut cpu, mut throughput) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        let (bare_cpu, bare_rate) = measure(options, bare, bare_request)?;
        let (weir_cpu, weir_rate) = measure(options, weir, weir_request)?;
        cpu.push(bare_cpu / weir_cpu);
        throughput.push(weir_rate / bare_rate);
    }
    println!("{name:<44} {:>24} {:>24}", spread(&mut cpu, 2), spread(&mut throughput, 2));
    Ok(())
}

fn latency(weir: &Process, name: &str, times: usize, request: &dyn Fn(usize) -> Vec<u8>) -> Result<(), String> {
    let mut connection = Connection::open(&weir.address)?;
    let mut samples = Vec::with_capacity(times);
    for turn in 0..times {
        let bytes = request(turn);
        let started = Instant::now();
        let answer = connection.send(&bytes)?;
        samples.push(started.elapsed().as_secs_f64() * 1e6);
        if answer.status >= 300 {
            return Err(format!("{name}: status {}: {}", answer.status, String::from_utf8_lossy(&answer.body)));
        }
    }
    println!("{name:<44} {:>24}", spread(&mut samples, 0));
    Ok(())
}

fn spread(samples: &mut [f64], digits: usize) -> String {
    samples.sort_by(f64::total_cmp);
    let at = |index: usize| samples.get(index).copied().unwrap_or(f64::NAN);
    format!(
        "{:.digits$} / {:.digits$} / {:.digits$}",
        at(0),
        at(samples.len() / 2),
        at(samples.len().saturating_sub(1))
    )
}
