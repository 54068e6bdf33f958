//! Bodies: broken JSON, JSON that is not a resource, and values of the wrong type for every attribute.

use serde_json::{Value, json};

use crate::client::USER;
use crate::victim::{Victim, refused};

/// Broken in itself, whatever the endpoint expects.
fn broken() -> Vec<(String, Vec<u8>)> {
    let texts = [
        "",
        " ",
        "\0",
        "{",
        "}",
        "[",
        "]",
        "{}}",
        "{{}}",
        "\"",
        "'",
        "{'a':1}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":0x10}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":undefined}",
        "{\"a\":True}",
        "{\"a\":nul}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":1}{\"a\":1}",
        "{\"a\":1}x",
        "{\"a\":/*c*/1}",
        "{a:1}",
        "null",
        "true",
        "42",
        "-0",
        "1e400",
        "\"text\"",
        "[]",
        "[{}]",
        "[[[[]]]]",
        "<a/>",
        "a=b&c=d",
        "--x\r\n\r\n--x--",
        "{\"userName\":\"x\",\"userName\":\"y\"}",
        "{\"userName\":\"x\",\"USERNAME\":\"y\"}",
        "{\"a\":{\"b\":1,\"b\":2}}",
        "{\"schemas\":[],\"schemas\":[]}",
    ];
    let mut cases: Vec<_> = texts.iter().map(|text| ((*text).to_owned(), text.as_bytes().to_vec())).collect();
    let user = |member: &str| format!("{{\"schemas\":[\"{USER}\"],\"userName\":\"eve\",{member}}}");
    for (what, body) in [
        ("10,000 arrays", "[".repeat(10_000) + &"]".repeat(10_000)),
        ("10,000 open arrays", "[".repeat(10_000)),
        ("10,000 objects", "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000)),
        ("10,000 arrays in a member", user(&format!("\"title\":{}{}", "[".repeat(10_000), "]".repeat(10_000)))),
        ("5 MB of text", user(&format!("\"title\":\"{}\"", "x".repeat(5 << 20)))),
        ("an integer beyond 64 bits", user("\"title\":9223372036854775808")),
        ("an integer of 400 digits", user(&format!("\"title\":{}", "9".repeat(400)))),
        ("an exponent of a million", user("\"title\":1e1000000")),
    ] {
        cases.push((what.to_owned(), body.into_bytes()));
    }
    for (what, bytes) in [
        ("a byte order mark", b"\xEF\xBB\xBF{}".as_slice()),
        ("UTF-16", b"\xFF\xFE{\0}\0"),
        ("bytes that are not UTF-8", b"{\"userName\":\"\xFF\xFE\"}"),
        ("an overlong slash", b"{\"userName\":\"\xC0\xAF\"}"),
        ("a surrogate in UTF-8", b"{\"userName\":\"\xED\xA0\x80\"}"),
        ("a character cut off", b"{\"userName\":\"\xE2\x82\"}"),
    ] {
        cases.push((what.to_owned(), bytes.to_vec()));
    }
    cases
}

#[tokio::test]
async fn broken_bodies_are_refused_by_every_method_that_takes_one() {
    let victim = Victim::start().await;
    let one = format!("/Users/{}", victim.user);
    let cases = broken();
    let mut tried = 0;
    for (what, body) in &cases {
        for (method, path) in
            [("POST", "/Users"), ("PUT", &*one), ("PATCH", &*one), ("POST", "/Users/.search"), ("POST", "/Groups")]
        {
            let reply = victim.send_bytes(method, path, body.clone()).await;
            refused(&reply, &format!("{method} {path} with {what:?}"));
            tried += 1;
        }
    }
    victim.is_unharmed("broken bodies").await;
    assert!(tried >= 300, "{tried}");
}

/// Values that do not fit an attribute of the type.
fn unfitting(kind: &str, multiple: bool) -> Vec<Value> {
    let mut values = match kind {
        "boolean" => vec![json!("maybe"), json!(1), json!({})],
        "integer" => vec![json!("one"), json!(true), json!({}), json!(1e300)],
        "decimal" => vec![json!("one"), json!(true), json!({})],
        "dateTime" => vec![json!("yesterday"), json!("2024-13-01T00:00:00Z"), json!(0), json!({})],
        "binary" => vec![json!("%%%"), json!(1), json!({})],
        "reference" => vec![json!({}), json!([[]])],
        "complex" => vec![json!("text"), json!(1), json!(true)],
        _ => vec![json!({"a": 1}), json!([[]])],
    };
    if multiple {
        values = values.into_iter().map(|value| json!([value])).collect();
        values.push(json!([[{}]]));
    }
    values
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_refused_for_every_attribute() {
    let victim = Victim::start().await;
    let schemas = victim.client.get("/Schemas").await.json();
    let one = format!("/Users/{}", victim.user);
    let mut tried = 0;
    for schema in schemas["Resources"].as_array().unwrap() {
        let uri = schema["id"].as_str().unwrap();
        if !uri.ends_with(":User") {
            continue;
        }
        for attribute in schema["attributes"].as_array().unwrap() {
            let text = |name: &str| attribute[name].as_str().unwrap_or_default();
            if text("mutability") == "readOnly" || text("name") == "schemas" {
                continue;
            }
            for value in unfitting(text("type"), attribute["multiValued"] == true) {
                let mut body = json!({"schemas": [USER], "userName": "eve"});
                if uri == USER {
                    body[text("name")] = value.clone();
                } else {
                    body["schemas"] = json!([USER, uri]);
                    body[uri] = json!({ text("name"): value });
                }
                for (method, path) in [("POST", "/Users"), ("PUT", &*one)] {
                    let reply = victim.client.send(method, path, &[], Some(&body.to_string())).await;
                    refused(&reply, &format!("{method} with {} = {value}", text("name")));
                    assert_eq!(reply.status, 400, "{body}");
                    tried += 1;
                }
            }
        }
    }
    victim.is_unharmed("values of the wrong type").await;
    assert!(tried >= 100, "{tried}");
}

#[tokio::test]
async fn hostile_patches_change_nothing() {
    let victim = Victim::start().await;
    let one = format!("/Users/{}", victim.user);
    let mut operations: Vec<Value> = [
        json!(null),
        json!({}),
        json!("remove"),
        json!([]),
        json!([null]),
        json!(["remove"]),
        json!([{}]),
        json!([{"op": null}]),
        json!([{"op": "delete", "path": "title"}]),
        json!([{"op": "move", "from": "/a", "path": "/b"}]),
        json!([{"op": "remove"}]),
        json!([{"op": "remove", "path": "userName"}]),
        json!([{"op": "remove", "path": "id"}]),
        json!([{"op": "replace", "path": "meta.created", "value": "2000-01-01T00:00:00Z"}]),
        json!([{"op": "add", "value": "text"}]),
        json!([{"op": "add", "path": 1, "value": "x"}]),
        json!([{"op": "replace", "path": "userName", "value": ""}]),
        json!([{"op": "replace", "path": "userName", "value": null}]),
        json!([{"op": "replace", "path": "title", "value": "x"}, {"op": "replace", "path": "][", "value": "x"}]),
    ]
    .into();
    for path in [
        "",
        ".",
        "..",
        "[",
        "]",
        "[]",
        "a[",
        "a]",
        "emails[",
        "emails[]",
        "emails[type]",
        "emails[type eq]",
        "emails[type eq \"x\"",
        "emails[type eq \"x\"].",
        "emails[type eq \"x\"]..value",
        "emails[type eq \"x\"][a eq \"b\"]",
        "../../etc/passwd",
        "urn:",
        "urn:ietf:params:scim:schemas:core:2.0:User:",
        "__proto__",
        "constructor.prototype",
        "emails[type zz \"x\"].value",
        "a.b.c.d.e",
        "title title",
        "title\u{0}",
        "\u{202e}title",
        "$ref",
        "*",
        "/title",
        "emails.0",
        "emails[0]",
    ] {
        operations.push(json!([{"op": "replace", "path": path, "value": "x"}]));
    }
    for nested in [100, 5_000] {
        let path = format!("emails[{}type eq \"x\"{}]", "(".repeat(nested), ")".repeat(nested));
        operations.push(json!([{"op": "replace", "path": path, "value": {"value": "x"}}]));
    }
    for operations in operations {
        let reply = victim.client.patch(&one, &operations).await;
        refused(&reply, &operations.to_string().chars().take(100).collect::<String>());
    }
    victim.is_unharmed("hostile patches").await;
}
