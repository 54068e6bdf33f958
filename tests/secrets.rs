//! Where secrets go: to the endpoint that the user named, and nowhere else.

#[path = "support/proxy.rs"]
mod proxy;
mod support;

use proxy::{Listener, Message};
use serde_json::Value;
use support::{Served, run};

const TWENTY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories/twenty.ldif");

/// A listener at which nothing has to arrive.
fn stranger() -> Listener {
    Listener::answering(|_| Message::answer("200 OK", &[], "{}"))
}

/// The endpoint whose every URL, in bodies and headers, has the origin of `stranger`.
fn misnamed(served: &Served, stranger: &Listener) -> Listener {
    let url = served.value("URL").to_owned();
    let own = url[..url.find("/scim").expect("a base path")].to_owned();
    let other = stranger.origin.clone();
    Listener::before(&url, move |request, answer| {
        answer.replace(&own, &other);
        // The endpoint writes its URLs with the host that it is asked for.
        answer.replace(&format!("http://{}", request.header("host").expect("a host")), &other);
    })
}

fn assert_nothing_arrived(stranger: &Listener, what: &str) {
    let arrived: Vec<String> = stranger.take().iter().map(Message::text).collect();
    assert!(arrived.is_empty(), "{what}: another origin was sent\n{}", arrived.join("\n\n"));
}

#[test]
fn nothing_is_sent_to_an_origin_that_only_the_endpoint_names() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger-of-the-run"]);
    let stranger = stranger();
    let endpoint = misnamed(&served, &stranger);
    let url = format!("{}/scim/v2", endpoint.origin);
    let with_secrets = ["--bearer", "t1ger-of-the-run", "--header", "X-Extra: extra-s3cret"];
    let configuration = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("secrets-origins.toml");
    let configuration = configuration.to_str().expect("a path");
    for arguments in [
        &["check", &url, "--format", "json"][..],
        &["check", &url, "--as", "pingfederate-aquera", "--as", "pingone-scim", "--people", "5", "--format", "json"],
        &["provision", "--as", "pingfederate-aquera", "--source", TWENTY, &url],
        &["init", &url, "--output", configuration, "--force"],
        &["bench", &url, "--duration", "1", "--warm-up", "0", "--people", "5"],
        &["clean", &url, "--prefix", "weir-"],
    ] {
        let ran = run(&[arguments, &with_secrets].concat());
        assert!(matches!(ran.status, 0 | 1), "{arguments:?}: {}", ran.stderr);
        assert!(!endpoint.take().is_empty(), "{arguments:?}");
        assert_nothing_arrived(&stranger, &format!("{arguments:?}"));
        if arguments == ["check", &url, "--format", "json"] {
            let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
            for (check, place) in [
                ("create.location", "Location"),
                ("common-attributes.location", "meta.location"),
                ("me.register", "Location"),
                ("bulk.location", "Operations[0].location"),
                ("groups.member-references", "the $ref"),
            ] {
                assert_names(&report, check, &format!("{place} names another origin"), &stranger.origin);
            }
        }
    }
}

/// The report's finding of this check says so, and what came.
fn assert_names(report: &Value, check: &str, message: &str, observed: &str) {
    let checks = report["checks"].as_array().expect("checks");
    let finding = checks.iter().find(|finding| finding["id"] == check).unwrap_or_else(|| panic!("no {check}"));
    let found = finding["problems"].as_array().into_iter().flatten().any(|problem| {
        problem["message"] == message && problem["observed"].as_str().is_some_and(|text| text.starts_with(observed))
    });
    assert!(found, "{check} does not say {message:?}: {finding:#}");
}

#[test]
fn a_redirect_leads_nowhere() {
    let stranger = stranger();
    let location = format!("Location: {}/scim/v2/Users", stranger.origin);
    let endpoint = Listener::answering(move |_| Message::answer("307 Temporary Redirect", &[&location], "{}"));
    let url = format!("{}/scim/v2", endpoint.origin);
    let token_url = format!("{}/token", endpoint.origin);
    for arguments in [
        &["check", &url, "--bearer", "t1ger-of-the-run"][..],
        &["provision", "--as", "pingone-scim", "--source", TWENTY, &url, "--bearer", "t1ger-of-the-run"],
        &["check", &url, "--oauth-client", "weir:client-s3cret", "--oauth-token-url", &token_url],
        &["clean", &url, "--prefix", "weir-", "--basic", "u:passw0rd-of-u"],
    ] {
        let ran = run(arguments);
        assert!(matches!(ran.status, 1 | 3), "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        assert!(!endpoint.take().is_empty(), "{arguments:?}");
        assert_nothing_arrived(&stranger, &format!("{arguments:?}"));
    }
}

#[test]
fn each_of_two_tenants_gets_its_own_credentials_only() {
    let served = ["first-t0ken", "second-t0ken"].map(|token| Served::start(&["--target", "rfc", "--bearer", token]));
    let [first, second] = served.each_ref().map(|served| Listener::before(served.value("URL"), |_, _| {}));
    let [url, other] = [&first, &second].map(|endpoint| format!("{}/scim/v2", endpoint.origin));
    let arguments = ["check", &url, "--only", "multi-tenancy", "--bearer", "first-t0ken", "--format", "json"];
    let further = ["--header", "X-Extra: extra-s3cret", "--second-url", &other, "--second-bearer", "second-t0ken"];
    let ran = run(&[&arguments[..], &further].concat());
    assert!(matches!(ran.status, 0 | 1), "{}", ran.stderr);
    for (endpoint, own, others) in [
        (&first, &["first-t0ken", "extra-s3cret"][..], &["second-t0ken"][..]),
        (&second, &["second-t0ken"], &["first-t0ken", "extra-s3cret"]),
    ] {
        let arrived: Vec<String> = endpoint.take().iter().map(Message::text).collect();
        for secret in own {
            assert!(arrived.iter().any(|request| request.contains(secret)), "{secret} is not used");
        }
        for secret in others {
            assert!(!arrived.iter().any(|request| request.contains(secret)), "{secret} went to the other tenant");
        }
    }
    let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
    assert!(report["leftovers"].as_array().is_some_and(Vec::is_empty), "{:#}", report["leftovers"]);
}
