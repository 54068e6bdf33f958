//! Runs of checks that are made for the purpose, against an embedded endpoint.

use std::sync::{Arc, Mutex};

use scim::capability::Capability;
use serde_json::json;
use tokio::sync::Notify;
use tokio::sync::watch;
use weir::embedded::{EmbeddedEndpoint, EmbeddedOptions};
use weir_catalog::plan::plan;
use weir_catalog::run::{RunOptions, examiner, run};
use weir_catalog::{Check, CheckResult, Context, Discovery, UnderWay, discover};
use weir_exchange::{Client, ClientOptions, Further, Request};
use weir_judge::{Consumer, Event, Events, Finding, Verdict};

const LEGAL: &[&str] = &["whatever the test says"];

const fn check(
    id: &'static str,
    run: for<'a> fn(&'a Context) -> futures_util::future::BoxFuture<'a, CheckResult>,
) -> Check {
    Check::boxed(id, "A check for the purpose", run)
        .matters("It shows what becomes of checks.")
        .requirements(&["RFC7644-3.3-07"])
        .legal(LEGAL)
}

#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Event>>>);

impl Consumer for Seen {
    fn event(&mut self, event: &Event) -> std::io::Result<()> {
        self.0.lock().unwrap().push(event.clone());
        Ok(())
    }
}

impl Seen {
    fn findings(&self) -> Vec<Arc<Finding>> {
        let events = self.0.lock().unwrap();
        events
            .iter()
            .filter_map(|event| if let Event::Finding(finding) = event { Some(Arc::clone(finding)) } else { None })
            .collect()
    }

    fn leftovers(&self) -> Vec<String> {
        let events = self.0.lock().unwrap();
        events
            .iter()
            .filter_map(|event| if let Event::Leftover { url, .. } = event { Some(url.clone()) } else { None })
            .collect()
    }
}

struct Stage {
    _embedded: EmbeddedEndpoint,
    client: Client,
    discovery: Arc<Discovery>,
    interrupt: watch::Sender<bool>,
    options: RunOptions,
}

impl Stage {
    async fn new(deviations: &[&str]) -> Self {
        // Another test may have been first, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let deviations = deviations.iter().map(|id| (*id).to_owned()).collect();
        let embedded = EmbeddedEndpoint::start(&EmbeddedOptions { target: "rfc".into(), deviations, seed: 7 }).unwrap();
        let application = embedded.application().unwrap();
        let options = ClientOptions { credentials: application.credentials(), ..ClientOptions::default() };
        let client = Client::new(&application.base_urls[0], options).unwrap();
        let discovery = Arc::new(discover(&client).await.unwrap());
        let examiner = examiner(&client, &discovery, []);
        let (interrupt, interrupted) = watch::channel(false);
        Self {
            _embedded: embedded,
            client,
            discovery,
            interrupt,
            options: RunOptions {
                seed: 7,
                concurrency: 4,
                interrupted,
                further: Further::default(),
                scale: None,
                templates: Arc::default(),
                under_way: UnderWay::default(),
                examiner,
                is_for_rules_alone: false,
                keeps: false,
                stops_at_failure: false,
            },
        }
    }

    async fn run(&self, checks: &'static [Check]) -> Seen {
        let seen = Seen::default();
        let events = Events::new(vec![Box::new(seen.clone())]);
        let planned = plan(checks, &self.discovery, false);
        run(&planned, &self.client, &self.discovery, &events, &self.options).await;
        seen
    }

    async fn users(&self) -> u64 {
        let answer = self.client.send(Request::get("/Users").query("count", "0")).await.unwrap();
        answer.json().unwrap()["totalResults"].as_u64().unwrap()
    }
}

#[tokio::test]
async fn findings_come_in_the_order_of_the_plan_whoever_is_first() {
    static SECOND_IS_DONE: Notify = Notify::const_new();
    static CHECKS: &[Check] = &[
        check("test.first", |_| {
            Box::pin(async {
                SECOND_IS_DONE.notified().await;
                Ok(())
            })
        }),
        check("test.second", |_| {
            Box::pin(async {
                SECOND_IS_DONE.notify_one();
                Ok(())
            })
        }),
    ];
    let seen = Stage::new(&[]).await.run(CHECKS).await;
    let findings = seen.findings();
    let ids: Vec<_> = findings.iter().map(|finding| (finding.id.as_ref(), finding.verdict)).collect();
    assert_eq!(ids, [("test.first", Verdict::Pass), ("test.second", Verdict::Pass)]);
}

#[tokio::test]
async fn a_check_that_panics_is_our_error_and_leaves_nothing_behind() {
    static CHECKS: &[Check] = &[check("test.panics", |context| {
        Box::pin(async {
            context.user().await?;
            panic!("out of bounds")
        })
    })];
    let stage = Stage::new(&[]).await;
    let seen = stage.run(CHECKS).await;
    let finding = &seen.findings()[0];
    assert_eq!(finding.verdict, Verdict::Error);
    assert!(finding.reason.as_ref().unwrap().contains("out of bounds"), "{:?}", finding.reason);
    assert_eq!((stage.users().await, seen.leftovers()), (0, vec![]));
}

#[tokio::test]
async fn a_precondition_that_fails_blocks_and_names_the_check_that_judges_it() {
    static CHECKS: &[Check] = &[check("test.blocked", |context| {
        Box::pin(async {
            context.create("/Users", &json!({"schemas": []})).await?;
            Ok(())
        })
    })];
    let seen = Stage::new(&[]).await.run(CHECKS).await;
    let finding = &seen.findings()[0];
    assert_eq!((finding.verdict, finding.cause.as_deref()), (Verdict::Blocked, Some("create.resource[User]")));
    assert_eq!(finding.problems[0].exchanges[0].status, 400);
}

#[tokio::test]
async fn what_was_created_without_an_answer_is_found_by_its_name() {
    static CHECKS: &[Check] = &[check("test.loses", |context| {
        Box::pin(async {
            context.send(Request::post("/Users").json(&context.data().user())).await?;
            Ok(())
        })
    })];
    let stage = Stage::new(&["write.answer-lost"]).await;
    let seen = stage.run(CHECKS).await;
    assert_eq!((stage.users().await, seen.leftovers()), (0, vec![]), "{:?}", seen.findings());
}

#[tokio::test]
async fn a_check_may_only_judge_by_what_its_record_cites() {
    static CHECKS: &[Check] = &[check("test.strays", |context| {
        Box::pin(async {
            let answer = context.send(Request::get("/Users")).await?;
            context.expect(&answer).under(&["RFC7644-3.6-06"]).status(&[200]);
            Ok(())
        })
    })];
    let seen = Stage::new(&[]).await.run(CHECKS).await;
    assert_eq!(seen.findings()[0].verdict, Verdict::Error);
}

#[tokio::test]
async fn what_an_endpoint_does_not_offer_is_skipped_with_the_reason() {
    static CHECKS: &[Check] = &[check("test.needs", |_| Box::pin(async { Ok(()) })).needs(&[Capability::PatchGroups])];
    let seen = Stage::new(&["patch.groups-refused"]).await.run(CHECKS).await;
    let finding = &seen.findings()[0];
    let reason = Some("the endpoint does not offer patch.groups (probed)".to_owned());
    assert_eq!((finding.verdict, &finding.reason), (Verdict::Skip, &reason));
}

#[tokio::test]
async fn an_interrupted_run_starts_no_further_check() {
    static CHECKS: &[Check] = &[check("test.never", |_| Box::pin(async { panic!("it ran") }))];
    let stage = Stage::new(&[]).await;
    stage.interrupt.send(true).unwrap();
    assert!(stage.run(CHECKS).await.findings().is_empty());
}
