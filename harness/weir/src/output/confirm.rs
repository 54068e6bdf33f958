//! Asking before anything is written to an endpoint that is not on this machine.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use url::Url;
use weir_exchange::client::is_loopback;
use weir_exchange::legible::Legible;
use weir_exchange::secrets;

use crate::failure::Failure;

/// Goes on if the endpoint is on this machine, `yes` was given, or the person at the terminal agrees.
pub fn before_writing(url: &Url, what: &str, yes: bool) -> Result<(), Failure> {
    if yes || is_loopback(url) {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(format!(
            "{what} at {url}; add --yes to agree, since there is no terminal to ask at"
        )));
    }
    let mut terminal = io::stderr();
    write!(terminal, "{}", Legible(secrets::masked(&format!("{what} at {url}. Go on? [y/N] "))))?;
    terminal.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") { Ok(()) } else { Err(Failure::Usage("nothing was sent".into())) }
}
