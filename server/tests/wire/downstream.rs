use serde_json::{Value, json};

use crate::client::{Client, USER};

fn person(active: bool, title: &str) -> Value {
    json!({ "schemas": [USER], "userName": "bo", "active": active, "title": title })
}

/// Creates an active user and puts it inactive with another title; gives the answer's status, what a later GET says, and
/// the accounts downstream.
async fn disable(application: &str) -> (u16, Value, Value, Vec<Value>) {
    let client = Client::aquera(application);
    let path = format!("/Users/{}", client.post("/Users", &person(true, "before")).await.id());
    let reply = client.put(&path, &person(false, "after")).await;
    let later = client.get(&path).await.json();
    let accounts = client.accounts(application).await["accounts"].as_array().unwrap().clone();
    (reply.status, reply.json()["active"].clone(), later["active"].clone(), accounts)
}

#[tokio::test]
async fn disabling_shows_in_front_and_behind_as_the_service_can() {
    let (yes, no, gone) = (json!(true), json!(false), Value::Null);
    for (application, status, answered, later, behind) in [
        ("default", 200, &no, &no, Some((&no, "after"))),
        ("no-partial-update-refused", 501, &gone, &yes, Some((&yes, "before"))),
        ("no-partial-update-ignored", 200, &no, &no, Some((&yes, "after"))),
        ("no-partial-update-ignored-visible", 200, &yes, &yes, Some((&yes, "after"))),
        ("delete-on-deactivation", 200, &no, &no, None),
    ] {
        let (actual, echoed, read, accounts) = disable(application).await;
        assert_eq!((actual, &echoed, &read), (status, answered, later), "{application}");
        let account = accounts.first().map(|account| (&account["active"], account["title"].as_str().unwrap()));
        assert_eq!(account, behind, "{application}");
    }
}

#[tokio::test]
async fn creation_update_and_deletion_reach_a_service_without_partial_update() {
    for application in ["default", "no-partial-update-refused", "no-partial-update-ignored"] {
        let client = Client::aquera(application);
        let path = format!("/Users/{}", client.post("/Users", &person(true, "a")).await.id());
        assert_eq!(client.put(&path, &person(true, "b")).await.status, 200);
        let accounts = client.accounts(application).await;
        assert_eq!(accounts["accounts"][0]["title"], "b", "{application}");
        assert!(accounts["accounts"][0].get("meta").is_none());
        assert_eq!(client.delete(&path).await.status, 204);
        assert_eq!(client.accounts(application).await["accounts"], json!([]), "{application}");
    }
}

#[tokio::test]
async fn an_account_that_stayed_active_stays_so_until_it_is_enabled_again() {
    let client = Client::aquera("no-partial-update-ignored");
    let path = format!("/Users/{}", client.post("/Users", &person(true, "a")).await.id());
    let active = async || client.accounts("no-partial-update-ignored").await["accounts"][0]["active"].clone();
    client.put(&path, &person(false, "b")).await;
    client.put(&path, &person(false, "c")).await;
    assert_eq!(active().await, json!(true));
    client.put(&path, &person(true, "d")).await;
    assert_eq!(active().await, json!(true));
    assert_eq!(client.get(&path).await.json()["active"], true);
}

#[tokio::test]
async fn a_service_without_hard_delete_keeps_a_disabled_account() {
    let client = Client::aquera("no-hard-delete");
    let path = format!("/Users/{}", client.post("/Users", &person(true, "a")).await.id());
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(client.get(&path).await.status, 404);
    assert_eq!(client.accounts("no-hard-delete").await["accounts"][0]["active"], false);
}

#[tokio::test]
async fn an_account_deleted_on_deactivation_returns_when_the_user_is_enabled() {
    let client = Client::aquera("delete-on-deactivation");
    let path = format!("/Users/{}", client.post("/Users", &person(true, "a")).await.id());
    let count = async || client.accounts("delete-on-deactivation").await["accounts"].as_array().unwrap().len();
    client.put(&path, &person(false, "a")).await;
    assert_eq!(count().await, 0);
    client.put(&path, &person(true, "a")).await;
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn groups_behind_hold_the_members_whose_accounts_are_there() {
    let client = Client::aquera("delete-on-deactivation");
    let bo = client.post("/Users", &person(true, "a")).await.id();
    let anna = client.create_user("anna").await;
    client.create_group("Dykes", &[&bo, &anna]).await;
    let members = async || {
        let groups = client.accounts("delete-on-deactivation").await["groups"].clone();
        groups[0]["members"].as_array().unwrap().iter().map(|member| member["value"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(members().await, [json!(bo), json!(anna)]);
    client.put(&format!("/Users/{bo}"), &person(false, "a")).await;
    assert_eq!(members().await, [json!(anna)]);
}
