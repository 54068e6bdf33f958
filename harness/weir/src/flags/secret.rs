//! The secrets that flags and their variables give.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use weir_exchange::secrets;
use weir_files::document;

use super::value::FlagError;
use crate::config::{SecretKind, inspect};
use crate::failure::Failure;

/// A credential as typed. It may begin with a hyphen, as one generated token in 64 does; two hyphens are the next flag,
/// before which the value was forgotten.
pub fn given_secret(text: &str) -> Result<SecretString, FlagError> {
    if text.starts_with("--") {
        return Err(FlagError::Missing);
    }
    if !text.starts_with('@') {
        secrets::register(text);
    }
    Ok(text.to_owned().into())
}

/// A secret as given to `flag` or its variable, or read from the file that `@FILE` names.
pub fn secret(given: &SecretString, flag: &str, kind: SecretKind) -> Result<SecretString, Failure> {
    let text = given.expose_secret();
    let looked_at = match text.strip_prefix('@') {
        Some(path) => {
            let path = Path::new(path);
            inspect(&document::read(path).map_err(Failure::usage)?, kind, &path.display().to_string())
        }
        None => inspect(text, kind, &origin(flag, given)),
    };
    let secret = looked_at.map_err(Failure::usage)?;
    secrets::register(secret.expose_secret());
    Ok(secret)
}

/// Where a secret came from: the file, the flag, or the variable of the environment that stands for it.
pub fn origin(flag: &str, given: &SecretString) -> String {
    let given = given.expose_secret();
    let variable = format!("WEIR_{}", flag.trim_start_matches('-').replace('-', "_").to_uppercase());
    let is_variable = std::env::var(&variable).is_ok_and(|value| value == given);
    if is_variable { format!("the variable {variable}") } else { flag.to_owned() }
}

/// User and password as given to `flag`.
pub fn pair_of(given: &SecretString, flag: &str) -> Result<(String, SecretString), Failure> {
    split(&secret(given, flag, SecretKind::Password)?)
        .ok_or_else(|| Failure::Usage(format!("{flag} needs USER:PASS, with a colon between the two")))
}

/// User and password of a pair.
pub fn split(pair: &SecretString) -> Option<(String, SecretString)> {
    let (user, password) = pair.expose_secret().split_once(':')?;
    secrets::register(password);
    Some((user.to_owned(), password.to_owned().into()))
}
