//! `weir connection`: what an administrator's connection says.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use weir_provision::client;
use weir_provision::connection;
use weir_provision::connection::{Connection, TargetSetting};

use super::connection_test;
use super::connection_test::ConnectedArgs;
use crate::exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::output::table;

const EXAMPLES: &str = "\
Examples:
  weir connection show connection.json        from GET /pf-admin-api/v1/idp/spConnections/{id}
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
    /// Print a connection as the console shows it: target, channels, source and mapping
    Show(ShowArgs),
    /// Connect, and name what is wrong: URL, TLS, credentials, permission, or an endpoint that is not SCIM
    Test(ConnectedArgs),
    /// Refresh Fields: list the endpoint's attributes, and those that the mapping leaves out
    Fields(ConnectedArgs),
}

#[derive(Args, Debug)]
struct ShowArgs {
    /// The JSON of PingFederate's administrative API or of PingOne's management API
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Show fields that have an expression (OGNL, not evaluated) as mapped from their attributes alone
    #[arg(long)]
    ignore_expressions: bool,
}

pub(super) async fn run(args: ConnectionArgs, output: &Output) -> Result<u8, Failure> {
    match args.action {
        Action::Show(args) => show(&args, output),
        Action::Test(args) => connection_test::test(args, output).await,
        Action::Fields(args) => connection_test::fields(args, output).await,
    }
}

fn show(args: &ShowArgs, output: &Output) -> Result<u8, Failure> {
    let read = connection::open(&args.file, args.ignore_expressions).map_err(Failure::usage)?;
    for warning in &read.warnings {
        output.warn(warning);
    }
    output.print(shown(&read))?;
    match read.client.and_then(client::not_scim) {
        Some(why) => Err(Failure::Usage(why.to_owned())),
        None => Ok(exit::OK),
    }
}

fn shown(connection: &Connection) -> String {
    let client = connection.client.unwrap_or("unknown");
    let mut text = format!("connection {}\n  type    {}\n  client  {client}\n", connection.name, connection.type_id);
    text += &section("target", &connection.target);
    for channel in &connection.channels {
        let inactive = if channel.active { "" } else { ", inactive" };
        text += &section(&format!("channel {}{inactive}", channel.name), &channel.source);
        let mut rows = vec![vec!["  field".to_owned(), "from".to_owned(), "SCIM path".to_owned()]];
        for rule in channel.mapping.rules() {
            let from = rule.attribute_names.join(", ");
            rows.push(vec![format!("  {}", rule.field.name), from, rule.field.place.to_string()]);
        }
        text += "mapping\n";
        text += &table(&rows);
    }
    text
}

fn section(title: &str, settings: &[TargetSetting]) -> String {
    let rows: Vec<Vec<String>> = settings
        .iter()
        .map(|setting| {
            let value = setting.value.clone().unwrap_or_else(|| "(secret, not read: give it as a flag)".to_owned());
            vec![format!("  {}", setting.name), value]
        })
        .collect();
    format!("{title}\n{}", table(&rows))
}
