//! `weir connection`: what an administrator's connection says.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::output::table;
use super::{Failure, Output};
use crate::exit;
use crate::provision::connection::{self, Connection, Setting};

const EXAMPLES: &str = "\
Examples:
  weir connection show connection.json        from GET /pf-admin-api/v1/idp/spConnections/{id}
  weir connection show store.json             from GET /environments/{env}/propagation/stores/{id}";

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
}

#[derive(Args, Debug)]
struct ShowArgs {
    /// The JSON of PingFederate's administrative API or of PingOne's management API
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Show fields with an expression (OGNL), which is not evaluated, as mapped from their attributes alone
    #[arg(long)]
    ignore_expressions: bool,
}

pub(super) fn run(args: &ConnectionArgs, output: Output) -> Result<u8, Failure> {
    let Action::Show(args) = &args.action;
    let read = connection::open(&args.file, args.ignore_expressions).map_err(Failure::usage)?;
    for warning in &read.warnings {
        eprintln!("weir: {warning}");
    }
    output.print(&shown(&read))?;
    if read.client == Some("pingfederate-pingid") {
        return Err(Failure::Usage(
            "this connection is of the PingID Provisioner, which does not speak SCIM but the PingID API; no SCIM endpoint can be provisioned with it"
                .into(),
        ));
    }
    Ok(exit::OK)
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

fn section(title: &str, settings: &[Setting]) -> String {
    let rows: Vec<Vec<String>> = settings
        .iter()
        .map(|setting| {
            let value = setting.value.clone().unwrap_or_else(|| "(secret, not read: give it as a flag)".to_owned());
            vec![format!("  {}", setting.name), value]
        })
        .collect();
    format!("{title}\n{}", table(&rows))
}
