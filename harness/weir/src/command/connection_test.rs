//! `weir connection test` and `weir connection fields`: whether a connection connects, and which attributes the endpoint
//! offers.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::Value;
use weir_exchange::legible::one_line;
use weir_exchange::{Client, Exchange, Request, scim_root};
use weir_provision::connection::probe::{Obstacle, Probe, ProbeQuestion, probe};
use weir_provision::fields;
use weir_provision::fields::OfferedField;
use weir_provision::mapping::Mapping;

use crate::exit;
use crate::failure::Failure;
use crate::flags::EndpointFlags;
use crate::flags::client::{ClientChoice, ClientFlags};
use crate::output::Output;
use crate::output::plural::plural;
use crate::output::table;

#[derive(Args, Debug)]
pub(super) struct ConnectedArgs {
    /// JSON of PingFederate's or PingOne's API, or saas-provisioner.xml
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The connection to use, of a file that holds several
    #[arg(long, value_name = "NAME")]
    connection_name: Option<String>,
    /// The client to use [default: that of the connection]
    #[arg(long = "as", value_name = "CLIENT")]
    client: Option<String>,
    /// The channel whose mapping to use [default: the first that is active]
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    #[command(flatten)]
    endpoint: EndpointFlags,
}

impl ConnectedArgs {
    fn chosen(&self, output: &Output) -> Result<(ClientChoice, Client), Failure> {
        let flags = ClientFlags {
            connection: Some(self.file.clone()),
            connection_name: self.connection_name.clone(),
            // Asking changes nothing.
            inactive: true,
            ignore_unknown_settings: true,
            channel: self.channel.clone(),
            // What is asked here does not depend on what the expressions would make of the values.
            ignore_expressions: true,
            ..ClientFlags::default()
        };
        let chosen = flags.choose(self.client.as_deref(), "", output)?;
        let url = chosen.url(None)?.ok_or_else(|| {
            Failure::Usage(format!("{} has no SCIM URL, so there is nothing to connect to", self.file.display()))
        })?;
        let client = chosen.client(&url, &self.endpoint, output)?;
        Ok((chosen, client))
    }
}

/// Says whether the connection connects, and what is wrong if not.
pub(super) async fn test(args: ConnectedArgs, output: &Output) -> Result<u8, Failure> {
    let (chosen, client) = args.chosen(output)?;
    let Probe { questions, obstacle } = probe(&client, &chosen.description).await;
    let rows: Vec<_> = questions.iter().map(row).collect();
    output.say(format_args!("{} as {}", client.base_url(), chosen.description.id))?;
    output.print(table(&rows))?;
    match obstacle {
        None => {
            output.say("connects: the credentials open the users")?;
            Ok(exit::OK)
        }
        Some(Obstacle { trouble, reason }) => {
            output.say(format_args!("does not connect, {}: {reason}", trouble.as_str()))?;
            Ok(exit::UNREACHABLE)
        }
    }
}

fn row(question: &ProbeQuestion) -> Vec<String> {
    let (status, detail) = match &question.answer {
        Ok(exchange) => (exchange.status.to_string(), exchange.text("detail").unwrap_or_default().to_owned()),
        Err(error) => ("no answer".to_owned(), error.sentence.clone()),
    };
    vec![format!("  GET {}", question.path), status, detail]
}

/// The attributes of the endpoint as the mapping page lists them.
pub(super) async fn fields(args: ConnectedArgs, output: &Output) -> Result<u8, Failure> {
    let (chosen, client) = args.chosen(output)?;
    let exchange =
        client.send(Request::get("/Schemas")).await.map_err(|error| Failure::Unreachable(error.to_string()))?;
    let schemas = schemas(&client, &exchange).await?;
    let description = &chosen.description;
    let offered = if description.lists_fields {
        fields::listed(&schemas, &description.user.schema_urns)
    } else {
        fields::offered(&schemas)
    };
    let default = Mapping::inet_org_person();
    let mapping = chosen.channel.as_ref().map_or(&default, |channel| &channel.mapping);
    output.print(shown(&client, &offered, mapping))?;
    // A required attribute without a rule is what would stop every user.
    let is_open = offered.iter().any(|field| field.is_required && !is_mapped(field, mapping));
    Ok(if is_open { exit::FINDINGS } else { exit::OK })
}

async fn schemas(client: &Client, exchange: &Arc<Exchange>) -> Result<Vec<Value>, Failure> {
    let list = exchange.at("Resources").and_then(Value::as_array).cloned();
    match (exchange.status, list) {
        (200, Some(list)) => Ok(list),
        (status, _) => {
            let advice = match scim_root::find(client).await {
                Some(root) if root != *client.base_url() => format!("did you mean {root}?"),
                _ => "run `weir connection test` for details".to_owned(),
            };
            let target = exchange.target();
            let problem = format!("{target} was answered with status {status} and no list of schemas; {advice}");
            Err(Failure::Unreachable(problem))
        }
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
    let fields = plural(offered.len() as u64, "field", "fields");
    let mut text = format!("{}: {fields}, * is required\n{}", client.base_url(), table(&rows));
    let missing = fields::missing(mapping, offered);
    if !missing.is_empty() {
        text += "the mapping fills what the endpoint does not list\n";
    }
    for name in missing {
        text.extend(["  ", &one_line(&name), "\n"]);
    }
    text
}
