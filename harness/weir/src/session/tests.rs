//! Runs without the command line.

use tokio::sync::watch;
use weir_catalog::selection::{Selection, select};
use weir_exchange::ClientOptions;
use weir_judge::{Events, Verdict};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_check_run_needs_no_command_line() {
    let selection = Selection { only: vec!["read".to_owned()], ..Selection::default() };
    let run = CheckRun::new(select(&selection).unwrap(), 7);
    let mut endpoint = RunEndpoint::embedded("rfc", &[], 7, ClientOptions::default()).unwrap();
    let planned = run.plan(&endpoint).await.unwrap();
    let (_interrupt, interrupted) = watch::channel(false);
    let outcome = run.run(&mut endpoint, Events::default(), None, interrupted).await.unwrap();
    let summary = outcome.summary;
    assert_eq!(summary.checks.iter().sum::<usize>(), planned.len());
    assert!(summary.total(Verdict::Pass) > 0 && summary.total(Verdict::Fail) == 0, "{summary:?}");
    assert!(summary.exchanges > 0 && !summary.interrupted);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_not_there_ends_a_run_with_the_reason() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/scim/v2", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let client = weir_exchange::Client::new(&url, ClientOptions::default()).unwrap();
    let mut endpoint = RunEndpoint::foreign(client, weir_exchange::Further::default());
    let (_interrupt, interrupted) = watch::channel(false);
    let run = CheckRun::new(Vec::new(), 7);
    let error = run.run(&mut endpoint, Events::default(), None, interrupted).await.unwrap_err();
    assert!(matches!(error, CheckError::Undiscovered(_)), "{error}");
}
