use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};

use weir_exchange::{ClientOptions, Credentials, Request};
use weir_judge::{Consumer, Verdict};
use weir_provision::client;

use super::*;
use crate::embedded::EmbeddedOptions;

/// Keeps the steps and leftovers of a run.
#[derive(Clone, Default)]
struct RunLog {
    steps: Arc<Mutex<Vec<Arc<Finding>>>>,
    leftovers: Arc<Mutex<Vec<String>>>,
}

impl Consumer for RunLog {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Finding(step) => self.steps.lock().unwrap().push(Arc::clone(step)),
            Event::Leftover { url, .. } => self.leftovers.lock().unwrap().push(url.clone()),
            _ => {}
        }
        Ok(())
    }
}

impl RunLog {
    fn steps(&self) -> Vec<Arc<Finding>> {
        self.steps.lock().unwrap().clone()
    }

    /// `id verdict` of each step, with what is worth knowing.
    fn table(&self) -> String {
        let mut text = String::new();
        for step in self.steps() {
            let reason = step.reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            writeln!(text, "{} {}{reason}", step.id, step.verdict.as_str()).unwrap();
        }
        text
    }

    /// The ids of the steps with this verdict.
    fn with(&self, verdict: Verdict) -> Vec<String> {
        self.steps().iter().filter(|step| step.verdict == verdict).map(|step| step.id.clone().into_owned()).collect()
    }

    /// Everything that went wrong, for the message of a failed assertion.
    fn problems(&self) -> String {
        let mut text = String::new();
        for step in self.steps() {
            for problem in &step.problems {
                writeln!(
                    text,
                    "{}: {} {} {:?}",
                    step.id,
                    problem.verdict.as_str(),
                    problem.message,
                    problem.differences
                )
                .unwrap();
            }
        }
        text
    }
}

fn start(target: &str, deviations: &[&str]) -> (EmbeddedEndpoint, Vec<String>) {
    let deviations: Vec<String> = deviations.iter().map(|&id| id.to_owned()).collect();
    let options = EmbeddedOptions { target: target.to_owned(), deviations: deviations.clone(), seed: 7 };
    (EmbeddedEndpoint::start(&options).unwrap(), deviations)
}

async fn run_with(subject: LifecycleEndpoint<'_>) -> RunLog {
    run_as("pingfederate-aquera", subject).await
}

async fn run_as(id: &str, subject: LifecycleEndpoint<'_>) -> RunLog {
    let kept = RunLog::default();
    let events = Events::new(vec![Box::new(kept.clone())]);
    let (_sender, interrupted) = watch::channel(false);
    run(&subject, client::find(id).unwrap(), &events, interrupted).await;
    kept
}

async fn run_embedded(target: &str, deviations: &[&str]) -> RunLog {
    let (embedded, deviations) = start(target, deviations);
    run_with(LifecycleEndpoint::Embedded(EmbeddedRun {
        embedded: &embedded,
        deviations: &deviations,
        threads: 4,
        observer: None,
        judge: None,
    }))
    .await
}

fn client_of(embedded: &EmbeddedEndpoint, application: &str) -> Client {
    let application = embedded.applications().iter().find(|own| own.name == application).unwrap();
    let options = ClientOptions { credentials: application.credentials(), ..ClientOptions::default() };
    Client::new(&application.base_urls[0], options).unwrap()
}

async fn run_foreign(embedded: &EmbeddedEndpoint, application: &str) -> RunLog {
    let client = client_of(embedded, application);
    run_with(LifecycleEndpoint::Foreign(ForeignRun { client, people: 6, seed: 7, threads: 2 })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_client_lives_its_whole_life_with_the_aquera_endpoint() {
    for (id, skipped) in [("pingfederate-scim", 1), ("pingone-aquera", 5), ("pingone-scim", 1)] {
        let (embedded, deviations) = start("aquera", &[]);
        let kept = run_as(
            id,
            LifecycleEndpoint::Embedded(EmbeddedRun {
                embedded: &embedded,
                deviations: &deviations,
                threads: 4,
                observer: None,
                judge: None,
            }),
        )
        .await;
        assert_eq!(kept.with(Verdict::Fail), [""; 0], "{id}: {}", kept.problems());
        assert_eq!(kept.with(Verdict::Skip).len(), skipped, "{id}: {}", kept.table());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pingone_lives_with_somebodys_endpoint() {
    let (embedded, _) = start("aquera", &[]);
    for id in ["pingone-aquera", "pingone-scim", "pingfederate-scim"] {
        let client = client_of(&embedded, "default");
        let kept = run_as(id, LifecycleEndpoint::Foreign(ForeignRun { client, people: 6, seed: 7, threads: 2 })).await;
        assert_eq!(kept.with(Verdict::Fail), [""; 0], "{id}: {}", kept.problems());
        assert!(kept.leftovers.lock().unwrap().is_empty(), "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aquera_endpoint_lives_through_the_whole_lifecycle() {
    let kept = run_embedded("aquera", &[]).await;
    assert_eq!(kept.with(Verdict::Fail), [""; 0], "{}", kept.problems());
    insta::assert_snapshot!(kept.table(), @r#"
    connect pass
    refresh-fields pass (76 fields, 17 of them IANUser; required: userName *)
    first-cycle pass (users: 208 created; groups: 24 created, 24 members changed)
    unchanged-cycle pass
    joiner pass (users: 3 created; groups: 1 members changed)
    mover pass (users: 9 updated; groups: 1 renamed, 6 members changed)
    disable pass (users: 3 disabled)
    enable pass (users: 2 enabled)
    leaver.delete pass (users: 3 deleted)
    leaver.disable pass (users: 1 updated, 2 disabled; groups: 1 deleted, 5 members changed)
    group.create pass (groups: 1 created, 1 members changed)
    group.members pass (groups: 1 members changed)
    group.rename pass (groups: 1 renamed)
    group.delete pass (groups: 1 deleted)
    relink pass (users: 205 linked; groups: 23 linked)
    lost-answer pass (users: 1 linked)
    group.fallback pass (users: 19 linked; groups: 3 linked)
    application.no-group-filter skip (the step before has used this application)
    application.no-group-create note (declared by the target: groups are not created here)
    application.no-group-delete pass
    application.no-partial-update-refused note (declared by the target: the service has no partial update: disabling is refused, and the account stays active)
    application.no-partial-update-ignored note (declared by the target: the service has no partial update: the endpoint reports the user inactive, the account stays active)
    application.no-partial-update-ignored-visible note (declared by the target: the service has no partial update: disabling is answered with success, and the user stays active)
    application.delete-on-deactivation note (declared by the target: disabling a user deletes the account in the service)
    application.no-hard-delete note (declared by the target: the service disables the account of a deleted user)
    application.accepts-user-patch pass
    application.merge-on-put pass
    application.invalid-schema pass
    application.basic-only pass
    application.bearer-only pass
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rfc_endpoint_lives_through_it_as_well() {
    let kept = run_embedded("rfc", &[]).await;
    insta::assert_snapshot!(kept.table(), @r#"
    connect pass
    refresh-fields pass (59 fields, 0 of them IANUser; required: userName *)
    first-cycle pass (users: 208 created; groups: 24 created, 24 members changed)
    unchanged-cycle pass
    joiner pass (users: 3 created; groups: 1 members changed)
    mover pass (users: 9 updated; groups: 1 renamed, 6 members changed)
    disable pass (users: 3 disabled)
    enable pass (users: 2 enabled)
    leaver.delete pass (users: 3 deleted)
    leaver.disable pass (users: 1 updated, 2 disabled; groups: 1 deleted, 5 members changed)
    group.create pass (groups: 1 created, 1 members changed)
    group.members pass (groups: 1 members changed)
    group.rename pass (groups: 1 renamed)
    group.delete pass (groups: 1 deleted)
    relink pass (users: 205 linked; groups: 23 linked)
    lost-answer pass (users: 1 linked)
    group.fallback skip (every application of the target can filter groups)
    application.other pass
    "#);
}

/// A deviation that gets into a client's way shows at the step where it does; others do no harm.
#[tokio::test(flavor = "multi_thread")]
async fn deviations_show_where_they_get_into_the_way() {
    for (deviation, failing) in
        [("patch.groups-refused", Some("first-cycle")), ("write.answer-lost=first:3", None), ("put.creates", None)]
    {
        let kept = run_embedded("aquera", &[deviation]).await;
        assert_eq!(kept.with(Verdict::Fail).first().map(String::as_str), failing, "{deviation}: {}", kept.problems());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_endpoint_is_left_as_it_was() {
    let (embedded, _) = start("aquera", &[]);
    let client = client_of(&embedded, "default");
    let stranger =
        serde_json::json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "stranger" });
    client.send(Request::post("/Users").json(&stranger)).await.unwrap();
    let kept = run_foreign(&embedded, "default").await;
    insta::assert_snapshot!(kept.table(), @r#"
    connect pass
    refresh-fields pass (76 fields, 17 of them IANUser; required: userName *)
    first-cycle pass (users: 4 created)
    unchanged-cycle pass
    joiner pass (users: 1 created)
    mover pass (users: 1 updated)
    disable pass (users: 1 disabled)
    enable pass (users: 1 enabled)
    group.create pass (groups: 1 created, 1 members changed)
    group.members pass (groups: 1 members changed)
    group.rename pass (groups: 1 renamed)
    group.fallback pass (users: 5 linked; groups: 1 linked)
    group.delete pass (groups: 1 deleted)
    lost-answer pass (users: 1 linked)
    leaver.delete pass (users: 1 deleted)
    leaver.disable pass (users: 1 disabled)
    "#);
    for path in ["/Users", "/Groups"] {
        let left = client.send(Request::get(path)).await.unwrap();
        let total = left.json().unwrap()["totalResults"].clone();
        assert_eq!(total, i32::from(path == "/Users"), "{path}: {}", left.json().unwrap());
    }
    assert!(kept.leftovers.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_with_limits_shows_them() {
    let (embedded, _) = start("aquera", &[]);
    for (application, failing) in [
        ("no-group-filter", vec![]),
        ("no-group-create", vec![]),
        ("no-partial-update-refused", vec!["disable", "leaver.disable"]),
        ("no-partial-update-ignored", vec![]),
        ("no-partial-update-ignored-visible", vec!["disable", "leaver.disable"]),
        ("no-hard-delete", vec![]),
    ] {
        let kept = run_foreign(&embedded, application).await;
        assert_eq!(kept.with(Verdict::Fail), failing, "{application}: {}", kept.problems());
        assert!(kept.leftovers.lock().unwrap().is_empty(), "{application}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_and_wrong_addresses_block() {
    let (embedded, _) = start("aquera", &[]);
    let wrong = client_of(&embedded, "default").with_credentials(Credentials::Bearer("wrong".to_owned().into()));
    let kept = run_with(LifecycleEndpoint::Foreign(ForeignRun { client: wrong, people: 4, seed: 7, threads: 1 })).await;
    assert_eq!(kept.with(Verdict::Pass), [""; 0], "{}", kept.table());
    assert_eq!(kept.with(Verdict::Blocked).len(), kept.steps().len());

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = url::Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let nowhere = Client::new(&url, ClientOptions::default()).unwrap();
    let kept =
        run_with(LifecycleEndpoint::Foreign(ForeignRun { client: nowhere, people: 4, seed: 7, threads: 1 })).await;
    assert_eq!(kept.with(Verdict::Blocked).len(), kept.steps().len(), "{}", kept.table());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_interrupted_cleans_up() {
    let (embedded, _) = start("aquera", &[]);
    let client = client_of(&embedded, "default");
    let kept = RunLog::default();
    let (sender, interrupted) = watch::channel(false);
    let interrupting = Interruption { after: "joiner", sender };
    let events = Events::new(vec![Box::new(kept.clone()), Box::new(interrupting)]);
    let subject = LifecycleEndpoint::Foreign(ForeignRun { client: client.clone(), people: 6, seed: 7, threads: 2 });
    run(&subject, client::find("pingfederate-aquera").unwrap(), &events, interrupted).await;
    assert_eq!(kept.steps().last().unwrap().id, "joiner");
    let left = client.send(Request::get("/Users")).await.unwrap();
    assert_eq!(left.json().unwrap()["totalResults"], 0);
}

/// Asks the run to end after a step.
struct Interruption {
    after: &'static str,
    sender: watch::Sender<bool>,
}

impl Consumer for Interruption {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Finding(step) = event
            && step.id == self.after
        {
            self.sender.send_replace(true);
        }
        Ok(())
    }
}
