//! Compressed answers: for whom, and what is in them.

use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use weir_server::Config;

use crate::client::{Client, USER};

struct Came {
    encoding: Option<String>,
    varies: bool,
    body: Vec<u8>,
}

async fn list(client: &Client, accept_encoding: Option<&str>, count: usize) -> Came {
    let http = reqwest::Client::builder().no_gzip().build().unwrap();
    let mut request = http.get(format!("{}/Users?count={count}", client.base)).bearer_auth(&client.token);
    if let Some(value) = accept_encoding {
        request = request.header("accept-encoding", value);
    }
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (encoding, varies) = (header("content-encoding"), header("vary").is_some());
    Came { encoding, varies, body: answer.bytes().await.unwrap().to_vec() }
}

#[tokio::test]
async fn an_answer_is_compressed_for_a_client_that_asks_and_says_the_same() {
    let mut config = Config::rfc();
    config.limits.compress = true;
    let client = Client::start(config);
    for number in 0..150 {
        let user =
            json!({"schemas": [USER], "userName": format!("user{number}@example.com"), "title": "x".repeat(500)});
        client.http.post(format!("{}/Users", client.base)).bearer_auth(&client.token).json(&user).send().await.unwrap();
    }
    // The largest of these is compressed beside the thread that answers.
    for count in [5, 150] {
        let plain = list(&client, None, count).await;
        assert!(plain.encoding.is_none() && plain.varies);
        let whole: Value = serde_json::from_slice(&plain.body).unwrap();
        assert_eq!(whole["totalResults"], 150);
        for asked in ["gzip", "deflate, gzip;q=0.8"] {
            let came = list(&client, Some(asked), count).await;
            assert_eq!(came.encoding.as_deref(), Some("gzip"), "{asked}");
            assert!(came.varies && came.body.len() * 4 < plain.body.len(), "{asked}: {} bytes", came.body.len());
            let mut unpacked = Vec::new();
            GzDecoder::new(came.body.as_slice()).read_to_end(&mut unpacked).unwrap();
            assert_eq!(serde_json::from_slice::<Value>(&unpacked).unwrap(), whole, "{asked}");
        }
        for asked in ["identity", "br", "gzip;q=0", "deflate", "*"] {
            assert_eq!(list(&client, Some(asked), count).await.encoding, None, "{asked}");
        }
    }
    assert_eq!(list(&client, Some("gzip"), 0).await.encoding, None, "too short to gain");
}
