//! Discovery against three documents and answers to the probes.

use scim::capability::Capability as C;
use url::Url;
use weir_exchange::{Client, ClientOptions};
use weir_judge::Provenance;

use super::*;
use crate::peer::{answer, routed_peer};

#[tokio::test]
async fn what_is_published_is_probed_where_it_may_lie() {
    let url = routed_peer(|line| match line {
        _ if line.starts_with("GET /ServiceProviderConfig") => answer(
            "200 OK",
            r#"{"patch":{"supported":true},"filter":{"supported":true,"maxResults":9},"sort":{"supported":true},"etag":{"supported":false}}"#,
        ),
        _ if line.starts_with("GET /ResourceTypes") => answer(
            "200 OK",
            r#"{"Resources":[{"name":"User","endpoint":"/Users","schema":"urn:u"},{"name":"Group","endpoint":"Groups","schema":"urn:g"}]}"#,
        ),
        _ if line.starts_with("PATCH /Users") => answer("501 Not Implemented", "{}"),
        _ if line.starts_with("PATCH /Groups") => answer("404 Not Found", "{}"),
        _ if line.starts_with("GET /Groups?filter") => answer("400 Bad Request", "{}"),
        _ if line.starts_with("GET /Users") => answer("200 OK", r#"{"totalResults":0}"#),
        _ => answer("404 Not Found", ""),
    })
    .await;
    let discovery = discover(&client(&url)).await.unwrap();
    for (capability, offered, provenance) in [
        (C::PatchUsers, false, Provenance::Probed),
        (C::PatchGroups, true, Provenance::Probed),
        (C::FilterUsers, true, Provenance::Probed),
        (C::FilterGroups, false, Provenance::Probed),
        (C::Sort, true, Provenance::Published),
        (C::Etag, false, Provenance::Published),
        (C::Bulk, false, Provenance::Assumed),
        (C::CreateGroups, true, Provenance::Published),
        (C::IndexPaging, true, Provenance::Assumed),
        (C::Schemas, false, Provenance::Probed),
        (C::Me, false, Provenance::Probed),
    ] {
        let offer = discovery.offer(capability);
        assert_eq!((offer.offered, offer.provenance), (offered, provenance), "{capability}");
    }
    let remarks = discovery.remarks().join("\n");
    assert!(remarks.contains("/Schemas cannot be used (the status is 404)"), "{remarks}");
    assert!(remarks.contains("patch.users is published as supported, but PATCH /Users/"), "{remarks}");
}

#[tokio::test]
async fn an_endpoint_without_discovery_is_assumed_to_have_users_and_groups() {
    let url = routed_peer(|line| {
        if line.starts_with("GET /Users") || line.starts_with("GET /Groups") {
            answer("200 OK", r#"{"totalResults":0}"#)
        } else {
            answer("404 Not Found", "<html>no such page</html>")
        }
    })
    .await;
    let discovery = discover(&client(&url)).await.unwrap();
    assert!(discovery.offers(C::CreateUsers) && discovery.offers(C::FilterGroups));
    assert_eq!(discovery.offer(C::CreateUsers).provenance, Provenance::Assumed);
}

#[tokio::test]
async fn a_web_page_is_no_endpoint_and_refused_credentials_are_named() {
    let page = routed_peer(|_| answer("200 OK", "<!doctype html><html></html>")).await;
    let error = discover(&client(&page)).await.unwrap_err();
    assert!(matches!(error, DiscoveryError::NotScim { .. }));
    assert!(error.to_string().contains("is not a SCIM endpoint: the body is a page of markup"), "{error}");

    let closed = routed_peer(|_| answer("401 Unauthorized", "{}")).await;
    let error = discover(&client(&closed)).await.unwrap_err();
    assert!(matches!(error, DiscoveryError::Credentials { status: 401, .. }), "{error}");
}

/// A client for `url` that sends no credentials.
fn client(url: &Url) -> Client {
    Client::new(url, ClientOptions::default()).unwrap()
}
