use std::sync::Arc;

use serde_json::json;
use url::Url;
use weir_exchange::{ClientOptions, CreatedResources};

use super::*;
use crate::deletion::delete_created;
use crate::peer::{answer, peer};

#[tokio::test]
async fn what_cannot_be_deleted_is_reported_and_what_is_gone_is_not() {
    #[derive(Clone, Default)]
    struct Leftovers(Arc<std::sync::Mutex<Vec<String>>>);
    impl weir_judge::Consumer for Leftovers {
        fn event(&mut self, event: &weir_judge::Event) -> std::io::Result<()> {
            if let weir_judge::Event::Leftover { url, reason } = event {
                self.0.lock().unwrap().push(format!("{} {reason}", url.rsplit('/').next().unwrap()));
            }
            Ok(())
        }
    }
    let (url, mut requests) = peer(vec![
        answer("201 Created", r#"{"id":"a/b"}"#),
        answer("201 Created", r#"{"id":"gone"}"#),
        answer("404 Not Found", ""),
        answer("500 Internal Server Error", ""),
    ])
    .await;
    let created = CreatedResources::default();
    let client = client(&url);
    for _ in 0..2 {
        client.noting(&created).send(Request::post("/Users").json(&json!({}))).await.unwrap();
    }
    let leftovers = Leftovers::default();
    let events = weir_judge::Events::new(vec![Box::new(leftovers.clone())]);
    delete_created(&created, &client, &events, 1).await;
    let mut lines = Vec::new();
    while let Ok(request) = requests.try_recv() {
        lines.push(request.lines().next().unwrap().to_owned());
    }
    assert_eq!(&lines[2..], ["DELETE /scim/v2/Users/gone HTTP/1.1", "DELETE /scim/v2/Users/a%2Fb HTTP/1.1"]);
    assert_eq!(*leftovers.0.lock().unwrap(), ["a%2Fb DELETE was answered with 500"]);
    assert_eq!(events.summary().leftovers, 1);
}

/// A client for `url` that sends no credentials.
fn client(url: &Url) -> Client {
    Client::new(url, ClientOptions::default()).unwrap()
}
