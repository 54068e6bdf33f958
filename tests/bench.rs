//! `weir bench` from outside: what it prints, what it leaves behind, and how it ends.

mod support;

use serde_json::Value;
use support::{Served, peer, run};

fn short<'a>(served: &'a Served, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["bench", served.value("URL"), "--bearer", served.value("bearer")];
    arguments.extend(["--duration", "1", "--warm-up", "0", "--format", "json"]);
    if !more.contains(&"--people") {
        arguments.extend(["--people", "20"]);
    }
    arguments.extend(more);
    arguments
}

async fn count(served: &Served, collection: &str) -> u64 {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/{collection}?count=0", served.value("URL"));
    let list: Value = client.get(url).bearer_auth(served.value("bearer")).send().await.unwrap().json().await.unwrap();
    list["totalResults"].as_u64().unwrap()
}

#[tokio::test]
async fn every_shape_is_measured_and_nothing_is_left_behind() {
    let served = Served::start(&["--target", "rfc"]);
    let ran = run(&short(&served, &[]));
    assert_eq!(ran.status, 0, "{} {}", ran.stdout, ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let shapes = report["shapes"].as_array().unwrap();
    assert_eq!(shapes.len(), 7, "{report:#}");
    for shape in shapes {
        let millis = |name: &str| shape["millis"][name].as_f64().unwrap_or_else(|| panic!("{shape:#}"));
        assert!(shape["requests"].as_u64() > Some(0) && shape["failed"] == 0, "{shape:#}");
        assert!(0.0 < millis("p50") && millis("p50") <= millis("p99") && millis("p99") <= millis("max"), "{shape:#}");
        let counted: u64 =
            shape["distribution"].as_array().unwrap().iter().filter_map(|row| row["requests"].as_u64()).sum();
        assert!(counted >= shape["requests"].as_u64().unwrap(), "{shape:#}");
    }
    assert_eq!((count(&served, "Users").await, count(&served, "Groups").await), (0, 0));
    assert!(!ran.stdout.contains(served.value("bearer")), "a secret is in the result");
}

#[test]
fn an_open_loop_sends_what_is_due_and_no_more() {
    let served = Served::start(&["--target", "rfc"]);
    let ran = run(&short(&served, &["--shape", "get", "--rate", "50"]));
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.status, &report["loop"]), (0, &Value::from("open")), "{report:#}");
    assert_eq!(report["shapes"][0]["requests"], 50, "{report:#}");
}

#[test]
fn bad_usage_ends_with_2_and_an_endpoint_that_is_none_with_3() {
    let page = peer("HTTP/1.1 200 OK\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<!doctype html>");
    for (arguments, status, words) in [
        (&["bench", "http://192.0.2.1/scim"][..], 2, "--yes"),
        (&["bench", "--people", "0"], 2, "0 is not in"),
        (&["bench", "--shape", "sleep"], 2, "unknown shape \"sleep\"; use one of create, get"),
        (&["bench", "--output", "/no/such/folder/bench.json"], 2, "/no/such/folder/bench.json"),
        (&["bench", &page], 3, "is not a SCIM endpoint"),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.status, status, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn what_is_not_offered_is_skipped_and_refusals_are_counted_by_their_kind() {
    let served = Served::start(&["--target", "aquera"]);
    let ran = run(&short(&served, &["--shape", "patch", "--shape", "get"]));
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let skipped = report["shapes"][0]["skipped"].as_str().unwrap();
    assert_eq!((ran.status, skipped), (0, "the endpoint does not offer patch.users"), "{report:#}");
    assert!(report["shapes"][1]["requests"].as_u64() > Some(0), "{report:#}");

    let served = Served::start(&["--target", "rfc", "--rate-limit", "40"]);
    let ran = run(&short(&served, &["--shape", "get", "--people", "2"]));
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(ran.status, 1, "{report:#}");
    assert!(report["shapes"][0]["errors"]["429"].as_u64() > Some(0), "{report:#}");
}
