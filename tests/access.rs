//! Who gets in to `weir serve`, and how `weir check` gets in.

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use support::{Served, run};

const SOME: [&str; 4] = ["--only", "auth", "--only", "multi-tenancy"];

#[test]
fn a_check_fetches_tokens_for_a_client_and_uses_further_credentials() {
    let served = Served::start(&["--target", "rfc"]);
    let url = served.value("URL").to_owned();
    let tokens = served.value("tokens").to_owned();
    let reader = served.value("reader").to_owned();
    let client = served.value("oauth").to_owned();
    let secret = client.split_once(':').expect("it has a secret").1;
    let second = url.replace("/scim/v2", "/applications/other/scim/v2");
    let other = served.greeting.split_once("application other").expect("there is one").1;
    let bearer = other.lines().find_map(|line| line.trim().strip_prefix("bearer")).expect("it has a token").trim();
    let mut arguments = vec!["check", &url, "--oauth-token-url", &tokens, "--oauth-client", &client];
    arguments.extend(["--reader-bearer", &reader, "--second-bearer", bearer, "--second-url", &second, "--verbose"]);
    arguments.extend(SOME);
    let ran = run(&arguments);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    for check in ["auth.reader-cannot-write", "multi-tenancy.foreign-id", "auth.missing-credentials"] {
        let line = ran.stdout.lines().find(|line| line.contains(check)).unwrap_or_default();
        assert!(line.trim().starts_with("pass"), "{check}: {line:?} in {}", ran.stdout);
    }
    assert!(![secret, &reader, bearer].iter().any(|secret| ran.stdout.contains(secret)), "a secret is in the report");

    let wrong =
        run(&["check", &url, "--oauth-token-url", &tokens, "--oauth-client", "default:wrong", "--only", "auth"]);
    assert_eq!(wrong.status, 3, "{}{}", wrong.stdout, wrong.stderr);
    assert!(wrong.stderr.contains("invalid_client"), "{}", wrong.stderr);
}

#[test]
fn an_address_that_others_reach_needs_credentials_of_its_own() {
    let ran = run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("--bearer"), "{}", ran.stderr);
}

#[test]
fn the_loopback_address_of_ipv6_is_served() {
    let served = Served::start(&["--target", "rfc", "--listen", "[::1]:0", "--bearer", "t1ger"]);
    let url = served.value("URL").to_owned();
    let ran = run(&["check", &url, "--bearer", "t1ger", "--only", "errors"]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(url.starts_with("http://[::1]:"), "{url}");
}

#[test]
fn tls_is_spoken_with_the_files_given_and_plain_http_is_not() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file can be written");
        path.to_str().expect("the path is text").to_owned()
    };
    let made =
        rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).expect("it is made");
    let (certificate, key) = (file("cert.pem", &made.cert.pem()), file("key.pem", &made.signing_key.serialize_pem()));

    let served =
        Served::start(&["--target", "rfc", "--bearer", "t1ger", "--tls-cert", &certificate, "--tls-key", &key]);
    let url = served.value("URL").to_owned();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let ran = run(&["check", &url, "--bearer", "t1ger", "--ca", &certificate, "--only", "media-types"]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    let stranger = run(&["check", &url, "--bearer", "t1ger", "--only", "media-types"]);
    assert_eq!(stranger.status, 3, "{}", stranger.stdout);

    let address = url.strip_prefix("https://").and_then(|rest| rest.split('/').next()).expect("it has an address");
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.write_all(b"GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\n\r\n").expect("bytes can be sent");
    let mut answer = Vec::new();
    // A reset is as good as a close.
    let _ = stream.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "plain HTTP is answered");

    let unfitting = run(&["serve", "--listen", "127.0.0.1:0", "--tls-cert", &key, "--tls-key", &certificate]);
    assert_eq!(unfitting.status, 2);
    assert!(unfitting.stderr.contains("key.pem"), "{}", unfitting.stderr);
}
