use serde_json::{Value, json};

use super::*;

fn shown(content_type: &str, body: &str) -> String {
    let head = BodyHead { media_type: Some(content_type.as_bytes()), encoding: None };
    String::from_utf8_lossy(&Masker::default().body(head, body.as_bytes())).into_owned()
}

#[test]
fn headers_are_secrets_by_their_name() {
    for name in [
        "Authorization",
        "PROXY-AUTHORIZATION",
        "X-Forwarded-Authorization",
        "Cookie",
        "set-cookie",
        "X-Api-Key",
        "api-key",
        "ApiKey",
        "Ocp-Apim-Subscription-Key",
        "X-Auth-Token",
        "X-Amz-Security-Token",
        "Private-Token",
        "X-Client-Secret",
        "X-Password",
        "X-Hub-Signature-256",
        "Signature",
        "X-Session-Id",
        "X-Auth",
        "Cf-Access-Jwt-Assertion",
        "DPoP",
    ] {
        assert!(names::is_secret_header(name), "{name}");
    }
    for name in [
        "ETag",
        "If-Match",
        "Idempotency-Key",
        "Content-Type",
        "Content-Length",
        "Location",
        "User-Agent",
        "Host",
        "WWW-Authenticate",
        "Access-Control-Allow-Credentials",
        "Access-Control-Allow-Headers",
        "X-Request-Id",
        "Sec-WebSocket-Key",
        "Retry-After",
    ] {
        assert!(!names::is_secret_header(name), "{name}");
    }
}

#[test]
fn the_value_of_a_header_is_shown_without_secrets() {
    for (name, value, expected) in [
        ("authorization", "Bearer s3cret", "Bearer ***"),
        ("authorization", "basic s3cret", "basic ***"),
        ("authorization", "s3cret of mine", "***"),
        ("authorization", "Bearer\ts3cret", "***"),
        ("authorization", "", ""),
        ("cookie", "a=s3cret; b=2", "***"),
        ("x-api-key", "s3cret", "***"),
        ("location", "https://example.com/cb?code=s3cret&state=open", "https://example.com/cb?code=***&state=open"),
        ("location", "/cb#access%5Ftoken=s3cret&x=1", "/cb#access%5Ftoken=***&x=1"),
        ("location", "/Users?filter=password%20eq%20%22s3cret%22", "/Users?filter=password%20eq%20%22***%22"),
        ("referer", "https://example.com/?client%5Fsecret=s3cret", "https://example.com/?client%5Fsecret=***"),
        ("link", "</Users?access_token=s3cret&page=2>; rel=next", "</Users?access_token=***&page=2>; rel=next"),
        (
            "www-authenticate",
            "Bearer realm=\"example\", error=\"invalid_token\"",
            "Bearer realm=\"example\", error=\"invalid_token\"",
        ),
        ("www-authenticate", "Negotiate YIIs3cret0123456", "Negotiate ***"),
        ("www-authenticate", "Bearer realm=\"example\", token=\"s3cret\"", "Bearer realm=\"example\", token=***"),
        ("etag", "W/\"token\"", "W/\"token\""),
    ] {
        let shown = Masker::default().header(name, value.as_bytes()).into_owned();
        assert_eq!(String::from_utf8_lossy(&shown), expected, "{name}: {value}");
    }
}

#[test]
fn the_pairs_of_a_query_are_masked_by_their_decoded_name() {
    for (query, expected) in [
        ("/Users?count=1&startIndex=2", None),
        ("/Users?attributes=password&sortBy=password", None),
        ("/Users?filter=userName%20eq%20%22key%22", None),
        ("/Users?cursor=abc&nextPageToken=abc", None),
        ("/Users?count=1&access_token=s3cret", Some("/Users?count=1&access_token=***")),
        ("/Users?acc%65ss%5Ftoken=s3cret&x=1", Some("/Users?acc%65ss%5Ftoken=***&x=1")),
        ("/Users?acc%2565ss_tok%2565n=s3cret", Some("/Users?acc%2565ss_tok%2565n=***")),
        ("/Users?Api-Key=s3cret", Some("/Users?Api-Key=***")),
        ("/Users?api+key=s3cret", Some("/Users?api+key=***")),
        ("/Users?key=s3cret&code=s3cret&pa%73s=s3cret", Some("/Users?key=***&code=***&pa%73s=***")),
        ("/Users?password=s3c&ret&count=1", Some("/Users?password=***&***&count=1")),
        ("/Users;access_token=s3cret/x?count=1", Some("/Users;access_token=***?count=1")),
        ("/Users&access_token=s3cret", Some("/Users&access_token=***")),
        (
            "/Users?filter=title%20eq%20%22a%22%20and%20p%61ssword+eq%20%22s3cret%22&count=1",
            Some("/Users?filter=title%20eq%20%22a%22%20and%20password%20eq%20%22***%22&count=1"),
        ),
        ("/Users?filter=password%20eq%20%22s3&cret%22&count=1", Some("/Users?filter=password%20***")),
        ("/Users?next=%2Fcb%3Fcode%3Ds3cret%26x%3D1", Some("/Users?next=/cb?code=***%26x=1")),
        ("/Users?x={%22password%22:%22s3cret%22}", Some("/Users?x={%22password%22:%22***%22}")),
    ] {
        let masked = Masker::default().target(query);
        assert_eq!(masked.as_deref(), expected, "{query}");
    }
}

#[test]
fn filters_and_paths_lose_the_literals_of_secrets_alone() {
    for (text, expected) in [
        ("password", None),
        ("urn:ietf:params:scim:schemas:core:2.0:User:password", None),
        ("password pr", None),
        ("title eq \"password\"", None),
        ("password eq \"s3cret\"", Some("password eq \"***\"")),
        ("password eq \"s3\\\"cret\" and title eq \"a\"", Some("password eq \"***\" and title eq \"a\"")),
        ("title eq \"a\" or not (Password sw \"s3cret\")", Some("title eq \"a\" or not (Password sw \"***\")")),
        (
            "urn:ietf:params:scim:schemas:core:2.0:User:password eq \"s3cret\"",
            Some("urn:ietf:params:scim:schemas:core:2.0:User:password eq \"***\""),
        ),
        ("emails[password eq \"s3cret\"].value", Some("emails[password eq \"***\"].value")),
        ("password[value eq \"s3cret\"]", Some("password[value eq \"***\"]")),
        ("password eq 12345678", Some("password eq \"***\"")),
        ("password eq \"s3cret", Some("password ***")),
        ("password eq \"s3\" cret\"", Some("password ***")),
        ("password eq \"a\" and s3cret\"", Some("password ***")),
        ("password eq 's3cret'", Some("password ***")),
        ("password s3cret", Some("password ***")),
        ("password=s3cret", Some("password ***")),
        ("password:s3cret", Some("password ***")),
        ("password.s3cret", Some("password ***")),
    ] {
        let masked = Masker::default().expression(text).map(|masked| masked.text);
        assert_eq!(masked.as_deref(), expected, "{text}");
    }
}

#[test]
fn json_is_masked_by_the_names_that_its_parser_reads() {
    for (body, expected) in [
        (json!({"userName": "a", "changePassword": {"supported": true}}), None),
        (json!({"name": "password", "type": "string", "description": "The password of the User."}), None),
        (json!({"detail": "attribute password: expected a string, got a number"}), None),
        (json!({"detail": "\"password\" is writeOnly"}), None),
        (json!({"postalCode": "1", "key": "v", "code": "DE", "nextCursor": "a", "token_type": "Bearer"}), None),
        (json!({"password": null}), None),
        (json!({"Password": "s3cret", "title": "t"}), Some(json!({"Password": "***", "title": "t"}))),
        (json!({"password": {"value": ["s3cret"]}}), Some(json!({"password": "***"}))),
        (json!({"userPassword": 12_345_678}), Some(json!({"userPassword": "***"}))),
        (
            json!({"urn:ietf:params:scim:schemas:core:2.0:User:password": "s3cret"}),
            Some(json!({"urn:ietf:params:scim:schemas:core:2.0:User:password": "***"})),
        ),
        (
            json!({"op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:password", "value": "s3cret"}),
            Some(json!({"op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:password", "value": "***"})),
        ),
        (
            json!({"op": "add", "value": {"password": "s3cret", "title": "t"}}),
            Some(json!({"op": "add", "value": {"password": "***", "title": "t"}})),
        ),
        (
            json!({"op": "add", "value": {"emails[password eq \"s3cret\"].value": "a"}}),
            Some(json!({"op": "add", "value": {"emails[password eq \"***\"].value": "***"}})),
        ),
        (
            json!({"Operations": [{"method": "POST", "data": {"password": "s3cret", "title": "t"}}]}),
            Some(json!({"Operations": [{"method": "POST", "data": {"password": "***", "title": "t"}}]})),
        ),
        (
            json!({"data": "{\"p\\u0061ssword\":\"s3cret\",\"title\":\"t\"}"}),
            Some(json!({"data": "{\"password\":\"***\",\"title\":\"t\"}"})),
        ),
        (
            json!({"filter": "password eq \"s3cret\"", "count": 1}),
            Some(json!({"filter": "password eq \"***\"", "count": 1})),
        ),
        (json!({"path": "/Users?access_token=s3cret&count=1"}), Some(json!({"path": "/Users?access_token ***"}))),
        (
            json!({"detail": "the filter password eq \"s3cret\" is refused"}),
            Some(json!({"detail": "the filter password eq ***"})),
        ),
        (
            json!({"detail": "unknown path \"password[value eq \\\"s3cret\\\"]\""}),
            Some(json!({"detail": "unknown path \"password[***"})),
        ),
        (json!({"detail": "got Bearer abcdef123456"}), Some(json!({"detail": "got Bearer ***"}))),
        (json!({"grant_type": "x", "code": "s3cret"}), Some(json!({"grant_type": "x", "code": "***"}))),
        (
            json!({"access_token": "s3cret", "token_type": "Bearer", "expires_in": 300}),
            Some(json!({"access_token": "***", "token_type": "Bearer", "expires_in": 300})),
        ),
        (json!({"location": "/cb?code=s3cret&state=1"}), Some(json!({"location": "/cb?code=***&state=1"}))),
        (json!({"title": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.s3cret"}), Some(json!({"title": "***"}))),
    ] {
        let mut masked = body.clone();
        let hidden = Masker::default().json(&mut masked);
        assert_eq!(hidden.then_some(masked), expected, "{body}");
    }
}

#[test]
fn prose_loses_what_stands_behind_the_name_of_a_secret() {
    for (text, expected) in [
        ("the password is too short; choose another", None),
        ("password: expected a string", None),
        ("attributes password and title are unknown", None),
        ("send a Bearer token", None),
        ("use Basic authentication", None),
        ("nextPageToken: abc", None),
        ("password: s3cret", Some("password: ***")),
        ("password: s3cret is too short", Some("password: ***")),
        ("{'password': 's3cret'}", Some("{'password': ***")),
        ("{\"password\" => \"s3cret\"}", Some("{\"password\" =***")),
        ("<password>s3cret</password>", Some("<password>***")),
        ("password&quot;:&quot;s3cret", Some("password&quot;:***")),
        ("password(\"s3cret\")", Some("password(***")),
        ("password -> s3cret", Some("password -> ***")),
        ("got Authorization: Bearer s3cret", Some("got Authorization: ***")),
        ("got X-Api-Key: s3cret and more", Some("got X-Api-Key: ***")),
        (
            "https://example.com/?a=1&client%5Fsecret=s3cret&b=2 failed",
            Some("https://example.com/?a=1&client%5Fsecret=***&b=2 failed"),
        ),
        ("{\"p\\u0061ssword\":\"s3cret\"", Some("***")),
    ] {
        let masked = Masker::default().string(text, true);
        assert_eq!(masked.as_deref(), expected, "{text}");
    }
}

#[test]
fn a_body_that_cannot_be_read_is_shown_only_if_it_names_no_secret() {
    const JSON: &str = "application/scim+json";
    const FORM: &str = "application/x-www-form-urlencoded";
    for (content_type, body, expected) in [
        (JSON, r#"{"userName":"a", "x" : 1.0}"#, r#"{"userName":"a", "x" : 1.0}"#),
        (JSON, r#"{"userName":"a""#, r#"{"userName":"a""#),
        (JSON, r#"{"client\u005fsecret":"s3cret"}"#, r#"{"client_secret":"***"}"#),
        (JSON, r#"{"p\u0061ssword":"s3cret""#, "(25 bytes, not shown because they may hold a secret)"),
        (JSON, "{'password':'s3cret'}", "(21 bytes, not shown because they may hold a secret)"),
        (JSON, "\u{feff}{\"password\":\"s3cret\"}", "{\"password\":\"***\"}"),
        (JSON, "client_id=a&client_secret=s3cret", "client_id=a&client_secret=***"),
        (FORM, "grant_type=x&client%5Fsecret=s3cret&scope=read", "grant_type=x&client%5Fsecret=***&scope=read"),
        (FORM, "code=s3cret&redirect_uri=%2Fcb", "code=***&redirect_uri=%2Fcb"),
        (FORM, "SAMLResponse=s3cret&RelayState=a", "SAMLResponse=***&RelayState=a"),
        (FORM, r#"{"password":"s3cret"}"#, r#"{"password":"***"}"#),
        (FORM, "{\"password\": \"s3cret\"", "(21 bytes, not shown because they may hold a secret)"),
        (FORM, "grant_type=x&scope=a", "grant_type=x&scope=a"),
        ("text/plain", "hello", "hello"),
        ("text/plain; charset=utf-7", "+AHA-", "(5 bytes, not shown because they are not text)"),
        ("application/json; charset=\"UTF-16\"", "x", "(1 bytes, not shown because they are not text)"),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nname=\"password\"\r\n\r\ns3cret\r\n--x--",
            "(37 bytes, not shown because they may hold a secret)",
        ),
    ] {
        assert_eq!(shown(content_type, body), expected, "{content_type}: {body}");
    }
    let wide: Vec<u8> = "{\"password\":\"s3cret\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let binary = Masker::default().body(BodyHead::default(), &wide).into_owned();
    assert_eq!(binary, b"(42 bytes, not shown because they are not text)");
    let encoded = BodyHead { encoding: Some(b"gzip"), ..BodyHead::default() };
    assert_eq!(&*Masker::default().body(encoded, b"abc"), b"(3 bytes, not shown because they are encoded)");
    let plain = BodyHead { encoding: Some(b"Identity"), ..BodyHead::default() };
    assert_eq!(&*Masker::default().body(plain, b"abc"), b"abc");
}

#[test]
fn an_answer_does_not_quote_what_its_request_was_seen_to_hold() {
    let mut masker = Masker::default();
    assert!(masker.target("/Users?filter=password%20s3cret").is_some());
    let answer = r#"{"detail":"expected an operator, got s3cret at 9","userName":"s3cret"}"#;
    let shown = masker.body(BodyHead::default(), answer.as_bytes()).into_owned();
    assert_eq!(
        String::from_utf8(shown).unwrap(),
        r#"{"detail":"expected an operator, got *** at 9","userName":"s3cret"}"#
    );
}

#[test]
fn the_quick_pass_lets_through_what_names_no_secret() {
    for plain in [
        r#"{"userName":"j\u00f6rg","emails":[{"value":"j@example.com"}],"meta":{"version":"W/\"1\""}}"#,
        "filter=userName%20eq%20%22a%22&count=10",
    ] {
        assert!(!may_speak(plain.as_bytes()), "{plain}");
    }
    for name in ["password", "client_secret", "api_key", "SAMLResponse", "code_verifier", "otp", "session_id", "jwt"] {
        let escaped =
            name.chars().fold(String::new(), |escaped, sign| escaped + &format!("\\u{:04x}", u32::from(sign)));
        let value: Value = serde_json::from_str(&format!("\"{escaped}\"")).unwrap();
        assert_eq!(value, name);
        assert!(may_speak(escaped.as_bytes()), "{name}");
        assert!(may_speak(name.to_ascii_uppercase().as_bytes()), "{name}");
    }
}
