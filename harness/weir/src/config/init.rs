//! Writes a configuration for an endpoint that has been asked what it is.

use std::fmt::Write as _;
use std::path::Path;

use scim::capability::Capability;
use url::Url;
use weir_exchange::legible;

/// A configuration with every setting that there is: those that discovery answers are filled in, the others stand as
/// comments. `missing` is what the endpoint does not offer, `token` the file that holds the bearer token, if it is one.
pub fn commented(url: &Url, resource_types: &[String], missing: &[Capability], token: Option<&Path>) -> String {
    let types: Vec<String> = resource_types.iter().map(|name| basic_string(name)).collect();
    let mut text = format!(
        "# How Weir reaches this endpoint and what it tests; `weir check` reads this file where it is run, and flags win over it.\n\
         \n\
         url = {}  # the SCIM base URL\n\
         resource_types = [{}]  # only these are tested; more that the endpoint publishes are left alone\n",
        basic_string(url.as_str()),
        types.join(", "),
    );
    let bearer = match token {
        Some(file) => format!("bearer = {{ file = {} }}", basic_string(&file.to_string_lossy())),
        None => BEARER.to_owned(),
    };
    text.push_str(&REST.replacen(BEARER, &bearer, 1));
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

const BEARER: &str = r#"bearer = { env = "WEIR_BEARER" }"#;

const REST: &str = r#"
# One kind of credentials. A secret is a text, or { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }.
[credentials]
bearer = { env = "WEIR_BEARER" }
# basic = { env = "WEIR_BASIC" }              # USER:PASS
# [credentials.oauth]                         # client credentials; a token is renewed before it runs out
# token_url = "https://login.example.com/oauth2/token"
# client = "weir"                             # the id of the client
# secret = { env = "WEIR_OAUTH_SECRET" }
# scope = "scim"                              # what to ask the token endpoint for

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
