//! Files that people write and export: whatever is wrong with one, the answer names the file, the place, the problem and what
//! to do. Each kind of file is a row of [`KINDS`].

mod support;

use std::path::{Path, PathBuf};

use support::{Ran, ran, weir};

const LDIF: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories/company.ldif");
const USERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pingone/users.json");
const RULE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pingone/rule.json");
const NOWHERE: &str = "http://127.0.0.1:1";

/// A kind of file.
struct Kind {
    /// Of the file, whose ending may decide how it is read.
    name: &'static str,
    /// With `@` for the file.
    arguments: &'static [&'static str],
    /// A fault that only this kind has, and the answer behind `weir: `.
    broken: (&'static str, &'static str),
    /// What is said of an empty file; nothing where one is as good as any.
    empty: Option<&'static str>,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "weir.toml",
        arguments: &["check", "--config", "@", "--dry-run", NOWHERE],
        broken: ("url = 7\n", "weir.toml, line 1, key `url`: expected a text, got the number 7"),
        empty: None,
    },
    Kind {
        name: "target.toml",
        arguments: &["check", "--target", "@", "--dry-run"],
        broken: (
            "description = \"d\n",
            "target.toml, line 1, key `description`: the text has no closing quotation mark",
        ),
        empty: Some("the key `description` is missing"),
    },
    Kind {
        name: "schema.json",
        arguments: &["serve", "--listen", "127.0.0.1:0", "--schema", "@"],
        broken: (
            r#"{"id": "urn:x:User", "attributes": [{"name": "a", "type": "complex"}]}"#,
            "schema.json, line 1, urn:x:User:a: a complex attribute needs subAttributes",
        ),
        empty: Some("this is an empty file, not a SCIM schema or a resource type"),
    },
    Kind {
        name: "data.json",
        arguments: &["serve", "--target", "rfc", "--listen", "127.0.0.1:0", "--data", "@"],
        broken: ("[\n{\"userName\" 1}]", "data.json, line 2: not JSON: expected `:`"),
        empty: Some("the file is empty"),
    },
    Kind {
        name: "baseline.toml",
        arguments: &["check", "--target", "rfc", "--dry-run", "--baseline", "@"],
        broken: (
            "[[finding]]\ncheck = \"read.user\"\nverdict = \"fail\"\nreason = \" \"\n",
            "baseline.toml, line 4, key `reason`: the reason is empty; say why the finding is accepted",
        ),
        empty: None,
    },
    Kind {
        name: "mapping.json",
        arguments: &["provision", "--source", LDIF, "--mapping", "@", "--dry-run", NOWHERE],
        broken: ("{}", "mapping.json, attributeMapping: is missing; it is a list of fieldName and saasFieldInfo"),
        empty: Some("the file is empty"),
    },
    Kind {
        name: "people.ldif",
        arguments: &["provision", "--source", "@", "--dry-run", NOWHERE],
        broken: (
            "dn: uid=a,dc=example\nuid a\n",
            "people.ldif, line 2: \"uid a\" has no colon; a line is `attribute: value`, and a continued line starts with a blank",
        ),
        empty: Some("the file holds no entry; give the export of a directory"),
    },
    Kind {
        name: "changes.ldif",
        arguments: &["provision", "--source", LDIF, "--changes", "@", NOWHERE],
        broken: (
            "dn: uid=a,dc=example\nuid: a\n",
            "changes.ldif, line 1: this is an entry, but a file of changes is expected; say `changetype: add` after its dn",
        ),
        empty: Some("the file holds no change"),
    },
    Kind {
        name: "connection.json",
        arguments: &["connection", "show", "@"],
        broken: (
            "<EntityDescriptor/>",
            "connection.json, line 1: this is SAML metadata in XML, which is how the console exports a connection, and it has no \
             provisioning settings; get the JSON with GET /pf-admin-api/v1/idp/spConnections/{id}",
        ),
        empty: Some("the file is empty"),
    },
    Kind {
        name: "own.variants.toml",
        arguments: &["check", "--as", "pingfederate-aquera", "--variant", "@", "--dry-run"],
        broken: ("client = \"pingone-scim\"\n", "own.variants.toml, line 1, key `client`: "),
        empty: Some("the key `client` is missing"),
    },
    Kind {
        name: "traffic.har",
        arguments: &["calibrate", "pingone-scim", "@", "--output", "-"],
        broken: ("{\"log\":\n", "traffic.har, line 1: "),
        empty: Some("the recording holds no request; record one with `weir serve --record FILE`"),
    },
    Kind {
        name: "users.json",
        arguments: &["provision", "--as", "pingone-scim", "--source", "@", "--rule", RULE, "--dry-run", NOWHERE],
        broken: ("[", "users.json, line 1: not JSON: EOF while parsing a list"),
        empty: Some("the file is empty"),
    },
    Kind {
        name: "rule.json",
        arguments: &["provision", "--as", "pingone-scim", "--source", USERS, "--rule", "@", "--dry-run", NOWHERE],
        broken: (
            "{\"active\": false, \"mappings\": []}",
            "rule.json, active: the rule is switched off, so that nothing would be sent",
        ),
        empty: Some("the file is empty"),
    },
    Kind {
        name: "token.txt",
        arguments: &["check", "--bearer", "@@", "--yes", NOWHERE],
        broken: ("one\ntwo\n", "the secret of "),
        empty: Some("is empty"),
    },
    Kind {
        name: "authorities.pem",
        arguments: &["check", "--ca", "@", "--yes", NOWHERE],
        broken: (
            "x\n",
            "authorities.pem: the file holds no certificate in PEM; it begins with -----BEGIN CERTIFICATE-----",
        ),
        empty: Some("the file holds no certificate in PEM"),
    },
    Kind {
        name: "client.pem",
        arguments: &["check", "--cert", "@", "--yes", NOWHERE],
        broken: ("x\n", "client.pem: the file holds no certificate in PEM; it begins with -----BEGIN CERTIFICATE-----"),
        empty: Some("the file holds no certificate in PEM"),
    },
    Kind {
        name: "run.json",
        arguments: &["diff", "@", "@"],
        broken: ("{}", "run.json: this is an empty JSON object, not a report of `weir check --format json`"),
        empty: Some("the file is empty"),
    },
];

/// A folder of this test's own, which is the working directory of what runs in it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn run(&self, kind: &Kind) -> Ran {
        let path = format!("./{}", kind.name);
        let arguments: Vec<String> = kind
            .arguments
            .iter()
            .map(|word| match *word {
                "@" => path.clone(),
                "@@" => format!("@{path}"),
                word => word.to_owned(),
            })
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        ran(&weir(&arguments).current_dir(&self.0).output().expect("the binary starts"))
    }

    fn run_with(&self, kind: &Kind, content: &[u8]) -> Ran {
        let path = self.0.join(kind.name);
        std::fs::write(&path, content).unwrap();
        let ran = self.run(kind);
        std::fs::remove_file(&path).unwrap();
        ran
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays harms nothing.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn is_refused(kind: &Kind, state: &str, ran: &Ran, words: &str) {
    let said = &ran.stderr;
    assert_eq!(ran.status, 2, "{}, {state}: {}{said}", kind.name, ran.stdout);
    assert!(said.starts_with("weir: ") && said.lines().count() <= 3, "{}, {state}: {said}", kind.name);
    assert!(said.contains(kind.name) && said.contains(words), "{}, {state}: {words:?} is missing in {said}", kind.name);
    assert!(!said.contains("os error"), "{}, {state}: {said}", kind.name);
}

fn has_extension(name: &str, extension: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|own| own == extension)
}

#[test]
fn a_file_with_a_fault_is_answered_with_place_and_problem() {
    let folder = Folder::new("broken");
    for kind in KINDS {
        let (content, words) = kind.broken;
        is_refused(kind, "broken", &folder.run_with(kind, content.as_bytes()), words);
        // The same text as PowerShell and the tools of Active Directory write it.
        let marked = format!("\u{FEFF}{content}");
        for bytes in [
            marked.clone().into_bytes(),
            marked.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            marked.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ] {
            is_refused(kind, "broken in another encoding", &folder.run_with(kind, &bytes), words);
        }
    }
}

#[test]
fn a_file_that_is_not_there_or_not_a_text_is_answered_alike_for_every_kind() {
    let folder = Folder::new("states");
    for kind in KINDS {
        let missing = if kind.name == "baseline.toml" { "there is no baseline" } else { "there is no such file" };
        is_refused(kind, "missing", &folder.run(kind), missing);
        let path = folder.0.join(kind.name);
        std::fs::create_dir(&path).unwrap();
        is_refused(kind, "folder", &folder.run(kind), "it is a folder");
        std::fs::remove_dir(&path).unwrap();
        if let Some(words) = kind.empty {
            is_refused(kind, "empty", &folder.run_with(kind, b""), words);
        }
        let (utf16, binary) = if has_extension(kind.name, "pem") {
            ("no certificate in PEM", "no certificate in PEM")
        } else if has_extension(kind.name, "ldif") {
            ("begins as UTF-16 and holds bytes that are not UTF-16", "the file holds a NUL byte, so it is not text")
        } else {
            ("begins as UTF-16 and holds bytes that are not UTF-16", "the file holds a NUL byte, so it is not a text")
        };
        is_refused(kind, "half a character", &folder.run_with(kind, b"\xFF\xFEa\0b"), utf16);
        is_refused(kind, "binary", &folder.run_with(kind, b"\x80\x00\x81\xFE"), binary);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_must_not_be_read_says_so() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new("permission");
    for kind in KINDS {
        let path = folder.0.join(kind.name);
        std::fs::write(&path, "x").unwrap();
        let readable = folder.run(kind);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
        let locked = folder.run(kind);
        if std::fs::read(&path).is_err() {
            is_refused(kind, "permission", &locked, "the file cannot be read: permission is denied");
        } else {
            // The superuser reads everything: permissions change nothing for it.
            assert_eq!((locked.status, locked.stderr), (readable.status, readable.stderr), "{}", kind.name);
        }
        std::fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_byte_order_mark_and_line_ends_of_windows_change_nothing() {
    let folder = Folder::new("marks");
    for kind in KINDS.iter().filter(|kind| !has_extension(kind.name, "pem")) {
        let (content, words) = kind.broken;
        let windows = content.replace("\r\n", "\n").replace('\n', "\r\n");
        is_refused(kind, "CRLF", &folder.run_with(kind, windows.as_bytes()), words);
        is_refused(kind, "BOM", &folder.run_with(kind, format!("\u{FEFF}{content}").as_bytes()), words);
    }
}

/// The wrong document at each flag is refused as what it is, before anything of it is used.
#[test]
fn another_document_is_named_at_every_flag() {
    const DOCUMENTS: &[(&str, &str)] = &[
        (r#"{"_embedded": {"users": [{"id": "1", "username": "ada"}]}}"#, "a list of PingOne's users"),
        (r#"{"name": "Staff", "populationExpression": "id pr"}"#, "a rule of PingOne"),
        (r#"{"_embedded": {"rules": [{"name": "Staff"}]}}"#, "a list of PingOne's rules"),
        (
            r#"{"_embedded": {"mappings": [{"sourceAttribute": "a", "targetAttribute": "b"}]}}"#,
            "a list of a PingOne rule's mappings",
        ),
        (r#"{"type": "scim", "name": "HR", "configuration": {}}"#, "a store of PingOne"),
        (r#"{"name": "HR", "outboundProvision": {"type": "scim"}}"#, "a connection of PingFederate"),
        (
            r#"{"type": "SP", "name": "SSO", "entityId": "sso", "virtualEntityIds": []}"#,
            "a connection of PingFederate without outbound provisioning",
        ),
        (r#"{"attributeMapping": []}"#, "a mapping file"),
        (r#"{"log": {"entries": []}}"#, "an HTTP archive"),
        (r#"{"event": "deleted", "id": "1"}"#, "an event of PingOne"),
        ("<saasProvisioner/>", "PingFederate's saas-provisioner.xml"),
        ("dn: uid=ada,dc=example\nobjectClass: inetOrgPerson\nuid: ada\n", "LDIF"),
    ];
    let folder = Folder::new("others");
    for (name, own) in [
        ("people.ldif", &["LDIF"][..]),
        ("mapping.json", &["a mapping file"]),
        (
            "connection.json",
            &[
                "a connection of PingFederate",
                "a connection of PingFederate without outbound provisioning",
                "a store of PingOne",
                "PingFederate's saas-provisioner.xml",
            ],
        ),
        ("users.json", &["a list of PingOne's users"]),
        ("rule.json", &["a rule of PingOne", "a list of PingOne's rules"]),
        ("own.variants.toml", &[]),
        ("baseline.toml", &[]),
        ("target.toml", &[]),
    ] {
        let kind = KINDS.iter().find(|kind| kind.name == name).unwrap();
        for (content, what) in DOCUMENTS.iter().filter(|(_, what)| !own.contains(what)) {
            is_refused(kind, what, &folder.run_with(kind, content.as_bytes()), &format!("this is {what}"));
        }
    }
}
