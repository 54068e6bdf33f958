//! `weir calibrate`: what a recording of a real client shows of its unknown details.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use weir_exchange::legible;
use weir_provision::calibrate;
use weir_provision::calibrate::Calibration;
use weir_provision::client;

use crate::exit;
use crate::failure::Failure;
use crate::output::plural::plural;
use crate::output::table;
use crate::output::{Output, Printable};

const EXAMPLES: &str = "\
Examples:
  weir serve --record traffic.har --base-url https://weir.example.com
  weir calibrate pingone-aquera traffic.har
  weir check --as pingone-aquera --variant pingone-aquera.variants.toml

Record the real client with `weir serve --record FILE` in front of it, or save the journal of the control API
(/_weir/journal); then see which variant of each unknown detail it has.";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct CalibrateArgs {
    /// The client that was recorded; `weir list clients` shows all
    #[arg(value_name = "CLIENT")]
    client: String,
    /// An HTTP archive, or the lines of a journal
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where to write the variants, `-` for standard output [default: CLIENT.variants.toml]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &CalibrateArgs, output: &Output) -> Result<u8, Failure> {
    let description = client::named(&args.client).map_err(Failure::usage)?;
    let heard = calibrate::open(&args.file).map_err(Failure::usage)?;
    let found = calibrate::calibrate(description, &heard);
    let path = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.variants.toml", description.id)));
    let text = found.variant_file(description, &args.file.display().to_string());
    output.write(Printable::from(text), Some(&path))?;
    let status = if found.contradictions.is_empty() { exit::OK } else { exit::FINDINGS };
    // There the variants stand alone, so that another program can read them.
    if path == Path::new("-") {
        return Ok(status);
    }
    if args.json {
        output.print(Printable::json(as_json(&found)))?;
    } else {
        output.print(as_text(&found))?;
        output.say(format_args!("the variants are in {}; use them with --variant", path.display()))?;
    }
    Ok(status)
}

fn as_text(found: &Calibration) -> String {
    let mut rows = vec![["detail", "variant", "seen"].map(str::to_owned).to_vec()];
    for one in &found.findings {
        if one.seen.is_empty() {
            rows.push(vec![
                one.detail.clone(),
                "not shown".to_owned(),
                format!("so {}, our default, stays", one.default),
            ]);
        }
        let is_mixed = one.seen.len() > 1;
        for (variant, (count, first)) in &one.seen {
            let mixed = if is_mixed { " (among others, so our default stays)" } else { "" };
            rows.push(vec![
                one.detail.clone(),
                variant.clone(),
                format!("{}, first in {first}{mixed}", plural(*count as u64, "time", "times")),
            ]);
        }
    }
    let mut text = format!("{}\n", plural(found.requests as u64, "request", "requests"));
    for (why, count) in &found.left_out {
        let count = plural(*count as u64, "further request is", "further requests are");
        text.extend([&count, " left out, ", why.as_str(), "\n"]);
    }
    text.extend(["\n", &table(&rows)]);
    if !found.contradictions.is_empty() {
        text += "\ncontradicts the description\n";
    }
    for sentence in &found.contradictions {
        text.extend(["  ", &legible::one_line(sentence), "\n"]);
    }
    text
}

fn as_json(found: &Calibration) -> serde_json::Value {
    json!({
        "requests": found.requests,
        "leftOut": found.left_out.iter().map(|(why, count)| json!({
            "reason": why.as_str(), "count": count,
        })).collect::<Vec<_>>(),
        "details": found.findings.iter().map(|one| json!({
            "detail": one.detail,
            "variant": one.variant(),
            "default": one.default,
            "seen": one.seen.iter().map(|(variant, (count, first))| json!({
                "variant": variant, "count": count, "first": first,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "contradictions": found.contradictions,
    })
}
