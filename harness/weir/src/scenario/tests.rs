use weir_exchange::{Client, ClientOptions, Request};
use weir_provision::client;

use super::application::State;
use super::*;
use crate::embedded::EmbeddedOptions;

fn start(options: &EmbeddedOptions, text: Option<&str>) -> EmbeddedEndpoint {
    // Fails only if a provider is installed already, which then serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    text.map_or_else(|| EmbeddedEndpoint::start(options), |text| EmbeddedEndpoint::start_text(text, options)).unwrap()
}

async fn told(scenario: Scenario, id: &str) -> ScenarioReport {
    let options = EmbeddedOptions { target: "aquera".to_owned(), deviations: Vec::new(), seed: 1 };
    let embedded = start(&options, scenario.target().as_ref().map(|(_, text)| text.as_str()));
    let (_keep, interrupted) = watch::channel(false);
    let description = client::find(id).unwrap();
    run(scenario, &ScenarioEndpoint::Embedded(&embedded), description, &Events::new(Vec::new()), interrupted)
        .await
        .unwrap()
}

/// The observations of one application and event as `configuration: sent -> came, reported, account`.
fn of(told: &ScenarioReport, application: &str, event: &str) -> Vec<String> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    told.observations
        .iter()
        .filter(|one| one["application"] == application && one["event"] == event)
        .map(|one| {
            let [setup, sent, came, reported, account] =
                ["configuration", "sent", "came", "reported", "account"].map(|key| text(&one[key]));
            format!("{setup}: {sent} -> {came}, {reported}, {account}")
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pingone_leaves_accounts_active_where_the_service_has_no_partial_update() {
    let told = told(Scenario::PartialUpdate, "pingone-aquera").await;
    assert_eq!(
        of(&told, "default", "user deleted"),
        [
            "Remove Action Disable: PUT with active false -> 200, inactive, inactive",
            "Remove Action Disable: PATCH with active false -> 501, active, active",
            "Remove Action Delete: DELETE -> 204, gone, gone",
            "Enable users disable off: nothing -> -, active, active",
        ]
    );
    assert_eq!(
        of(&told, "no-partial-update-ignored", "out of the filter")[..2],
        [
            "Remove Action Disable: PUT with active false -> 200, inactive, active",
            "Remove Action Disable: PATCH with active false -> 501, active, active",
        ]
    );
    assert_eq!(
        of(&told, "no-partial-update-ignored-visible-patch", "user disabled"),
        [
            "Remove Action Disable: PUT with active false -> 200, active, active",
            "Remove Action Disable: PATCH with active false -> 204, active, active",
            "Remove Action Delete: PUT with active false -> 200, active, active",
            "Remove Action Delete: PATCH with active false -> 204, active, active",
            "Enable users disable off: nothing -> -, active, active",
        ]
    );
    assert_eq!(
        of(&told, "delete-on-deactivation", "rule deleted")[0],
        "Remove Action Disable: PUT with active false -> 200, inactive, gone"
    );
    assert!(told.is_found);
    let verdict = told.verdict.join("\n");
    for said in [
        "Choose Remove Action Delete: after DELETE no account stays active.",
        "deleteOnDeactivation (delete-on-deactivation)",
        "and no error is reported",
    ] {
        assert!(verdict.contains(said), "{said}:\n{verdict}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebodys_endpoint_shows_what_it_reports_and_is_left_clean() {
    let options = EmbeddedOptions { target: "aquera".to_owned(), deviations: Vec::new(), seed: 1 };
    let embedded = start(&options, None);
    let found = embedded.applications().iter().find(|own| own.name == "no-partial-update-ignored").unwrap();
    let options = ClientOptions { credentials: found.credentials(), ..ClientOptions::default() };
    let client = Client::new(&found.base_urls[0], options).unwrap();
    let subject = ScenarioEndpoint::Foreign { client: &client, prefix: "weir-abc" };
    let (_keep, interrupted) = watch::channel(false);
    let description = client::find("pingfederate-aquera").unwrap();
    let told =
        run(Scenario::PartialUpdate, &subject, description, &Events::new(Vec::new()), interrupted).await.unwrap();
    assert_eq!(told.observations[0]["account"], State::NotObservable.as_str());
    assert_eq!(told.observations[0]["reported"], "inactive");
    let verdict = told.verdict.join("\n");
    assert!(verdict.contains("sign-in not observable") && verdict.contains("Check by hand"), "{verdict}");
    assert!(!told.is_found);
    let left = client.send(Request::get("/Users")).await.unwrap();
    assert_eq!(left.json().unwrap()["totalResults"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_limitation_shows_at_the_shipped_gateway() {
    for (scenario, clients) in [
        (Scenario::NeverCleared, &["pingfederate-aquera", "pingone-scim"][..]),
        (Scenario::GroupDnDeletion, &["pingfederate-aquera", "pingfederate-scim"]),
        (Scenario::FixedIdentifier, &["pingfederate-scim", "pingone-aquera"]),
        (Scenario::TypeOrPrimaryOmitted, &["pingfederate-scim"]),
        (Scenario::GroupNameCollision, &["pingfederate-aquera", "pingfederate-scim"]),
        (Scenario::ProvisionDisabledWithDelete, &["pingfederate-aquera"]),
        (Scenario::MappedOnlyReplaces, &["pingfederate-aquera", "pingone-aquera"]),
    ] {
        for id in clients {
            let told = told(scenario, id).await;
            assert!(told.is_found, "{} {id}: {:#?}", scenario.id(), told.rows);
            assert_eq!(told.scenario, scenario.id());
            assert!(!told.verdict.is_empty() && told.rows.iter().all(|row| row.len() == told.columns.len()));
        }
    }
    let told = told(Scenario::InvalidSchemas, "pingfederate-aquera").await;
    assert!(!told.is_found && told.rows[1][2] == "every mapped field", "{:#?}", told.rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_shares_a_group_and_what_cannot_happen_is_said() {
    let options = EmbeddedOptions { target: "aquera".to_owned(), deviations: Vec::new(), seed: 1 };
    let embedded = start(&options, None);
    let given = [("Group Membership Handling".to_owned(), "Merge".to_owned())];
    let merging = client::find("pingone-scim").unwrap().configured(&given).unwrap().description;
    let (_keep, interrupted) = watch::channel(false);
    let events = Events::new(Vec::new());
    let subject = ScenarioEndpoint::Embedded(&embedded);
    let told = run(Scenario::GroupNameCollision, &subject, &merging, &events, interrupted.clone()).await.unwrap();
    assert!(!told.is_found, "{:#?}", told.rows);
    for (scenario, id, said) in [
        (Scenario::GroupNameCollision, "pingone-aquera", "provisions no groups"),
        (Scenario::ProvisionDisabledWithDelete, "pingone-aquera", "cannot happen"),
    ] {
        let description = client::find(id).unwrap();
        let error = run(scenario, &subject, description, &events, interrupted.clone()).await.unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}
