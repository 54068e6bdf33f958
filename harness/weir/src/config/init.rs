//! Writes a configuration for an endpoint that has been asked what it is.

use std::fmt::Write as _;

use scim::capability::Capability;
use url::Url;
use weir_exchange::legible;

use super::{CredentialSource, SecretSource};

/// A configuration with every setting that there is: those that discovery answers are filled in, the others stand as
/// comments. `missing` is what the endpoint does not offer, `credentials` where they come from, if it takes any.
pub fn commented(
    url: &Url,
    resource_types: &[String],
    missing: &[Capability],
    credentials: Option<&CredentialSource>,
) -> String {
    let types: Vec<String> = resource_types.iter().map(|name| basic_string(name)).collect();
    let mut text = format!(
        "# How Weir reaches this endpoint and what it tests; `weir check` reads this file where it is run, and flags win over it.\n\
         \n\
         url = {}  # the SCIM base URL\n\
         resource_types = [{}]  # only these are tested; more that the endpoint publishes are left alone\n",
        basic_string(url.as_str()),
        types.join(", "),
    );
    text.push_str(CREDENTIALS);
    text.push_str(&credentials_table(credentials));
    text.push_str(REST);
    let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
    if !missing.is_empty() {
        let _ = write!(text, "\n# By discovery the endpoint does not offer: {}.\n", missing.join(", "));
    }
    text
}

/// A TOML basic string in which every character can be seen. The toml crate escapes control characters alone, and a build
/// service obeys what follows `##`.
fn basic_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c == '#' || legible::is_hidden(c) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The table of credentials: the kind that is given, and the others as comments.
fn credentials_table(credentials: Option<&CredentialSource>) -> String {
    let mut text = String::from(if credentials.is_some() { "[credentials]\n" } else { "# [credentials]\n" });
    let is_bearer = matches!(credentials, Some(CredentialSource::Bearer(_)));
    let is_basic = matches!(credentials, Some(CredentialSource::Basic(_)));
    let given = credentials.map(|credentials| secret_value(credentials.secret()));
    let value = |is_given: bool, default: &str| match &given {
        Some(given) if is_given => given.clone(),
        _ => format!("{{ env = {default:?} }}"),
    };
    let mark = |is_given: bool| if is_given { "" } else { "# " };
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}bearer = {}", mark(is_bearer), value(is_bearer, "WEIR_BEARER"));
    let _ = writeln!(text, "{}basic = {}  # USER:PASS", mark(is_basic), value(is_basic, "WEIR_BASIC"));
    let Some(CredentialSource::Oauth { token_url, client, scope, .. }) = credentials else {
        text.push_str(OAUTH);
        return text;
    };
    let _ = writeln!(text, "[credentials.oauth]  # client credentials; a token is renewed before it runs out");
    let _ = writeln!(text, "token_url = {}", basic_string(token_url.as_str()));
    let _ = writeln!(text, "client = {}  # the id of the client", basic_string(client));
    let _ = writeln!(text, "secret = {}", given.unwrap_or_default());
    match scope {
        Some(scope) => {
            let _ = writeln!(text, "scope = {}", basic_string(scope));
        }
        None => text.push_str("# scope = \"scim\"  # what to ask the token endpoint for\n"),
    }
    text
}

/// A place of a secret, as the configuration writes it.
fn secret_value(secret: &SecretSource) -> String {
    match secret {
        // A secret itself is never written.
        SecretSource::Text(_) => "{ env = \"WEIR_BEARER\" }".to_owned(),
        SecretSource::Environment(name) => format!("{{ env = {} }}", basic_string(name)),
        SecretSource::File(file) => format!("{{ file = {} }}", basic_string(&file.to_string_lossy())),
        SecretSource::Command(words) => {
            let words: Vec<String> = words.iter().map(|word| basic_string(word)).collect();
            format!("{{ command = [{}] }}", words.join(", "))
        }
    }
}

const CREDENTIALS: &str = r#"
# One kind of credentials. A secret is a text, or { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }.
"#;

const OAUTH: &str = r#"# [credentials.oauth]                         # client credentials; a token is renewed before it runs out
# token_url = "https://login.example.com/oauth2/token"
# client = "weir"                             # the id of the client
# secret = { env = "WEIR_OAUTH_SECRET" }
# scope = "scim"                              # what to ask the token endpoint for
"#;

const REST: &str = r#"
# Sent with every request; reports hide the values.
# [headers]
# X-Tenant = "example"

# [transport]
# ca = "ca.pem"                               # certificates of further authorities
# certificate = "client.pem"                  # the client's certificate, PEM
# key = "client.key"                          # its key, unless that is in the same file
# proxy = "http://proxy.example.com:3128"     # the proxy that leads to the endpoint
# insecure = false                            # true accepts any certificate
# timeout = 30                                # seconds until an answer is complete

# [pace]
# concurrency = 8                             # requests under way at once
# rate = 20.0                                 # requests a second
# budget = 6000                               # requests of a run; what it cannot afford is reported as blocked
# settle = 2.0                                # seconds until a change is visible everywhere

# Features by the names that a run prints, such as patch.users, sort or bulk.
# [features]
# assume = ["sort"]                           # offered, whatever discovery says
# skip = ["bulk"]                             # not to be tried

# How the values of new users are made: {name} is a name that begins with the run's prefix, {prefix} that prefix, {word} letters
# that stand for the check, {n} the number of the user.
# [attributes.User]
# userName = "{word}.{n}@example.com"
# "emails.value" = "{word}.{n}@example.com"
# "name.givenName" = "Grace"
# leave_out = ["nickName"]

# [checks]
# only = ["create", "patch.add"]              # topics, checks or patterns; `weir list checks` shows all
# skip = ["bulk"]                             # topics, checks or patterns to leave out
# scale = false                               # true adds slow checks: 10,000 users, a group of 5,000 members
# read_only = false                           # true leaves out every check that writes
# fail_on = "must"                            # the mildest finding that fails the run: must, should, note; or never
# baseline = "weir.baseline.toml"             # known findings; `weir check --update-baseline` writes it
# strict_baseline = false                     # true fails the run on known findings that are mended, too
"#;
