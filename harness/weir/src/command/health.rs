//! `weir health`: whether an endpoint that `weir serve` runs is ready, for the probes of containers and service managers.

use std::time::Duration;

use clap::Args;
use url::Url;
use weir_exchange::{Client, ClientOptions, Request, base_url};

use crate::exit;
use crate::failure::Failure;
use crate::output::Output;

const EXAMPLES: &str = "\
It asks GET /_weir/health, which needs no credentials. The exit status is 0 if the endpoint is ready, else 3.

Examples:
  weir health
  weir health http://127.0.0.1:7643 --timeout 1
  podman run --health-cmd '/weir health' ...";

/// The address of `weir serve` without `--listen`.
const DEFAULT: &str = "http://127.0.0.1:7643";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct HealthArgs {
    /// The address of the endpoint; a path behind it is left out
    #[arg(value_name = "URL", value_parser = base_url, default_value = DEFAULT)]
    url: Url,
    /// Seconds to wait for the answer
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=60), default_value_t = 3)]
    timeout: u64,
}

pub(super) async fn run(args: HealthArgs, output: &Output) -> Result<u8, Failure> {
    let mut origin = args.url;
    origin.set_path("/");
    let timeout = Duration::from_secs(args.timeout);
    let options = ClientOptions { timeout, connect_timeout: timeout, ..ClientOptions::default() };
    let client = Client::new(&origin, options).map_err(Failure::usage)?;
    let exchange = client.send_at_once(&Request::get("/_weir/health")).await;
    let exchange = exchange.map_err(|error| Failure::Unreachable(error.to_string()))?;
    let is_ready = exchange.status == 200 && exchange.json().is_ok_and(|body| body["status"] == "up");
    if !is_ready {
        let problem = format!(
            "GET {} is answered with status {}, which is not the answer of an endpoint that weir serve runs",
            exchange.url, exchange.status
        );
        return Err(Failure::Unreachable(problem));
    }
    output.print("ready\n".to_owned())?;
    Ok(exit::OK)
}
