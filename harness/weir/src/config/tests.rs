use std::path::Path;

use scim::capability::Capability;
use secrecy::ExposeSecret as _;

use super::*;

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(Path::new("ci/weir.toml"), text).map_err(|error| error.to_string())
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
            "line 1, key `url`: relative URL without a base; give a whole URL, such as https://example.com/scim/v2",
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
        ("[pace]\nsettle = -1.0", "line 2, key `settle`: `settle` is a number of seconds, 0 or more"),
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
        assert_eq!(parse(text).expect_err(text), format!("ci/weir.toml, {expected}"));
    }
    let unknown = parse("[features]\nskip = [\"pach\"]").expect_err("there is no such capability");
    let expected = "ci/weir.toml, line 2, key `skip`: unknown capability \"pach\"; did you mean \"patch\"?";
    assert_eq!(unknown, expected);
    let unknown = parse("[checks]\nonly = [\"pach\"]").expect_err("there is no such check");
    assert!(
        unknown.contains("line 2, key `only`: unknown check or topic \"pach\"; did you mean \"patch\"?"),
        "{unknown}"
    );
}

#[test]
fn secrets_come_from_where_they_are_and_are_never_shown() {
    let words = ["sh", "-c", "echo t1ger"].map(str::to_owned).to_vec();
    let command = SecretSource::Command(words);
    assert_eq!(command.read().expect("it prints one").expose_secret(), "t1ger");
    for (source, expected) in [
        (SecretSource::Environment("WEIR_NO_SUCH_VARIABLE".into()), "the variable WEIR_NO_SUCH_VARIABLE is not set"),
        (SecretSource::Command(vec!["false".into()]), "`false` ended with exit status: 1"),
        (SecretSource::Command(vec!["true".into()]), "`true` gives an empty text"),
    ] {
        assert_eq!(source.read().expect_err("there is no secret").to_string(), expected);
    }
    let text = SecretSource::Text("t1ger".to_owned().into());
    assert_eq!(format!("{text:?}"), "the configuration");
}

#[test]
fn a_file_that_init_writes_can_be_read() {
    let url: Url = "https://scim.example.com/v2".parse().expect("it is a URL");
    let types = vec!["User".to_owned(), "Group".to_owned()];
    let config = parse(&commented(&url, &types, &[Capability::Bulk])).expect("it is well formed");
    assert_eq!(config.url, Some(url));
    assert_eq!(config.known.resource_types, Some(types));
}
