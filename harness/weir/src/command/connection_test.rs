//! `weir connection test` and `weir connection fields`: whether a connection connects, and which attributes the endpoint
//! offers.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::Value;
use weir_exchange::difference::at;
use weir_exchange::{Client, EndpointError, EndpointErrorKind, Exchange, Request};
use weir_provision::fields;
use weir_provision::fields::OfferedField;
use weir_provision::mapping::Mapping;

use crate::exit;
use crate::failure::Failure;
use crate::flags::EndpointFlags;
use crate::flags::client::{Chosen, ClientFlags};
use crate::output::Output;
use crate::output::table;

#[derive(Args, Debug)]
pub(super) struct ConnectedArgs {
    /// The JSON of PingFederate's administrative API or of PingOne's management API
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Another client than the connection's own
    #[arg(long = "as", value_name = "CLIENT")]
    client: Option<String>,
    /// The channel whose mapping is looked at; without it the first that is active
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    #[command(flatten)]
    endpoint: EndpointFlags,
}

impl ConnectedArgs {
    fn chosen(&self) -> Result<(Chosen, Client), Failure> {
        let flags = ClientFlags {
            connection: Some(self.file.clone()),
            channel: self.channel.clone(),
            // What is asked here does not depend on what the expressions would make of the values.
            ignore_expressions: true,
            ..ClientFlags::default()
        };
        let chosen = flags.choose(self.client.as_deref(), "")?;
        let url = chosen.url(None)?.ok_or_else(|| {
            Failure::Usage(format!("{} has no SCIM URL, so there is nothing to connect to", self.file.display()))
        })?;
        let client = chosen.client(&url, &self.endpoint)?;
        Ok((chosen, client))
    }
}

/// What is wrong with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    Url,
    Tls,
    Credentials,
    NotScim,
    Permission,
    NoAnswer,
}

impl Trouble {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Url => "wrong URL",
            Self::Tls => "TLS",
            Self::Credentials => "credentials",
            Self::NotScim => "not SCIM",
            Self::Permission => "no permission",
            Self::NoAnswer => "no answer",
        }
    }
}

/// Our own sequence, since nobody says what the consoles send: discovery, then a page of one user.
pub(super) async fn test(args: ConnectedArgs, output: Output) -> Result<u8, Failure> {
    let (chosen, client) = args.chosen()?;
    let mut rows = Vec::new();
    let mut trouble = None;
    for path in ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"] {
        match client.send(Request::get(path)).await {
            // Discovery may be missing, closed or broken without harm; the users decide.
            Ok(exchange) => rows.push(row(path, &exchange)),
            Err(error) => {
                rows.push(vec![format!("  GET {path}"), "no answer".to_owned(), error.sentence.clone()]);
                trouble = Some(unreachable(&error));
                break;
            }
        }
    }
    if trouble.is_none() {
        let path = &chosen.description.user.path;
        match client.send(Request::get(path).query("count", "1")).await {
            Ok(exchange) => {
                rows.push(row(&format!("{path}?count=1"), &exchange));
                trouble = judge(&exchange);
            }
            Err(error) => {
                rows.push(vec![format!("  GET {path}?count=1"), "no answer".to_owned(), error.sentence.clone()]);
                trouble = Some(unreachable(&error));
            }
        }
    }
    output.print(&format!("{} as {}\n{}", client.base_url(), chosen.description.id, table(&rows)))?;
    match trouble {
        None => {
            output.print("connects: the credentials open the users\n")?;
            Ok(exit::OK)
        }
        Some((trouble, why)) => {
            output.print(&format!("does not connect, {}: {why}\n", trouble.as_str()))?;
            Ok(exit::UNREACHABLE)
        }
    }
}

fn row(path: &str, exchange: &Exchange) -> Vec<String> {
    let detail = exchange.text("detail").unwrap_or_default();
    vec![format!("  GET {path}"), exchange.status.to_string(), detail.to_owned()]
}

fn unreachable(error: &EndpointError) -> (Trouble, String) {
    let trouble = match error.kind {
        EndpointErrorKind::Refused | EndpointErrorKind::Dns | EndpointErrorKind::BadRequest => Trouble::Url,
        EndpointErrorKind::Tls => Trouble::Tls,
        EndpointErrorKind::NotHttp | EndpointErrorKind::TooLarge => Trouble::NotScim,
        // The token endpoint says no in words of its own.
        EndpointErrorKind::Other if error.sentence.contains("token endpoint") => Trouble::Credentials,
        _ => Trouble::NoAnswer,
    };
    (trouble, error.sentence.clone())
}

/// What the answer to the question for users means; nothing if all is well.
fn judge(exchange: &Exchange) -> Option<(Trouble, String)> {
    let detail = exchange.text("detail").map(|detail| format!(" ({detail})")).unwrap_or_default();
    let status = exchange.status;
    let told = match status {
        200 => match exchange.json() {
            Err(why) => (Trouble::NotScim, why.to_owned()),
            Ok(body) if at(body, "totalResults").is_some() => return None,
            Ok(_) => {
                (Trouble::NotScim, "the answer is JSON, but no list of resources (RFC 7644 section 3.4.2)".to_owned())
            }
        },
        300..=399 => {
            let place = exchange.header("location").unwrap_or("elsewhere");
            (Trouble::Url, format!("status {status} points to {place}; take that for the SCIM URL"))
        }
        401 => (Trouble::Credentials, format!("status 401{detail}; give others with --bearer or --basic")),
        403 => (Trouble::Permission, format!("status 403{detail}; the credentials are good, but may not read users")),
        404 | 405 | 410 => (
            Trouble::Url,
            format!("status {status}{detail}; something answers there, but there are no users below the URL"),
        ),
        _ if exchange.json().is_err() => (Trouble::NotScim, format!("status {status} without JSON")),
        _ => (Trouble::NoAnswer, format!("status {status}{detail}")),
    };
    Some(told)
}

/// The attributes of the endpoint as the mapping page lists them.
pub(super) async fn fields(args: ConnectedArgs, output: Output) -> Result<u8, Failure> {
    let (chosen, client) = args.chosen()?;
    let exchange =
        client.send(Request::get("/Schemas")).await.map_err(|error| Failure::Unreachable(error.to_string()))?;
    let schemas = schemas(&exchange)?;
    let description = &chosen.description;
    let offered = if description.lists_fields {
        fields::listed(&schemas, &description.user.schema_urns)
    } else {
        fields::offered(&schemas)
    };
    let default = Mapping::inet_org_person();
    let mapping = chosen.channel.as_ref().map_or(&default, |channel| &channel.mapping);
    output.print(&shown(&client, &offered, mapping))?;
    // A required attribute without a rule is what would stop every user.
    let is_open = offered.iter().any(|field| field.is_required && !is_mapped(field, mapping));
    Ok(if is_open { exit::FINDINGS } else { exit::OK })
}

fn schemas(exchange: &Arc<Exchange>) -> Result<Vec<Value>, Failure> {
    let list = exchange.at("Resources").and_then(Value::as_array).cloned();
    match (exchange.status, list) {
        (200, Some(list)) => Ok(list),
        (status, _) => Err(Failure::Unreachable(format!(
            "{} was answered with status {status} and no list of schemas; weir connection test tells more",
            exchange.target()
        ))),
    }
}

fn is_mapped(field: &OfferedField, mapping: &Mapping) -> bool {
    mapping.rules().iter().any(|rule| rule.field.name.eq_ignore_ascii_case(&field.label))
}

fn shown(client: &Client, offered: &[OfferedField], mapping: &Mapping) -> String {
    let rows: Vec<Vec<String>> = offered
        .iter()
        .map(|field| {
            let from = mapping.rules().iter().find(|rule| rule.field.name.eq_ignore_ascii_case(&field.label));
            let from = match from {
                Some(rule) if rule.attribute_names.is_empty() => {
                    format!("default {}", rule.default_value.clone().unwrap_or_default())
                }
                Some(rule) => format!("from {}", rule.attribute_names.join(", ")),
                None if field.is_required => "not mapped, but required".to_owned(),
                None => "not mapped".to_owned(),
            };
            vec![format!("  {field}"), from]
        })
        .collect();
    let mut text = format!("{}: {} fields, * is required\n{}", client.base_url(), offered.len(), table(&rows));
    let missing = fields::missing(mapping, offered);
    if !missing.is_empty() {
        text += "the mapping fills what the endpoint does not list\n";
    }
    for name in missing {
        text.extend(["  ", &name, "\n"]);
    }
    text
}
