//! `cargo run -p xtask -- new KIND NAME`: writes the skeleton of a check, rule, deviation, target, client or report at its place,
//! and prints what to do next. The recipes are in CONTRIBUTING.md. `cargo run -p xtask -- book WEIR` writes the generated pages.

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo run -p xtask -- new KIND NAME
       cargo run -p xtask -- book WEIR     writes docs/reference/ from what the binary WEIR says

  new check TOPIC.WHAT        a record and a function in harness/catalog/src/checks/TOPIC.rs; --file FILE takes a
                              file of that topic instead, such as --file limits for checks/TOPIC/limits.rs
  new rule TOPIC.WHAT         a record and a function in harness/judge/src/rules/TOPIC.rs
  new deviation WORD.WHAT     a record in the file of server/src/deviations/topic/ that takes WORD
  new target NAME             fixtures/targets/NAME.toml
  new client NAME             fixtures/clients/NAME.toml, from that of pingfederate-scim; --like CLIENT takes another
  new report NAME             harness/weir/src/report/NAME.rs";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace is above");
    let done = match arguments.as_slice() {
        ["new", "check", id] => xtask::check(root, id, None),
        ["new", "check", id, "--file", file] => xtask::check(root, id, Some(file)),
        ["new", "rule", id] => xtask::rule(root, id),
        ["new", "deviation", id] => xtask::deviation(root, id),
        ["new", "target", name] => xtask::target(root, name),
        ["new", "client", name] => xtask::client(root, name, "pingfederate-scim"),
        ["new", "client", name, "--like", client] => xtask::client(root, name, client),
        ["new", "report", name] => xtask::report(root, name),
        ["book", weir] => xtask::book::write(root, Path::new(weir)),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(next) => {
            println!("{next}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(2)
        }
    }
}
