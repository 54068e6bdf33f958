//! The yardstick: actix-web routes of the same pattern that send the same number of bytes, and no SCIM.
//!
//! `serve-bare-route ONE LIST` serves bodies of `ONE` bytes by id and of `LIST` bytes for the collection.

use std::process::ExitCode;

use actix_web::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use actix_web::{App, HttpResponse, HttpServer, web};

/// The first argument with which this program serves instead of measuring.
pub const COMMAND: &str = "serve-bare-route";

/// Serves until killed.
pub fn serve() -> ExitCode {
    let length = |at| std::env::args().nth(at).and_then(|text| text.parse().ok()).unwrap_or(600);
    match actix_web::rt::System::new().block_on(run(length(2), length(3))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bare route: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(one: usize, list: usize) -> std::io::Result<()> {
    let server = HttpServer::new(move || {
        let get = |length: usize| {
            let body = web::Bytes::from(vec![b'x'; length]);
            move || {
                let body = body.clone();
                async move { answer(HttpResponse::Ok(), body) }
            }
        };
        App::new()
            .route("/scim/v2/Users/{id}", web::get().to(get(one)))
            .route("/scim/v2/Users", web::get().to(get(list)))
            .route("/scim/v2/Users", web::post().to(echo))
            .route("/scim/v2/Users/{id}", web::patch().to(echo))
            .route("/scim/v2/Groups/{id}", web::patch().to(echo))
    })
    .workers(2)
    .bind(("127.0.0.1", 0))?;
    if let Some(address) = server.addrs().first() {
        println!("http://{address}");
    }
    server.run().await
}

fn answer(mut response: actix_web::HttpResponseBuilder, body: web::Bytes) -> HttpResponse {
    response
        .insert_header((CONTENT_TYPE, "application/scim+json"))
        .insert_header((ETAG, "W/\"1\""))
        .insert_header((LOCATION, "http://127.0.0.1:12345/scim/v2/Users/01890a5d-ac96-774b-bcce-b302099a8057"))
        .body(body)
}

/// Parses the body as JSON and sends it back.
async fn echo(body: web::Bytes) -> HttpResponse {
    match serde_json::from_slice::<serde_json::Value>(&body) {
        Ok(value) => answer(HttpResponse::Ok(), web::Bytes::from(value.to_string())),
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}
