//! `weir connection`, as a person runs it on the files of the vendors' APIs.

mod support;

use std::path::{Path, PathBuf};

use support::run;

const AQUERA: &str = include_str!("../fixtures/connections/pingfederate-aquera.json");

/// A file of this test's own.
fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn show(path: &Path, further: &[&str]) -> support::Ran {
    run(&[&["connection", "show", path.to_str().unwrap()], further].concat())
}

#[test]
fn a_connection_is_shown_without_its_secrets() {
    let ran = show(&file("connection-aquera.json", AQUERA), &[]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    for said in ["client  pingfederate-aquera", "Remove User Action        Disable", "emails[type eq \"work\"].value"] {
        assert!(ran.stdout.contains(said), "{said}:\n{}", ran.stdout);
    }
    assert!(!ran.stdout.contains("hidden-token"), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_used_ends_with_2_and_one_sentence() {
    let expression = AQUERA.replace("\"expression\": \"\"", "\"expression\": \"#this\"");
    let expression = file("connection-expression.json", &expression);
    let pingid = file("connection-pingid.json", &AQUERA.replace("Aquera Provisioner", "PingID Provisioner"));
    for (path, said) in [
        (Path::new("/nonexistent.json").to_owned(), "cannot be read"),
        (file("connection.xml", "<md:EntityDescriptor/>"), "get the JSON with GET"),
        (expression.clone(), "--ignore-expressions"),
        (pingid, "does not speak SCIM"),
    ] {
        let ran = show(&path, &[]);
        assert_eq!((ran.status, ran.stderr.lines().count()), (2, 1), "{}", ran.stderr);
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    assert_eq!(show(&expression, &["--ignore-expressions"]).status, 0);
}
