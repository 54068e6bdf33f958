//! `weir connection`: what an administrator's connection says.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use weir_exchange::legible::{Legible, one_line};
use weir_provision::client;
use weir_provision::client::Description;
use weir_provision::connection::{
    Connection, ConnectionChannel, ConnectionFile, Connector, ListedConnection, MappedField, TargetSetting,
};

use super::connection_test;
use super::connection_test::ConnectedArgs;
use crate::exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::output::plural::plural;
use crate::output::table;

const EXAMPLES: &str = "\
Examples:
  weir connection list connections.json    from GET /pf-admin-api/v1/idp/spConnections
  weir connection show connection.json        from GET /pf-admin-api/v1/idp/spConnections/{id}
  weir connection show saas-provisioner.xml   from data/module of a PingFederate server profile
  weir connection show store.json             from GET /environments/{env}/propagation/stores/{id}
  weir connection test store.json --bearer @token.txt
  weir connection fields connection.json --bearer @token.txt";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct ConnectionArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List the connections of a file: name, what each is, whether it is active, channels
    List(ConnectionListArgs),
    /// Print a connection as the console shows it: target, channels, source and mapping
    Show(ShowArgs),
    /// Connect, and name what is wrong: URL, TLS, credentials, permission, or an endpoint that is not SCIM
    Test(ConnectedArgs),
    /// Refresh Fields: list the endpoint's attributes, and those that the mapping leaves out
    Fields(ConnectedArgs),
}

#[derive(Args, Debug)]
struct ConnectionListArgs {
    /// JSON of PingFederate's or PingOne's API, or saas-provisioner.xml
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Args, Debug)]
struct ShowArgs {
    /// JSON of PingFederate's or PingOne's API, or saas-provisioner.xml
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The connection to show, by name or id, of a file of several [default: the one that provisions]
    #[arg(long, value_name = "NAME")]
    connection_name: Option<String>,
    /// Show fields that have an expression (OGNL, not evaluated) as mapped from their attributes alone
    #[arg(long)]
    ignore_expressions: bool,
}

pub(super) async fn run(args: ConnectionArgs, output: &Output) -> Result<u8, Failure> {
    match args.action {
        Action::List(args) => list(&args, output),
        Action::Show(args) => show(&args, output),
        Action::Test(args) => connection_test::test(args, output).await,
        Action::Fields(args) => connection_test::fields(args, output).await,
    }
}

fn list(args: &ConnectionListArgs, output: &Output) -> Result<u8, Failure> {
    let file = ConnectionFile::open(&args.file).map_err(Failure::usage)?;
    let rows: Vec<Vec<String>> = file.connections.iter().map(listed).collect();
    output.print(table(&rows))?;
    Ok(exit::OK)
}

fn listed(connection: &ListedConnection) -> Vec<String> {
    let kind = match &connection.connector {
        None => "no outbound provisioning".to_owned(),
        Some(connector) => match connector.client() {
            Some(client) => format!("{}, as {client}", connection.type_id),
            None => format!("{}, which Weir does not play", connection.type_id),
        },
    };
    let channels: Vec<String> = connection
        .channels
        .iter()
        .map(|(name, is_active)| if *is_active { name.clone() } else { format!("{name} (inactive)") })
        .collect();
    let channels = if channels.is_empty() { "no channels".to_owned() } else { channels.join(", ") };
    let active = if connection.is_active { "active" } else { "inactive" };
    vec![connection.name.clone(), kind, active.to_owned(), channels]
}

fn show(args: &ShowArgs, output: &Output) -> Result<u8, Failure> {
    let file = ConnectionFile::open(&args.file).map_err(Failure::usage)?;
    let chosen = file.choose(args.connection_name.as_deref()).map_err(Failure::usage)?;
    let refusal = chosen.connector.as_ref().and_then(Connector::refusal);
    let read = match refusal {
        None => chosen.read(args.ignore_expressions).map_err(Failure::usage)?,
        // Its fields are those of another target.
        Some(_) => chosen.outline().map_err(Failure::usage)?,
    };
    for warning in &read.warnings {
        output.warn(warning);
    }
    let file = args.file.display().to_string();
    for member in &read.unknown {
        output.warn(&member.warning(&file));
    }
    output.print(shown(&read, chosen.is_active))?;
    match refusal {
        Some(why) => Err(Failure::Usage(format!("{}: {why}", args.file.display()))),
        None => Ok(exit::OK),
    }
}

fn shown(connection: &Connection, is_active: bool) -> String {
    let inactive = if is_active { "" } else { ", inactive" };
    let Connection { name, type_id, connector, .. } = connection;
    let (name, type_id) = (one_line(name), one_line(type_id));
    let mut text = format!("connection {name}{inactive}\n  type    {type_id}\n  client  {}\n", Legible(connector));
    let description = connector.client().and_then(client::find);
    text += &section("target", &connection.target, &|name| without_effect(description, name));
    for channel in &connection.channels {
        let inactive = if channel.active { "" } else { ", inactive" };
        let title = format!("channel {}{inactive}", one_line(&channel.name));
        text += &section(&title, &channel.source, &|name| ConnectionChannel::without_effect(name).map(str::to_owned));
        text += "mapping\n";
        text += &mapping(&channel.fields);
        if channel.unmapped > 0 {
            text.extend(["  ", &plural(channel.unmapped as u64, "field is not", "fields are not"), " mapped\n"]);
        }
    }
    text
}

fn without_effect(description: Option<&Description>, name: &str) -> Option<String> {
    let description = description?;
    description.setting(name).is_none().then(|| format!("not known to {}, and not used", description.id))
}

fn mapping(fields: &[MappedField]) -> String {
    let heads = ["  field", "from", "default", "treatment", "SCIM path"].map(str::to_owned).to_vec();
    let rows = fields.iter().map(|field| {
        vec![
            format!("  {}", field.name),
            field.attributes.join(", "),
            field.default.clone().unwrap_or_default(),
            field.treatment.join(", "),
            field.place.clone().unwrap_or_else(|| "not a field of a SCIM target".to_owned()),
        ]
    });
    table(&std::iter::once(heads).chain(rows).collect::<Vec<_>>())
}

fn section(title: &str, settings: &[TargetSetting], without_effect: &dyn Fn(&str) -> Option<String>) -> String {
    let rows: Vec<Vec<String>> = settings
        .iter()
        .map(|setting| {
            let value = setting.value.clone().unwrap_or_else(|| "(secret, not read: give it as a flag)".to_owned());
            let remark = without_effect(&setting.name).map(|why| format!("({why})")).unwrap_or_default();
            vec![format!("  {}", setting.name), value, remark]
        })
        .collect();
    format!("{title}\n{}", table(&rows))
}
