use std::sync::{Arc, Mutex};

use weir::embedded::EmbeddedEndpoint;
use weir::embedded::EmbeddedOptions;
use weir_exchange::{Client, ClientOptions, Exchange, Observer};
use weir_provision::calibrate::*;
use weir_provision::client::Description;
use weir_provision::client::wire::{Sender, Wire};
use weir_provision::client::{all, find};
use weir_provision::engine::Provisioner;
use weir_provision::ledger::MemoryLedger;
use weir_provision::source::Directory;
use weir_provision::{Channel, Options};

const PEOPLE: &str = "\
dn: uid=ada,dc=x
objectClass: inetOrgPerson
uid: ada
cn: Ada Quill
sn: Quill
title: Tester
entryUUID: guid-ada

dn: uid=bo,dc=x
objectClass: inetOrgPerson
uid: bo
cn: Bo Quill
sn: Quill
entryUUID: guid-bo

dn: cn=Team,dc=x
objectClass: groupOfNames
cn: Team
entryUUID: guid-team
member: uid=ada,dc=x
member: uid=bo,dc=x
";

const STEPS: [&str; 3] = [
    "dn: uid=ada,dc=x\nchangetype: modify\nreplace: title\ntitle: Gardener\n-\n\n\
     dn: cn=Team,dc=x\nchangetype: modify\nreplace: cn\ncn: Crew\n-\n",
    "dn: cn=Team,dc=x\nchangetype: modify\ndelete: member\nmember: uid=bo,dc=x\n-\n",
    "dn: uid=ada,dc=x\nchangetype: modify\nreplace: nsaccountlock\nnsaccountlock: TRUE\n-\n",
];

fn heard(exchange: &Exchange) -> ObservedExchange {
    let header = exchange.request_headers.get("content-type").and_then(|value| value.to_str().ok());
    ObservedExchange {
        method: exchange.method.to_string(),
        origin: exchange.url.origin().ascii_serialization(),
        path: exchange.url.path().to_owned(),
        raw_query: exchange.url.query().unwrap_or_default().to_owned(),
        content_type: header.unwrap_or_default().to_owned(),
        body: serde_json::from_slice(&exchange.request_body).ok(),
        status: exchange.status,
        answer: exchange.json().ok().cloned(),
    }
}

/// What this client sends in a few cycles.
async fn traffic(embedded: &EmbeddedEndpoint, description: &Description) -> Vec<ObservedExchange> {
    embedded.reset();
    let application = embedded.application().unwrap();
    let seen: Arc<Mutex<Vec<Arc<Exchange>>>> = Arc::default();
    let keep = Arc::clone(&seen);
    let options = ClientOptions { credentials: application.credentials(), ..ClientOptions::default() };
    let client = Client::new(&application.base_urls[0], options).unwrap();
    let client = client.observed_by(Observer::new(move |exchange| keep.lock().unwrap().push(Arc::clone(exchange))));
    let sender = Sender::new(client, description);
    sender.send(description.connect.call(description)).await.unwrap();
    let provisioner = Provisioner {
        channel: Channel::default().for_client(description),
        description: Arc::new(description.clone()),
        options: Options { ..description.options.clone() },
        wire: Arc::new(sender),
        ledger: Arc::new(MemoryLedger::new()),
    };
    let mut directory = Directory::parse("people.ldif", PEOPLE).unwrap().0;
    provisioner.cycle(&directory).await.unwrap();
    for step in STEPS {
        directory.apply("step.ldif", step).unwrap();
        provisioner.cycle(&directory).await.unwrap();
    }
    let seen = seen.lock().unwrap();
    seen.iter().map(|exchange| heard(exchange)).collect()
}

fn start() -> EmbeddedEndpoint {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = EmbeddedOptions { target: "aquera".to_owned(), deviations: Vec::new(), seed: 3 };
    EmbeddedEndpoint::start(&options).unwrap()
}

/// What a few cycles at our own endpoint cannot show: token requests go elsewhere, and pages have a size.
const HIDDEN: [&str; 3] = ["token.scope", "token.secret", "find-group.unlimited"];

#[tokio::test(flavor = "multi_thread")]
async fn every_hidden_variant_of_every_client_is_found() {
    let embedded = start();
    for description in all() {
        // The SCIM connector patches groups only if it is told to.
        let patching = [("Use PATCH for Group Updates".to_owned(), "true".to_owned())];
        let description = description.configured(&patching).unwrap().description;
        for detail in description.with_choice().filter(|detail| !HIDDEN.contains(&detail.id.as_str())) {
            for variant in &detail.variants {
                let hidden = description.with_variants([(detail.id.as_str(), variant.id.as_str())]).unwrap();
                let found = calibrate(&description, &traffic(&embedded, &hidden).await);
                let shown = found.findings.iter().find(|found| found.detail == detail.id).unwrap();
                let at = format!("{} {}", description.id, detail.id);
                assert_eq!(shown.variant(), Some(variant.id.as_str()), "{at}: {:?}", shown.seen);
                assert_eq!(found.contradictions, [""; 0], "{at}");
                // The other details keep their defaults, or do not show.
                for other in found.findings.iter().filter(|other| other.detail != detail.id) {
                    let is_default = other.variant().is_none_or(|variant| variant == other.default);
                    assert!(is_default && other.seen.len() < 2, "{at}: {} {:?}", other.detail, other.seen);
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_variants_makes_the_client_that_was_recorded() {
    let embedded = start();
    let description = find("pingone-scim").unwrap();
    let chosen: Vec<(&str, &str)> = description
        .with_choice()
        .filter(|detail| !HIDDEN.contains(&detail.id.as_str()) && detail.id != "update-group")
        .map(|detail| (detail.id.as_str(), detail.variants.last().unwrap().id.as_str()))
        .collect();
    let hidden = description.with_variants(chosen.iter().copied()).unwrap();
    let recorded = traffic(&embedded, &hidden).await;
    let found = calibrate(description, &recorded);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("variants.toml");
    std::fs::write(&path, found.variant_file(description, "x.har")).unwrap();
    let fitted = description.with_variant_file(&path).unwrap();
    let again = traffic(&embedded, &fitted).await;
    // The queue has no order, so the requests are compared without theirs.
    let names = |heard: &[ObservedExchange]| -> Vec<String> {
        let mut names: Vec<_> = heard.iter().map(|one| format!("{} {}", one.method, one.raw_query)).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names(&again), names(&recorded));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_traffic_of_another_client_contradicts_the_description() {
    let embedded = start();
    let recorded = traffic(&embedded, find("pingone-scim").unwrap()).await;
    let found = calibrate(find("pingfederate-aquera").unwrap(), &recorded);
    assert!(found.contradictions.iter().any(|one| one.contains("\"username Eq\"")), "{:?}", found.contradictions);
    let found = calibrate(find("pingone-aquera").unwrap(), &recorded);
    assert!(found.contradictions.iter().any(|one| one.starts_with("groups are written")), "{:?}", found.contradictions);
}

#[test]
fn what_is_no_recording_is_said_to_be_none() {
    for text in ["no json", "{\"log\": {}}", "{\"a\": 1}"] {
        let error = parse(text).unwrap_err();
        assert!(error.to_string().contains("neither an HTTP archive"), "{error}");
    }
    let line = r#"{"request":{"method":"GET","target":"/scim/Users?filter=userName%20eq%20%22a%22","headers":[]},"answer":{"status":200}}"#;
    let [heard] = parse(line).unwrap().try_into().unwrap();
    assert_eq!((heard.path.as_str(), heard.query("filter").as_deref()), ("/scim/Users", Some("userName eq \"a\"")));
}
