//! The one table of names whose values are secrets.
//!
//! A name is compared in any letter case and without signs, so that `client_secret`, `clientSecret` and `Client-Secret` are
//! one. Of a name with the URN of its schema, what follows the last colon counts (RFC 7644 section 3.10), and of a dotted
//! name each part.

/// Wherever one of these stands in a name, the value is a secret.
const ANYWHERE: [&str; 6] = ["password", "passwd", "passphrase", "passcode", "secret", "credential"];

/// Names that end with one of these. Without signs, as all of them.
const AT_END: [&str; 17] = [
    "token",
    "tokens",
    "assertion",
    "signature",
    "apikey",
    "accesskey",
    "accountkey",
    "authkey",
    "clientkey",
    "encryptionkey",
    "masterkey",
    "privatekey",
    "secretkey",
    "sharedkey",
    "signingkey",
    "subscriptionkey",
    "pwd",
];

/// Whole names.
const WHOLE: [&str; 16] = [
    "authorization",
    "proxyauthorization",
    "cookie",
    "setcookie",
    "samlresponse",
    "samlrequest",
    "samlart",
    "codeverifier",
    "authorizationcode",
    "authcode",
    "devicecode",
    "jwt",
    "otp",
    "sessionid",
    "jsessionid",
    "phpsessid",
];

/// Whole names that are secrets in a query or a form, and ordinary words of JSON: a country has a code, too.
const IN_PAIRS: [&str; 8] = ["code", "key", "pass", "pin", "auth", "ticket", "session", "sig"];

/// A name that ends so says something about a secret, and is none.
const ABOUT: [&str; 20] = [
    "policy",
    "policies",
    "url",
    "uri",
    "endpoint",
    "type",
    "date",
    "time",
    "expires",
    "expiresat",
    "expiresin",
    "expiry",
    "expiration",
    "expired",
    "changed",
    "changedat",
    "lastset",
    "length",
    "status",
    "supported",
];

/// Tokens that say where a list goes on.
const OF_LISTS: [&str; 7] = ["page", "next", "sync", "continuation", "skip", "cursor", "delta"];

/// Headers that hold one of these in their name, without signs.
const IN_HEADERS: [&str; 14] = [
    "authoriz",
    "authentication",
    "token",
    "secret",
    "passw",
    "passphrase",
    "passcode",
    "credential",
    "cookie",
    "apikey",
    "jwt",
    "assertion",
    "signature",
    "session",
];

/// Headers that have one of these as a word between hyphens.
const HEADER_WORDS: [&str; 7] = ["key", "auth", "dpop", "otp", "sid", "pwd", "bearer"];

/// Headers that the two lists above would take for secrets.
const PLAIN_HEADERS: [&str; 6] = [
    "idempotency-key",
    "sec-websocket-key",
    "signature-input",
    "surrogate-key",
    "www-authenticate",
    "proxy-authenticate",
];

/// Whether the value of the header is a secret. `WWW-Authenticate` is not; parameters of it can be.
#[must_use]
pub fn is_secret_header(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    if PLAIN_HEADERS.contains(&&*name) || name.starts_with("access-control-") {
        return false;
    }
    let bare = bare(&name);
    IN_HEADERS.iter().any(|part| bare.contains(part))
        || name.split(['-', '_', '.']).any(|word| HEADER_WORDS.contains(&word))
}

/// Whether the value of the member of a JSON object, or of the SCIM attribute, is a secret.
#[must_use]
pub fn is_secret_member(name: &str) -> bool {
    let own = name.rsplit(':').next().unwrap_or(name);
    own.split('.').any(is_secret)
}

/// Whether the value of the parameter of a query, a form or a header is a secret; the name is decoded.
#[must_use]
pub fn is_secret_parameter(name: &str) -> bool {
    is_secret_member(name) || is_secret_in_pairs(name)
}

/// Whether the name is a secret's among parameters, and among the members of an object that is a request for a token.
#[must_use]
pub fn is_secret_in_pairs(name: &str) -> bool {
    IN_PAIRS.contains(&&*bare(name))
}

fn is_secret(name: &str) -> bool {
    let name = bare(name);
    if ABOUT.iter().any(|end| name.ends_with(end)) {
        return false;
    }
    if name.ends_with("token") || name.ends_with("tokens") {
        return !OF_LISTS.iter().any(|word| name.contains(word));
    }
    ANYWHERE.iter().any(|part| name.contains(part))
        || AT_END.iter().any(|end| name.ends_with(end))
        || WHOLE.contains(&&*name)
}

/// Letters and digits alone, in lower case.
fn bare(name: &str) -> String {
    name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
