use serde_json::Value;
use weir_server::Clock;
use weir_server::Config;

use crate::client::Client;

fn next(list: &Value) -> String {
    list["nextCursor"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_cursor_expires_by_the_endpoints_clock_and_not_before() {
    let clock = Clock::standing(jiff::Timestamp::UNIX_EPOCH);
    let client = Client::start(Config { clock: clock.clone(), ..Config::rfc() });
    for name in ["a", "b", "c"] {
        client.create_user(name).await;
    }
    let timeout = client.get("/ServiceProviderConfig").await.json()["pagination"]["cursorTimeout"].as_i64().unwrap();
    let first = client.get("/Users?cursor&count=1").await.json();
    assert!(first["startIndex"].is_null() && first["itemsPerPage"] == 1, "{first}");
    let second = format!("/Users?cursor={}&count=1", next(&first));
    clock.advance(jiff::SignedDuration::from_secs(timeout));
    assert_eq!(client.get(&second).await.json()["Resources"][0]["userName"], "b");
    clock.advance(jiff::SignedDuration::from_secs(1));
    let (status, scim_type, _) = client.get(&second).await.error();
    assert_eq!((status, scim_type.as_deref()), (400, Some("expiredCursor")));
}

#[tokio::test]
async fn a_cursor_is_for_its_own_query_only() {
    let client = Client::rfc();
    for name in ["a", "b", "c"] {
        client.create_user(name).await;
    }
    let cursor = next(&client.get("/Users?cursor&count=1&sortBy=userName").await.json());
    let with = |rest: &str| format!("{rest}cursor={cursor}&count=2");
    let last = client.get(&with("/Users?sortBy=userName&")).await.json();
    assert_eq!((last["Resources"].as_array().unwrap().len(), next(&last)), (2, String::new()));
    for other in ["/Users?", "/Groups?sortBy=userName&", "/Users?sortBy=userName&sortOrder=descending&"] {
        let (status, scim_type, _) = client.get(&with(other)).await.error();
        assert_eq!(status, 400, "{other}");
        // The other type has no such attribute, which is found first.
        let expected = if other.starts_with("/Groups") { "invalidPath" } else { "invalidCursor" };
        assert_eq!(scim_type.as_deref(), Some(expected), "{other}");
    }
}

#[tokio::test]
async fn a_walk_leads_back_and_survives_what_is_deleted() {
    let client = Client::rfc();
    for name in ["eva", "bo", "ann", "dan", "cid"] {
        client.create_user(name).await;
    }
    let page = async |query: &str| client.get(&format!("/Users?{query}")).await.json();
    let names = |page: &Value| -> Vec<String> {
        page["Resources"].as_array().unwrap().iter().map(|user| user["userName"].as_str().unwrap().to_owned()).collect()
    };
    let cursor = |page: &Value, name: &str| page[name].as_str().unwrap_or_else(|| panic!("{page:#}")).to_owned();
    let walk = "sortBy=userName&count=2&cursor=";
    let first = page(walk).await;
    assert!(first.get("previousCursor").is_none(), "{first:#}");
    let second = page(&format!("{walk}{}", cursor(&first, "nextCursor"))).await;
    assert_eq!((names(&first), names(&second)), (vec!["ann".into(), "bo".into()], vec!["cid".into(), "dan".into()]));
    let back = page(&format!("{walk}{}", cursor(&second, "previousCursor"))).await;
    assert_eq!(names(&back), names(&first));

    let bo = first["Resources"][1]["id"].as_str().unwrap();
    client.delete(&format!("/Users/{bo}")).await;
    let again = page(&format!("{walk}{}", cursor(&first, "nextCursor"))).await;
    assert_eq!(names(&again), ["cid", "dan"], "the resource that the cursor was made after is gone");
    let third = page(&format!("{walk}{}", cursor(&again, "nextCursor"))).await;
    assert_eq!((names(&third), third.get("nextCursor")), (vec!["eva".to_owned()], None));
}
