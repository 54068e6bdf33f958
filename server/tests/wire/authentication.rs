use secrecy::ExposeSecret;
use weir_server::Config;

use crate::client::Client;

#[tokio::test]
async fn wrong_or_missing_credentials_are_401_with_a_challenge_and_an_error_body() {
    let client = Client::rfc();
    let url = format!("{}/Users", client.base);
    for authorization in ["", "Bearer garbage", "Bearer", "Basic Og==", "Negotiate x"] {
        let reply = client.send_bare("GET", &url, &[("authorization", authorization)], "").await.unwrap();
        assert_eq!(reply.error().0, 401, "{authorization}");
        let challenges: Vec<_> =
            reply.headers.get_all("www-authenticate").iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(challenges.len(), 2, "{challenges:?}");
        assert!(challenges[0].starts_with("Bearer ") && challenges[1].starts_with("Basic "), "{challenges:?}");
    }
    let reply = client.send_bare("GET", &format!("{url}?access_token={}", client.token), &[], "").await.unwrap();
    assert_eq!(reply.error().0, 401);
}

#[tokio::test]
async fn basic_and_bearer_both_open_an_application() {
    let config = Config {
        bearer: Some("t0ken".into()),
        basic: Some(("admin@example.com".into(), "pä:ss".into())),
        ..Config::rfc()
    };
    let client = Client::start(config);
    assert_eq!(client.token, "t0ken");
    let url = format!("{}/Users", client.base);
    // base64 of admin@example.com:pä:ss
    for (authorization, status) in [
        ("Bearer t0ken", 200),
        ("Basic YWRtaW5AZXhhbXBsZS5jb206cMOkOnNz", 200),
        ("Basic YWRtaW5AZXhhbXBsZS5jb206cMOkOg==", 401),
    ] {
        let reply = client.send_bare("GET", &url, &[("authorization", authorization)], "").await.unwrap();
        assert_eq!(reply.status, status, "{authorization}");
    }
}

#[tokio::test]
async fn credentials_of_one_application_do_not_open_another() {
    let client = Client::aquera("default");
    let other = client.application("merge-on-put");
    assert_ne!(client.token, other.token);
    let stranger = Client { token: client.token.clone(), ..other.clone() };
    assert_eq!(stranger.get("/Users").await.error().0, 401);
    let id = client.create_user("bo").await;
    assert_eq!(other.get(&format!("/Users/{id}")).await.error().0, 404);
}

#[tokio::test]
async fn how_to_authenticate_can_be_read_before_one_has() {
    let rfc = Client::rfc();
    let anonymous = async |client: &Client, path: &str, authorization: &str| {
        let url = format!("{}{path}", client.base);
        client.send_bare("GET", &url, &[("authorization", authorization)], "").await.unwrap().status
    };
    assert_eq!(anonymous(&rfc, "/ServiceProviderConfig", "").await, 200);
    assert_eq!(anonymous(&rfc, "/ServiceProviderConfig/", "").await, 200);
    assert_eq!(anonymous(&rfc, "/ServiceProviderConfig", "Bearer wrong").await, 401);
    assert_eq!(anonymous(&rfc, "/Schemas", "").await, 401);
    assert_eq!(anonymous(&rfc, "/ServiceProviderConfig/x", "").await, 401);
    assert_eq!(anonymous(&Client::aquera("default"), "/ServiceProviderConfig", "").await, 401);
}

#[tokio::test]
async fn generated_credentials_follow_from_the_seed() {
    let token = |seed| Client::start(Config { seed, ..Config::rfc() }).token;
    assert_eq!(token(7), token(7));
    assert_ne!(token(7), token(8));
    let client = Client::rfc();
    let access = &client.endpoint().applications()[0];
    let basic = access.credentials.basic.as_ref().unwrap();
    assert_ne!(basic.password.expose_secret(), client.token);
}
