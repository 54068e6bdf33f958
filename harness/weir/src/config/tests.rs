use std::path::Path;

use scim::capability::Capability;
use secrecy::ExposeSecret as _;

use super::*;

fn parse(text: &str) -> Result<Config, FileFault> {
    Config::parse(Path::new("ci/weir.toml"), text)
}

#[test]
fn everything_is_read() {
    let config = parse(
        r#"
        url = "https://scim.example.com/v2"
        resource_types = ["User"]
        [credentials]
        bearer = { file = "token.txt" }
        [headers]
        X-Tenant = "mill"
        X-Key = { env = "MILL_KEY" }
        [transport]
        ca = "ca.pem"
        certificate = "client.pem"
        proxy = "http://proxy.example.com:3128"
        timeout = 5
        [pace]
        concurrency = 2
        rate = 10.0
        budget = 3000
        settle = 0.5
        [features]
        assume = ["patch"]
        skip = ["bulk", "filter.groups"]
        [attributes.User]
        userName = "{word}.{n}@corp.example"
        "name.givenName" = "Grace"
        leave_out = ["nickName"]
        [checks]
        only = ["patch", "create"]
        fail_on = "should"
        baseline = "known.toml"
        "#,
    )
    .expect("it is well formed");
    assert_eq!(config.url.map(String::from).as_deref(), Some("https://scim.example.com/v2"));
    assert!(
        matches!(config.credentials, Some(CredentialSource::Bearer(SecretSource::File(file))) if file == Path::new("ci/token.txt"))
    );
    assert_eq!(config.transport.ca.as_deref(), Some(Path::new("ci/ca.pem")));
    assert_eq!(config.pace.budget, Some(3000));
    assert_eq!(config.pace.settle, Some(Duration::from_millis(500)));
    assert_eq!(config.known.assume, [Capability::PatchUsers, Capability::PatchGroups]);
    assert_eq!(config.known.skip, [Capability::Bulk, Capability::FilterGroups]);
    assert_eq!(config.checks.fail_on, Some(FailOn::Should));
    assert_eq!(config.checks.baseline.as_deref(), Some(Path::new("ci/known.toml")));
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_key() {
    for (text, expected) in [
        ("urll = \"https://x.example\"", "line 1, key `urll`: unknown key \"urll\"; did you mean \"url\"?"),
        ("url = 7", "line 1, key `url`: expected a text, got the number 7"),
        (
            "url = \"scim.example.com\"",
            "line 1, key `url`: there is no scheme; did you mean https://scim.example.com/?",
        ),
        (
            "[credentials]\nbearer = \"a\"\nbasic = \"u:p\"",
            "line 1: [credentials] has more than one of `bearer`, `basic` and `oauth`; keep one",
        ),
        ("[credentials]", "line 1: [credentials] needs one of `bearer`, `basic` and `[credentials.oauth]`"),
        (
            "[credentials]\nbearer = { vault = \"x\" }",
            "line 2, key `bearer`: a secret is a text, or one of { env = \"NAME\" }, { file = \"PATH\" } and { command = [\"PROGRAM\", …] }",
        ),
        ("[pace]\nrate = 0.0", "line 2, key `rate`: the rate must be greater than 0"),
        ("[pace]\nconcurrency = 0", "line 2, key `concurrency`: the number must be greater than 0"),
        (
            "[pace]\nsettle = -1.0",
            "line 2, key `settle`: -1.0 is not a duration; write a number of seconds, 0 or more, or a text such as \"2s\"",
        ),
        (
            "[pace]\nsettle = \"2 days\"",
            "line 2, key `settle`: \"2 days\" is not a duration; write a number of seconds, 0 or more, or a text such as \"2s\"",
        ),
        ("[transport]\ntimeout = 0.5", "line 2, key `timeout`: 0.5 is not a whole number of seconds, 1 or more"),
        (
            "resource_types = [\"User\"]\n[attributes.Users]\ntitle = \"x\"",
            "line 2: unknown resource type of `resource_types` \"Users\"; did you mean \"User\"?",
        ),
        ("[transport]\nkey = \"k.pem\"", "line 2, key `key`: a key is of no use without `certificate`"),
        (
            "[transport]\nproxy = \"proxy\"",
            "line 2, key `proxy`: this is not the URL of a proxy: relative URL without a base",
        ),
        (
            "[attributes.User]\nuserName = \"ada\"",
            "line 2, key `userName`: userName has to differ from resource to resource: begin it with {name}, or with {word} or {prefix} and have {n} behind",
        ),
        (
            "[attributes.User]\ntitle = \"{nmae}\"",
            "line 2, key `title`: unknown placeholder \"nmae\"; did you mean \"name\"?",
        ),
        (
            "[checks]\nfail_on = \"all\"",
            "line 2, key `fail_on`: unknown level \"all\"; use one of must, should, note, never",
        ),
    ] {
        assert_eq!(parse(text).expect_err(text).to_string(), format!("ci/weir.toml, {expected}"));
    }
    let unknown = parse("[features]\nskip = [\"pach\"]").expect_err("there is no such capability");
    let expected = "ci/weir.toml, line 2, key `skip`: unknown capability \"pach\"; did you mean \"patch\"?";
    assert_eq!(unknown.to_string(), expected);
    let unknown = parse("[checks]\nonly = [\"pach\"]").expect_err("there is no such check");
    assert!(
        unknown.to_string().contains("line 2, key `only`: unknown check or topic \"pach\"; did you mean \"patch\"?"),
        "{unknown}"
    );
}

/// Every key that there is, with a value of another type, and out of its range where it has one.
#[test]
fn every_key_says_what_it_takes() {
    const KEYS: [(&str, &str, &[&str]); 26] = [
        ("", "url", &["7", "\"scim\"", "\"ftp://x.example\""]),
        ("", "resource_types", &["\"User\"", "[7]"]),
        ("credentials", "bearer", &["7", "\"\"", "{}", "{ file = 7 }", "{ fil = \"x\" }", "\"@x\""]),
        ("credentials", "basic", &["7", "{ env = [] }"]),
        ("credentials", "oauth", &["7", "{ client = \"c\" }"]),
        ("headers", "X-Key", &["7", "{ env = 7 }"]),
        ("transport", "ca", &["7"]),
        ("transport", "certificate", &["7"]),
        ("transport", "key", &["7", "\"k.pem\""]),
        ("transport", "proxy", &["7", "\"proxy\""]),
        ("transport", "insecure", &["7", "\"yes\""]),
        ("transport", "timeout", &["0", "-1", "\"long\"", "[]", "0.5"]),
        ("pace", "concurrency", &["0", "-1", "70000", "\"x\""]),
        ("pace", "rate", &["0.0", "-1.0", "\"x\"", "nan"]),
        ("pace", "budget", &["0", "-1", "\"x\""]),
        ("pace", "settle", &["-1", "\"x\"", "true"]),
        ("features", "assume", &["7", "[\"bulkk\"]", "[7]"]),
        ("features", "skip", &["7", "[\"bulkk\"]", "[7]"]),
        ("attributes.User", "title", &["{}", "\"{x}\"", "\"{word\""]),
        ("attributes.User", "leave_out", &["7", "[7]"]),
        ("checks", "only", &["\"patch\"", "[\"ptach\"]", "[\"patch.group\"]"]),
        ("checks", "skip", &["\"patch\"", "[\"ptach\"]", "[7]"]),
        ("checks", "scale", &["7"]),
        ("checks", "read_only", &["\"no\""]),
        ("checks", "fail_on", &["7", "\"all\""]),
        ("checks", "baseline", &["7"]),
    ];
    for (table, key, values) in KEYS {
        let head = if table.is_empty() { String::new() } else { format!("[{table}]\n") };
        let line = if table.is_empty() { 1 } else { 2 };
        for value in values {
            let text = format!("{head}{key} = {value}\n");
            let place = format!("ci/weir.toml, line {line}, key `{key}`: ");
            match Config::parse(Path::new("ci/weir.toml"), &text) {
                Err(fault) => {
                    let said = fault.to_string();
                    assert!(said.starts_with(&place), "{text}{said}");
                    assert!(said.lines().count() == 1 && !said.contains("invalid type"), "{text}{said}");
                }
                // What a secret is shows when it is read, before anything is sent.
                Ok(config) => {
                    let Some(CredentialSource::Bearer(source)) = config.credentials else { panic!("{text} passes") };
                    assert!(source.read(SecretKind::Token).is_err(), "{text}");
                }
            }
        }
        if !matches!(table, "headers" | "attributes.User") {
            let text = format!("{head}{key}x = 1\n");
            let said = parse(&text).expect_err(&text).to_string();
            let expected =
                format!("ci/weir.toml, line {line}, key `{key}x`: unknown key \"{key}x\"; did you mean \"{key}\"");
            assert!(said.starts_with(&expected), "{text}{said}");
        }
    }
    for (text, settle) in [("2", 2000), ("0.5", 500), ("\"2s\"", 2000), ("\"250ms\"", 250), ("\"1m\"", 60_000)] {
        let config = parse(&format!("[pace]\nsettle = {text}")).expect(text);
        assert_eq!(config.pace.settle, Some(Duration::from_millis(settle)), "{text}");
    }
}

#[test]
fn secrets_come_from_where_they_are_and_are_never_shown() {
    let words = ["sh", "-c", "echo t1ger"].map(str::to_owned).to_vec();
    let command = SecretSource::Command(words);
    assert_eq!(command.read(SecretKind::Token).expect("it prints one").expose_secret(), "t1ger");
    for (source, expected) in [
        (SecretSource::Environment("WEIR_NO_SUCH_VARIABLE".into()), "the variable WEIR_NO_SUCH_VARIABLE is not set"),
        (SecretSource::Command(vec!["false".into()]), "`false` ended with exit status: 1"),
        (SecretSource::Command(vec!["true".into()]), "`true` is empty"),
        (
            SecretSource::Text("Bearer t1ger".to_owned().into()),
            "the secret of the configuration begins with `Bearer `; give what follows",
        ),
        (
            SecretSource::Text("t1ger\nlion".to_owned().into()),
            "the secret of the configuration has a line break after 5 characters; give one line",
        ),
        (
            SecretSource::Text("@token.txt".to_owned().into()),
            "a text that begins with @ is not read as a file here; write { file = \"PATH\" }",
        ),
        (SecretSource::Text(" ".to_owned().into()), "the configuration is empty"),
    ] {
        assert_eq!(source.read(SecretKind::Token).expect_err("there is no secret").to_string(), expected);
    }
    let text = SecretSource::Text("t1ger".to_owned().into());
    assert_eq!(format!("{text:?}"), "the configuration");
}

#[test]
fn a_file_that_init_writes_can_be_read() {
    let url: Url = "https://scim.example.com/v2".parse().expect("it is a URL");
    let types = vec!["User".to_owned(), "a\"\\\n##[error]\u{1b}\u{202e}\u{e0001}".to_owned()];
    let token = CredentialSource::Bearer(SecretSource::File("token.txt".into()));
    let text = commented(&url, &types, &[Capability::Bulk], Some(&token));
    assert_eq!(weir_exchange::legible::lines(&text), text);
    let config = parse(&text).expect("it is well formed");
    assert_eq!(config.url, Some(url));
    assert_eq!(config.known.resource_types, Some(types));
    assert!(
        matches!(config.credentials, Some(CredentialSource::Bearer(SecretSource::File(file))) if file == Path::new("ci/token.txt"))
    );
}

#[test]
fn every_kind_of_credentials_that_init_writes_can_be_read() {
    let url: Url = "https://scim.example.com/v2".parse().expect("it is a URL");
    let command = || SecretSource::Command(vec!["pass".into(), "show \"scim\"".into()]);
    for (credentials, line) in [
        (CredentialSource::Basic(SecretSource::Environment("SCIM_LOGIN".into())), "basic = { env = \"SCIM_LOGIN\" }"),
        (CredentialSource::Bearer(command()), r#"bearer = { command = ["pass", "show \"scim\""] }"#),
        (
            CredentialSource::Oauth {
                token_url: "https://login.example.com/token".parse().expect("it is a URL"),
                client: "weir".into(),
                secret: command(),
                scope: Some("scim".into()),
            },
            "client = \"weir\"",
        ),
    ] {
        let text = commented(&url, &["User".to_owned()], &[], Some(&credentials));
        assert!(text.lines().any(|own| own.starts_with(line)), "{line} is missing in\n{text}");
        let read = parse(&text).expect("it is well formed").credentials.expect("it has credentials");
        assert_eq!(format!("{read:?}"), format!("{credentials:?}"));
    }
    let text = commented(&url, &["User".to_owned()], &[], None);
    assert!(parse(&text).expect("it is well formed").credentials.is_none(), "{text}");
}
