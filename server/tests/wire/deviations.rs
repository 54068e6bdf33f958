use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;
use weir_server::{Clock, Config, Delivery};

use crate::client::{Client, encode, user};

#[tokio::test]
async fn write_answer_lost_does_the_work_and_never_answers() {
    let client = Client::with_deviation("write.answer-lost=first:1");
    assert!(client.try_send("POST", "/Users", &[], Some(&user("bo").to_string())).await.is_err());
    assert_eq!(client.get("/Users").await.json()["totalResults"], 1);
    assert_eq!(client.post("/Users", &user("bo")).await.error().0, 409);
    assert_eq!(client.post("/Users", &user("anna")).await.status, 201);
    let journal = client.endpoint().journal().exchanges();
    assert_eq!((journal[0].status, journal[0].delivery), (201, Delivery::Lost));
    assert!(journal[1..].iter().all(|exchange| exchange.delivery == Delivery::Sent));
}

#[tokio::test]
async fn write_answer_lost_can_strike_every_nth_time() {
    let client = Client::with_deviation("write.answer-lost=every:2");
    let mut answered = Vec::new();
    for name in ["a", "b", "c", "d"] {
        answered.push(client.try_send("POST", "/Users", &[], Some(&user(name).to_string())).await.is_ok());
    }
    assert_eq!(answered, [true, false, true, false]);
    assert_eq!(client.get("/Users").await.json()["totalResults"], 4);
}

#[tokio::test]
async fn write_answer_cut_breaks_off_in_the_body() {
    let client = Client::with_deviation("write.answer-cut=first:1");
    let mut stream = TcpStream::connect(client.endpoint().address()).unwrap();
    let body = user("bo").to_string();
    let request = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{body}",
        client.token,
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let announced = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(head.starts_with("HTTP/1.1 201"), "{head}");
    assert_eq!(body.len(), announced.parse::<usize>().unwrap() / 2);
    assert_eq!(client.endpoint().journal().exchanges()[0].delivery, Delivery::Cut(body.len()));
    assert_eq!(client.get("/Users").await.json()["totalResults"], 1);
    client.create_user("anna").await;
}

#[tokio::test]
async fn write_answer_delayed_waits_by_the_endpoints_clock() {
    let clock = Clock::standing(jiff::Timestamp::UNIX_EPOCH);
    let deviations = vec!["write.answer-delayed=3600".parse().unwrap()];
    let client = Client::start(Config { clock: clock.clone(), deviations, ..Config::rfc() });
    let answer = tokio::spawn({
        let client = client.clone();
        async move { client.post("/Users", &user("bo")).await.status }
    });
    while !answer.is_finished() {
        clock.advance(jiff::SignedDuration::from_secs(600));
        tokio::task::yield_now().await;
    }
    assert_eq!(answer.await.unwrap(), 201);
    let exchange = client.endpoint().journal().exchanges()[0].clone();
    assert!(clock.now().duration_since(exchange.at) >= jiff::SignedDuration::from_secs(3600));
    // Only the first write waits; the clock stands still now.
    assert_eq!(client.post("/Users", &user("anna")).await.status, 201);
}

#[tokio::test]
async fn list_total_of_page_counts_the_page() {
    let client = Client::with_deviation("list.total-of-page");
    for name in ["a", "b", "c"] {
        client.create_user(name).await;
    }
    let list = client.get("/Users?count=2").await.json();
    assert_eq!((&list["totalResults"], list["Resources"].as_array().unwrap().len()), (&json!(2), 2));
}

#[tokio::test]
async fn paging_start_index_ignored_gives_the_first_page_again() {
    let client = Client::with_deviation("paging.start-index-ignored");
    for name in ["a", "b", "c"] {
        client.create_user(name).await;
    }
    let list = client.get("/Users?startIndex=3&count=1").await.json();
    assert_eq!((&list["Resources"][0]["userName"], &list["totalResults"]), (&json!("a"), &json!(3)));
}

#[tokio::test]
async fn patch_groups_refused_contradicts_the_configuration() {
    let client = Client::with_deviation("patch.groups-refused");
    let group = client.create_group("Dykes", &[]).await;
    let rename = json!([{ "op": "replace", "path": "displayName", "value": "Locks" }]);
    assert_eq!(client.patch(&format!("/Groups/{group}"), &rename).await.error().0, 501);
    assert_eq!(client.get("/ServiceProviderConfig").await.json()["patch"]["supported"], true);
    let id = client.create_user("bo").await;
    let title = json!([{ "op": "add", "path": "title", "value": "x" }]);
    assert_eq!(client.patch(&format!("/Users/{id}"), &title).await.status, 204);
}

#[tokio::test]
async fn put_creates_where_nothing_is() {
    let client = Client::with_deviation("put.creates");
    let nowhere = "/Users/00000000-0000-7000-8000-000000000000";
    let reply = client.put(nowhere, &user("bo")).await;
    assert_eq!(reply.status, 201);
    let path = format!("/Users/{}", reply.id());
    assert_eq!(client.put(&path, &user("bo")).await.status, 200);
    assert_eq!(client.get("/Users").await.json()["totalResults"], 1);
}

#[tokio::test]
async fn uniqueness_not_enforced_accepts_a_second_user_of_the_name() {
    let client = Client::with_deviation("uniqueness.not-enforced");
    let first = client.create_user("bo").await;
    assert_ne!(client.create_user("BO").await, first);
    let filter = format!("/Users?filter={}", encode("userName eq \"bo\""));
    assert_eq!(client.get(&filter).await.json()["totalResults"], 2);
    let schema = client.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User").await.json();
    let user_name = schema["attributes"].as_array().unwrap().iter().find(|own| own["name"] == "userName").unwrap();
    assert_eq!(user_name["uniqueness"], "server");
}

#[tokio::test]
async fn deviations_work_together_and_can_be_changed_while_the_data_stays() {
    let deviations = ["put.creates", "list.total-of-page"].map(|text| text.parse().unwrap()).to_vec();
    let client = Client::start(Config { deviations, ..Config::rfc() });
    for name in ["a", "b"] {
        client.create_user(name).await;
    }
    let total = async || client.get("/Users?count=1").await.json()["totalResults"].clone();
    let nowhere = "/Users/00000000-0000-7000-8000-000000000000";
    assert_eq!((total().await, client.put(nowhere, &user("c")).await.status), (json!(1), 201));
    client.endpoint().set_deviations(&[]).unwrap();
    assert_eq!((total().await, client.put(nowhere, &user("d")).await.status), (json!(3), 404));
    // What the store enforces cannot change under its data.
    client.endpoint().set_deviations(&["uniqueness.not-enforced".parse().unwrap()]).unwrap();
    assert_eq!(total().await, json!(0));
    client.endpoint().reset();
    client.create_user("a").await;
    assert_eq!(total().await, json!(1));
    assert_eq!(client.endpoint().deviations().len(), 2);
}
