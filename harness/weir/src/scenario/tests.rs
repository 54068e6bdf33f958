use reqwest::Method;
use weir_exchange::{Client, ClientOptions, Request};
use weir_provision::client;
use weir_provision::options::Put;

use super::accounts::{fixed_identifier, group_dn_deletion, provision_disabled};
use super::application::State;
use super::attributes::{mapped_only, never_cleared, type_omitted};
use super::deprovisioning::{DeprovisionedUsers, UserEvent};
use super::groups::collision;
use super::identity::identities;
use super::partial_update::deprovisioned;
use super::report::Observations;
use super::*;
use crate::embedded::EmbeddedOptions;

/// The shipped gateway, and its applications as a scenario sees them.
struct Gateway {
    applications: Vec<ScenarioApplication>,
    embedded: EmbeddedEndpoint,
}

impl Gateway {
    fn start() -> Self {
        Self::start_as(None)
    }

    fn start_as(text: Option<&str>) -> Self {
        let options = EmbeddedOptions { target: "aquera".to_owned(), deviations: Vec::new(), seed: 1 };
        let embedded = text
            .map_or_else(|| EmbeddedEndpoint::start(&options), |text| EmbeddedEndpoint::start_text(text, &options))
            .unwrap();
        let applications = application::all(&ScenarioEndpoint::Embedded(&embedded)).unwrap();
        Self { applications, embedded }
    }

    fn first(&self) -> &ScenarioApplication {
        &self.applications[0]
    }
}

/// What a scenario reports has a row of full length for each case, and says which scenario it was.
fn assert_reported<O: Observations>(observed: &O) {
    let report = ScenarioReport::of(observed, client::find("pingone-scim").unwrap());
    assert_eq!(report.scenario, O::SCENARIO.id());
    assert!(!report.rows.is_empty() && report.rows.iter().all(|row| row.len() == report.columns.len()));
    assert!(!report.observations.is_empty() && !report.verdict.is_empty());
}

/// One case: the set-up, the method and the answer of each request that writes, what is reported, and the account.
type Case<'a> = (&'a str, Vec<(&'a Method, u16)>, State, State);

fn cases<'a>(observed: &'a DeprovisionedUsers, application: &str, event: UserEvent) -> Vec<Case<'a>> {
    observed
        .observations
        .iter()
        .filter(|one| one.application == application && one.event == event)
        .map(|one| {
            let writes = one.writes.0.iter().map(|write| (&write.method, write.status)).collect();
            (one.setup.as_str(), writes, one.reported, one.account)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pingone_leaves_accounts_active_where_the_service_has_no_partial_update() {
    use State::{Active, Gone, Inactive};

    let gateway = Gateway::start_as(Scenario::PartialUpdate.target().as_ref().map(|(_, text)| text.as_str()));
    let observed = deprovisioned(&gateway.applications, client::find("pingone-aquera").unwrap()).await.unwrap();
    let (disable, delete, off) = ("Remove Action Disable", "Remove Action Delete", "Enable users disable off");
    assert_eq!(
        cases(&observed, "default", UserEvent::Deleted),
        [
            (disable, vec![(&Method::PUT, 200)], Inactive, Inactive),
            (disable, vec![(&Method::PATCH, 501)], Active, Active),
            (delete, vec![(&Method::DELETE, 204)], Gone, Gone),
            (off, vec![], Active, Active),
        ]
    );
    assert_eq!(
        cases(&observed, "no-partial-update-ignored", UserEvent::OutOfFilter)[..2],
        [
            (disable, vec![(&Method::PUT, 200)], Inactive, Active),
            (disable, vec![(&Method::PATCH, 501)], Active, Active),
        ]
    );
    assert_eq!(
        cases(&observed, "no-partial-update-ignored-visible-patch", UserEvent::Disabled),
        [
            (disable, vec![(&Method::PUT, 200)], Active, Active),
            (disable, vec![(&Method::PATCH, 204)], Active, Active),
            (delete, vec![(&Method::PUT, 200)], Active, Active),
            (delete, vec![(&Method::PATCH, 204)], Active, Active),
            (off, vec![], Active, Active),
        ]
    );
    assert_eq!(
        cases(&observed, "delete-on-deactivation", UserEvent::RuleDeleted { deprovisions: true })[0],
        (disable, vec![(&Method::PUT, 200)], Inactive, Gone)
    );
    assert!(observed.is_found() && observed.is_observable);
    assert!(
        observed
            .observations
            .iter()
            .all(|one| one.writes.is_deletion() || one.writes.is_empty() || one.writes.disables())
    );
    assert!(observed.observations.iter().all(|one| !one.writes.is_deletion() || !one.is_left()));
    assert_reported(&observed);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebodys_endpoint_shows_what_it_reports_and_is_left_clean() {
    let gateway = Gateway::start();
    let found = gateway.embedded.applications().iter().find(|own| own.name == "no-partial-update-ignored").unwrap();
    let options = ClientOptions { credentials: found.credentials(), ..ClientOptions::default() };
    let client = Client::new(&found.base_urls[0], options).unwrap();
    let endpoint = ScenarioEndpoint::Foreign { client: &client, prefix: "weir-abc" };
    let (_keep, interrupted) = watch::channel(false);
    let description = client::find("pingfederate-aquera").unwrap();
    let events = Events::new(Vec::new());
    let report = run(Scenario::PartialUpdate, &endpoint, description, &events, interrupted).await.unwrap();
    assert!(!report.is_found);
    assert_eq!(report.observations[0]["account"], State::NotObservable.as_str());
    assert_eq!(report.observations[0]["reported"], State::Inactive.as_str());
    assert!(report.observations.iter().all(|one| one["account"] == State::NotObservable.as_str()));
    let left = client.send(Request::get("/Users")).await.unwrap();
    assert_eq!(left.json().unwrap()["totalResults"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_doubled_linger_and_come_back_at_the_shipped_gateway() {
    let gateway = Gateway::start();
    let first = gateway.first();
    for id in ["pingfederate-scim", "pingone-aquera"] {
        let observed = fixed_identifier(first, client::find(id).unwrap()).await.unwrap();
        assert_eq!(
            (observed.before, observed.old, observed.new),
            (State::Active, State::Active, State::Active),
            "{id}"
        );
        assert_eq!(observed.created, 1, "{id}");
        assert!(observed.is_found());
        assert_reported(&observed);
    }
    for id in ["pingfederate-aquera", "pingfederate-scim"] {
        let observed = group_dn_deletion(first, client::find(id).unwrap()).await.unwrap();
        let reported: Vec<State> = observed.0.iter().map(|one| one.reported).collect();
        assert_eq!(reported[..3], [State::Active; 3], "{id}");
        assert_ne!(reported[3], State::Active, "{id}");
        assert!(observed.is_found());
        assert_reported(&observed);
    }
    let observed = provision_disabled(first, client::find("pingfederate-aquera").unwrap()).await.unwrap();
    let states: Vec<_> = observed.0.iter().map(|one| (one.provisions, one.writes.is_empty(), one.reported)).collect();
    assert_eq!(states.len(), 4);
    assert_eq!(states[1], (false, true, State::Gone));
    assert_eq!(states[3], (true, false, State::Inactive));
    assert!(observed.is_found());
    assert_reported(&observed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_passes_to_whoever_has_its_name_with_every_client() {
    let gateway = Gateway::start();
    for description in client::all() {
        let observed = identities(gateway.first(), description).await.unwrap();
        let passes: Vec<bool> = observed.0.iter().map(|one| !one.reuses.is_empty()).collect();
        let expected = [false, false, false, true, false, false, false, true, false, false];
        assert_eq!(passes, expected, "{}: {:#?}", description.id, observed.json());
        assert_eq!(observed.0[1].reported, State::Active, "{}: a rehire has the account again", description.id);
        // The second of two people with one mail.
        assert!(observed.0[5].failures.is_empty(), "{}: it looks for user names", description.id);
        // The new GUID is refused while the account is the old one's, which then counts as a leaver's.
        assert!(!observed.0[6].failures.is_empty(), "{}", description.id);
        assert_eq!(observed.0[6].reported, State::Inactive, "{}", description.id);
        assert!(observed.is_found());
        assert_reported(&observed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_with_one_mail_are_a_finding_where_accounts_are_looked_for_by_mail() {
    let gateway = Gateway::start();
    let pingone = &[("User Identifier", "workEmail"), ("User Filter Expression", "emails eq \"%s\"")][..];
    let pingfederate = &[("Unique User Identifier", "workEmail")][..];
    for (id, settings) in [("pingfederate-scim", pingfederate), ("pingone-scim", pingone), ("pingone-aquera", pingone)]
    {
        let by_mail: Vec<_> = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let made = client::find(id).unwrap().configured(&by_mail).unwrap();
        let observed = identities(gateway.first(), &made.description).await.unwrap();
        let refusal = observed.0[5].failures.first().map(String::as_str).unwrap_or_default();
        assert!(refusal.contains("looked for by workEmail"), "{id}: {refusal}");
        assert!(observed.is_found());
        assert!(observed.verdict().iter().any(|said| said.contains("finds accounts by mail")), "{id}");
        assert_reported(&observed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_are_kept_doubled_and_wiped_at_the_shipped_gateway() {
    let gateway = Gateway::start();
    let first = gateway.first();
    for id in ["pingfederate-aquera", "pingone-scim"] {
        let observed = never_cleared(first, client::find(id).unwrap()).await.unwrap();
        assert_eq!(observed.attributes.len(), 2);
        assert!(observed.attributes.iter().all(|one| one.before.is_some()), "{id}");
        assert!(observed.is_found(), "{id}");
        assert_reported(&observed);
    }
    let observed = type_omitted(first, client::find("pingfederate-scim").unwrap()).await.unwrap();
    let replaced: Vec<_> = observed.0.iter().map(|one| (one.omits_types, one.is_replaced)).collect();
    assert_eq!(replaced, [(false, true), (true, false)]);
    assert_eq!(observed.0[1].emails.len(), 2);
    assert!(observed.is_found());
    assert_reported(&observed);
    for id in ["pingfederate-aquera", "pingone-aquera"] {
        let observed = mapped_only(&gateway.applications, client::find(id).unwrap()).await.unwrap();
        let is_wiped = |application: &str, put: Put| {
            let one = observed.0.iter().find(|one| one.application == application && one.put == put).unwrap();
            one.nick_name.is_none()
        };
        assert!(is_wiped("default", Put::MappedOnly) && !is_wiped("default", Put::ReadMerge), "{id}");
        assert!(!is_wiped("merge-on-put", Put::MappedOnly), "{id}");
        assert!(observed.is_found());
        assert_reported(&observed);
    }
    let observed = schemas::invalid_schemas(first).await.unwrap();
    assert!(observed.as_they_are.missing.is_empty() && !observed.is_found());
    assert_eq!(observed.broken[0].missing.len(), observed.broken[0].mapped);
    assert_reported(&observed);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_of_one_name_are_overwritten_or_merged() {
    let gateway = Gateway::start();
    let first = gateway.first();
    for id in ["pingfederate-aquera", "pingfederate-scim"] {
        let observed = collision(first, client::find(id).unwrap()).await.unwrap();
        assert!(observed.is_found(), "{id}");
        assert!(observed.two_channels.iter().all(|after| after.is_own), "{id}");
        assert!(observed.one_channel[0].failed > 0 && observed.one_channel[1].failed == 0, "{id}");
        assert_reported(&observed);
    }
    let given = [("Group Membership Handling".to_owned(), "Merge".to_owned())];
    let merging = client::find("pingone-scim").unwrap().configured(&given).unwrap().description;
    let observed = collision(first, &merging).await.unwrap();
    let members: Vec<usize> = observed.two_channels.iter().map(|after| after.groups.members()).collect();
    assert_eq!(members, [1, 2]);
    assert!(!observed.is_found());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_happen_with_a_client_is_refused() {
    let gateway = Gateway::start();
    let endpoint = ScenarioEndpoint::Embedded(&gateway.embedded);
    let (_keep, interrupted) = watch::channel(false);
    let events = Events::new(Vec::new());
    for (scenario, id, reason) in [
        (Scenario::GroupNameCollision, "pingone-aquera", "provisions no groups"),
        (Scenario::ProvisionDisabledWithDelete, "pingone-aquera", "cannot happen"),
    ] {
        let description = client::find(id).unwrap();
        let error = run(scenario, &endpoint, description, &events, interrupted.clone()).await.unwrap_err();
        assert!(matches!(error, ScenarioError::Unsuitable(_)) && error.to_string().contains(reason), "{error}");
    }
}
