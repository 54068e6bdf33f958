//! The steps before the first cycle: credentials, and the fields of the mapping page.

use std::sync::Arc;

use serde_json::Value;
use weir_exchange::difference::at;
use weir_exchange::{BodyError, Client, Credentials, Exchange, Request};
use weir_judge::{Problem, Verdict};
use weir_provision::client::Description;
use weir_provision::client::wire;
use weir_provision::client::wire::Call;
use weir_provision::fields;

use super::specs::{CONNECT, REFRESH_FIELDS};
use super::stage::Stage;
use super::step::{Outcome, StepSpec, Steps};

/// Tries the right credentials and wrong ones. Whether the steps that follow make sense is the answer.
pub(super) async fn connect(steps: &mut Steps<'_>, client: &Client, description: &Description) {
    let Some((begun, client)) = steps.begin(&CONNECT, client) else { return };
    let mut outcome = Outcome::default();
    let call = description.connect.call(description);
    let request = wire::request(&call, &description.manner);
    match client.send(request.clone()).await {
        Err(error) => {
            outcome.problems.push(problem(&CONNECT, Verdict::Blocked, error.to_string(), "no answer", &[]));
            steps.block("the endpoint cannot be reached");
        }
        Ok(exchange) if exchange.status == 200 && exchange.json().is_ok() => {
            wrong_credentials(&client, &call, request, &mut outcome).await;
        }
        Ok(exchange) => {
            let came = format!("status {}", exchange.status);
            let verdict = if matches!(exchange.status, 401 | 403) { Verdict::Blocked } else { Verdict::Fail };
            let message = match exchange.json() {
                Err(why) if exchange.status == 200 => format!("{call} with the right credentials: {why}"),
                _ => format!("{call} with the right credentials was answered with {came}"),
            };
            outcome.problems.push(problem(&CONNECT, verdict, message, &came, &[exchange]));
            steps.block("the credentials do not open the endpoint");
        }
    }
    steps.end(begun, outcome);
}

async fn wrong_credentials(client: &Client, call: &Call, request: Request, outcome: &mut Outcome) {
    let wrong = match client.credentials() {
        Credentials::None => {
            outcome.reason = Some("no credentials were given, so wrong ones were not tried".to_owned());
            return;
        }
        Credentials::Oauth(source) => Credentials::Oauth(source.with_secret("weir-wrong-secret".to_owned().into())),
        Credentials::Bearer(_) => Credentials::Bearer("weir-wrong-token".to_owned().into()),
        Credentials::Basic { user, .. } => {
            Credentials::Basic { user: user.clone(), password: "weir-wrong-password".to_owned().into() }
        }
    };
    match client.with_credentials(wrong).send(request).await {
        Err(error) => outcome.problems.push(problem(&CONNECT, Verdict::Blocked, error.to_string(), "no answer", &[])),
        Ok(exchange) if matches!(exchange.status, 401 | 403) => {}
        Ok(exchange) => {
            let came = format!("status {}", exchange.status);
            let message = format!("{call} with wrong credentials was answered with {came}");
            outcome.problems.push(problem(&CONNECT, Verdict::Fail, message, &came, &[exchange]));
        }
    }
}

/// Reads the schemas, keeps them for the comparisons that follow, and says which fields they give.
pub(super) async fn refresh_fields(steps: &mut Steps<'_>, stage: &mut Stage) {
    let Some((begun, client)) = steps.begin(&REFRESH_FIELDS, &stage.client) else { return };
    let mut outcome = Outcome::default();
    let exchange = match client.send(Request::get("/Schemas")).await {
        Ok(exchange) => exchange,
        Err(error) => {
            outcome.problems.push(problem(&REFRESH_FIELDS, Verdict::Blocked, error.to_string(), "no answer", &[]));
            steps.end(begun, outcome);
            return;
        }
    };
    match schemas(&exchange) {
        Err(error) => {
            let came = error.to_string();
            let message = format!("GET /Schemas gives no list of schemas: {came}");
            outcome.problems.push(problem(&REFRESH_FIELDS, Verdict::Fail, message, &came, &[exchange]));
        }
        Ok(schemas) => {
            stage.schemas = schemas;
            let offered = fields::offered(&stage.schemas);
            let required: Vec<String> =
                offered.iter().filter(|field| field.is_required).map(ToString::to_string).collect();
            let own = offered.iter().filter(|field| field.label.starts_with("IANUser:")).count();
            outcome.reason = Some(format!(
                "{} fields, {own} of them IANUser; required: {}",
                offered.len(),
                if required.is_empty() { "none".to_owned() } else { required.join(", ") }
            ));
            let missing = fields::missing(&stage.provisioner.channel.mapping, &offered);
            if !missing.is_empty() {
                let message =
                    format!("the mapping fills fields that the endpoint does not list: {}", missing.join(", "));
                outcome.problems.push(problem(
                    &REFRESH_FIELDS,
                    Verdict::Note,
                    message,
                    "schemas without them",
                    &[exchange],
                ));
            }
        }
    }
    steps.end(begun, outcome);
}

/// Why an answer holds no schemas.
#[derive(Debug, thiserror::Error)]
enum SchemasError {
    #[error("status {0}")]
    Status(u16),
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error("status 200, but no Resources")]
    NoResources,
}

fn schemas(exchange: &Exchange) -> Result<Vec<Value>, SchemasError> {
    if exchange.status != 200 {
        return Err(SchemasError::Status(exchange.status));
    }
    let body = exchange.body().map_err(Clone::clone)?;
    match at(body, "Resources") {
        Some(Value::Array(schemas)) if !schemas.is_empty() => Ok(schemas.clone()),
        _ => Err(SchemasError::NoResources),
    }
}

fn problem(spec: &StepSpec, verdict: Verdict, message: String, observed: &str, exchanges: &[Arc<Exchange>]) -> Problem {
    Problem {
        requirements: spec.requirements.iter().map(|&id| id.to_owned()).collect(),
        legal: spec.legal.iter().map(|&legal| legal.to_owned()).collect(),
        exchanges: exchanges.to_vec(),
        ..Problem::new(verdict, message, observed)
    }
}
