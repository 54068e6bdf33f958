//! The token endpoint (RFC 6749 section 4.4): a client's id and secret against a bearer token.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use scim::ErrorKind;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::auth::Gate;
use crate::message::{Answer, Refusal, SCIM_JSON};

/// Where it is, below the origin.
pub const PATH: &str = "/oauth/token";

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Why no token is given: the word of RFC 6749 section 5.2, and a sentence.
struct TokenRefusal(&'static str, &'static str);

/// Answers a request to the token endpoint.
pub fn answer(method: &Method, headers: &HeaderMap, body: &Bytes, gate: &Gate, now: Timestamp) -> Answer {
    if method != Method::POST {
        let detail = "tokens are asked for by POST; the Allow header says what is possible here";
        let refusal = Refusal::new(ErrorKind::MethodNotAllowed, detail).with_header(header::ALLOW, "POST, OPTIONS");
        if method == Method::OPTIONS {
            return Answer::empty(StatusCode::NO_CONTENT).with_header(header::ALLOW, "POST, OPTIONS");
        }
        return refusal.into_answer(SCIM_JSON);
    }
    let answer = match issue(headers, body, gate, now) {
        Ok(answer) => answer,
        Err(TokenRefusal(word, description)) => {
            let status = if word == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
            let body = json!({ "error": word, "error_description": description }).to_string();
            let answer = Answer::with_body(status, JSON, body);
            // A client that tried Basic must be told the scheme, and the others may be (RFC 6749 section 5.2).
            if status == StatusCode::UNAUTHORIZED {
                answer.with_header(header::WWW_AUTHENTICATE, "Basic realm=\"weir token\"")
            } else {
                answer
            }
        }
    };
    answer.with_header(header::CACHE_CONTROL, "no-store").with_header(header::PRAGMA, "no-cache")
}

fn issue(headers: &HeaderMap, body: &Bytes, gate: &Gate, now: Timestamp) -> Result<Answer, TokenRefusal> {
    let content_type = headers.get(header::CONTENT_TYPE).map_or(b"".as_slice(), HeaderValue::as_bytes);
    let media_type = content_type.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    if !media_type.eq_ignore_ascii_case(FORM.as_bytes()) {
        return Err(TokenRefusal("invalid_request", "send the parameters as application/x-www-form-urlencoded"));
    }
    let form = TokenForm::read(body)?;
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err(TokenRefusal("unsupported_grant_type", "the grant type is client_credentials")),
        None => {
            return Err(TokenRefusal("invalid_request", "grant_type is missing; send grant_type=client_credentials"));
        }
    }
    let (id, secret) = client(headers, &form)?;
    let wrong = TokenRefusal("invalid_client", "id and secret are not those of a client of this endpoint");
    let grant = gate.client(&id, &secret).ok_or(wrong)?;
    let writes = match form.scope.as_deref().filter(|scope| !scope.trim().is_empty()) {
        None => grant.writes,
        Some(scope) => {
            let mut writes = false;
            for word in scope.split_ascii_whitespace() {
                match word {
                    "read" => {}
                    "write" if grant.writes => writes = true,
                    _ => {
                        return Err(TokenRefusal(
                            "invalid_scope",
                            "the scopes are read and, where the client may, write",
                        ));
                    }
                }
            }
            writes
        }
    };
    let token = gate.tokens.issue(grant, writes, now);
    let body = json!({
        "access_token": token.expose_secret(),
        "token_type": "Bearer",
        "expires_in": gate.tokens.lifetime().as_secs(),
        "scope": if writes { "read write" } else { "read" },
    });
    Ok(Answer::with_body(StatusCode::OK, JSON, body.to_string()))
}

/// The client's id and secret, from the header or from the form, and not from both (RFC 6749 section 2.3).
fn client(headers: &HeaderMap, form: &TokenForm) -> Result<(String, String), TokenRefusal> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return match (&form.client_id, &form.client_secret) {
            (Some(id), Some(secret)) => Ok((id.clone(), secret.clone())),
            _ => Err(TokenRefusal(
                "invalid_client",
                "send the client's id and secret by Basic authentication or in the form",
            )),
        };
    };
    if form.client_secret.is_some() {
        return Err(TokenRefusal("invalid_request", "the client authenticates in two ways; leave one out"));
    }
    let malformed = || TokenRefusal("invalid_client", "the Authorization header holds no client id and secret");
    let (scheme, rest) = value.to_str().ok().and_then(|value| value.trim().split_once(' ')).ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let pair = STANDARD.decode(rest.trim()).ok().and_then(|pair| String::from_utf8(pair).ok()).ok_or_else(malformed)?;
    let (id, secret) = pair.split_once(':').ok_or_else(malformed)?;
    // Both are form-encoded before they are put together (RFC 6749 section 2.3.1).
    Ok((decoded(id), decoded(secret)))
}

fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('&', "%26"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The parameters that count.
#[derive(Default)]
struct TokenForm {
    grant_type: Option<String>,
    scope: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

impl TokenForm {
    fn read(body: &[u8]) -> Result<Self, TokenRefusal> {
        let mut form = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            let slot = match &*name {
                "grant_type" => &mut form.grant_type,
                "scope" => &mut form.scope,
                "client_id" => &mut form.client_id,
                "client_secret" => &mut form.client_secret,
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return Err(TokenRefusal("invalid_request", "a parameter is given twice; give it once"));
            }
        }
        Ok(form)
    }
}
