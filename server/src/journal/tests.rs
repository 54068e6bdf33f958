use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderValue};

use super::*;

fn limits(journal_bytes: usize, journal_body_bytes: usize) -> Limits {
    Limits { journal_bytes, journal_body_bytes, ..Limits::default() }
}

fn record(journal: &Journal, target: &str, body: &str) {
    let headers = HeaderMap::from_iter([
        (AUTHORIZATION, HeaderValue::from_static("Bearer s3cret")),
        (COOKIE, HeaderValue::from_static("session=s3cret")),
        (CONTENT_TYPE, HeaderValue::from_static("application/scim+json")),
    ]);
    journal.record(&ObservedExchange {
        at: Timestamp::UNIX_EPOCH,
        duration: Duration::from_micros(7),
        client: None,
        application: Some("default"),
        method: "POST",
        uri: &target.parse().unwrap(),
        request_headers: &headers,
        request_body: &Bytes::copy_from_slice(body.as_bytes()),
        answer: &Answer::with_body(StatusCode::CREATED, "application/scim+json", body.to_owned()),
        delivery: Delivery::Sent,
        deviations: &["filter.ignored".into(), "put.refused[Group]".into()],
    });
}

fn bodies(journal: &Journal) -> Vec<String> {
    let text =
        |exchange: &Arc<Exchange>| String::from_utf8(exchange.request_body.as_ref().unwrap().bytes.to_vec()).unwrap();
    journal.exchanges().iter().map(text).collect()
}

#[test]
fn no_secret_is_kept_in_any_spelling() {
    for (body, kept) in [
        (r#"{"userName":"a"}"#, r#"{"userName":"a"}"#),
        (r#"{"userName":"a","Password":"s3cret"}"#, r#"{"userName":"a","Password":"***"}"#),
        (r#"{"p\u0061ssword":"s3cret"}"#, r#"{"password":"***"}"#),
        (r#"{"password":["s3cret"]}"#, r#"{"password":"***"}"#),
        (r#"{"password":null}"#, r#"{"password":null}"#),
        (
            r#"{"Operations":[{"op":"replace","path":"password","value":"s3cret"}]}"#,
            r#"{"Operations":[{"op":"replace","path":"password","value":"***"}]}"#,
        ),
        (
            r#"{"Operations":[{"op":"add","value":{"urn:ietf:params:scim:schemas:core:2.0:User:password":"s3cret"}}]}"#,
            r#"{"Operations":[{"op":"add","value":{"urn:ietf:params:scim:schemas:core:2.0:User:password":"***"}}]}"#,
        ),
        (r#"{"filter":"password eq \"s3cret\""}"#, r#"{"filter":"password eq \"***\""}"#),
        (r#"{"name":"password","type":"string"}"#, r#"{"name":"password","type":"string"}"#),
        (r#"{"password":"s3cret""#, "(20 bytes, not shown because they may hold a secret)"),
        ("grant_type=x&client_secret=s3cret", "grant_type=x&client_secret=***"),
    ] {
        let journal = Journal::new(JournalMode::Full, &limits(1 << 20, 1 << 10));
        record(&journal, "/scim/v2/Users", body);
        assert_eq!(bodies(&journal), [kept], "{body}");
        assert!(!format!("{:?}", journal.exchanges()).contains("s3cret"), "{body}");
    }
}

#[test]
fn a_query_with_a_secret_is_masked() {
    let journal = Journal::new(JournalMode::Full, &limits(1 << 20, 1 << 10));
    for target in ["/Users?filter=p%61ssword%20eq%20%22x%22", "/Users?access_token=x&count=2", "/Users?count=1"] {
        record(&journal, target, "");
    }
    let targets: Vec<_> = journal.exchanges().iter().map(|exchange| exchange.target.to_string()).collect();
    assert_eq!(
        targets,
        ["/Users?filter=password%20eq%20%22***%22", "/Users?access_token=***&count=2", "/Users?count=1"]
    );
}

#[test]
fn the_oldest_exchanges_give_way_and_bodies_are_shortened() {
    let journal = Journal::new(JournalMode::Full, &limits(10_000, 100));
    for number in 0..100 {
        record(&journal, "/Users", &format!("{number:03}{}", "x".repeat(1000)));
    }
    let exchanges = journal.exchanges();
    assert!(exchanges.len() > 5 && exchanges.len() < 25, "{}", exchanges.len());
    assert_eq!(exchanges.last().unwrap().number, 100);
    assert!(journal.ring().size() <= 10_000);
    let body = exchanges[0].request_body.as_ref().unwrap();
    assert_eq!((body.bytes.len(), body.length), (100, 1003));
    let numbers: Vec<u64> = exchanges.iter().map(|exchange| exchange.number).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{numbers:?}");
    record(&journal, &format!("/{}", "x".repeat(10_000)), "");
    assert_eq!(journal.exchanges().len(), exchanges.len(), "what is too large by itself drives nothing out");
    record(&journal, "/Groups", "{}");
    let last = journal.exchanges().pop().unwrap();
    assert_eq!((last.number, &*last.target, &*last.method), (102, "/Groups", "POST"));
}

#[test]
fn modes_keep_less() {
    let heads = Journal::new(JournalMode::Heads, &limits(1 << 20, 100));
    record(&heads, "/Users", "{}");
    let kept = heads.exchanges();
    assert!(kept[0].request_body.is_none() && kept[0].answer_body.is_none());
    let off = Journal::new(JournalMode::Off, &limits(1 << 20, 100));
    let mut follower = off.follow();
    record(&off, "/Users", "{}");
    assert!(off.exchanges().is_empty());
    assert_eq!(follower.try_recv().unwrap().status, 201);
}

#[test]
fn an_exchange_is_one_json_object() {
    let journal = Journal::new(JournalMode::Full, &limits(1 << 20, 100));
    record(&journal, "/Users", "{}");
    insta::assert_snapshot!(format!("{:#}", journal.exchanges()[0].to_json()), @r#"
    {
      "number": 1,
      "at": "1970-01-01T00:00:00Z",
      "micros": 7,
      "client": null,
      "application": "default",
      "delivery": "sent",
      "deviations": [
        "filter.ignored",
        "put.refused[Group]"
      ],
      "request": {
        "method": "POST",
        "target": "/Users",
        "headers": [
          {
            "name": "authorization",
            "value": "Bearer ***"
          },
          {
            "name": "content-type",
            "value": "application/scim+json"
          },
          {
            "name": "cookie",
            "value": "***"
          }
        ],
        "body": "{}",
        "length": 2
      },
      "answer": {
        "status": 201,
        "headers": [
          {
            "name": "content-type",
            "value": "application/scim+json"
          }
        ],
        "body": "{}",
        "length": 2
      }
    }
    "#);
    assert_eq!(journal.acted().into_values().collect::<Vec<_>>(), [1, 1]);
    journal.clear();
    assert!(journal.exchanges().is_empty() && journal.acted().is_empty());
}
