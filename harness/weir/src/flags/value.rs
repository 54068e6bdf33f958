//! The values of flags that are not texts.

use std::net::{Ipv4Addr, SocketAddr};

/// A value that a flag does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlagError {
    #[error("{0:?} is not a number")]
    Number(String),
    #[error("{0}; give a whole URL, such as http://proxy.example.com:3128")]
    Proxy(url::ParseError),
    #[error("give seconds, 0 or more")]
    Negative,
    #[error("the rate must be greater than 0")]
    NoRate,
    #[error("the value is missing; a credential that really begins with -- is given as @FILE")]
    Missing,
    #[error("give the setting's name, an equals sign and its value")]
    Pair,
    #[error("a run's names begin with weir-, so no run has this prefix")]
    Prefix,
    #[error("give a number such as 50, or a share such as 20%")]
    RemovalLimit,
    #[error("the value is empty; give one, or leave out the flag")]
    Empty,
    #[error("give a port, or an address with a port, such as 8384, localhost:8384 or 0.0.0.0:8384")]
    Listen,
}

/// A text that is not empty: as a filter or a name it would say nothing, and look as if it did.
pub fn not_empty(text: &str) -> Result<String, FlagError> {
    if text.trim().is_empty() { Err(FlagError::Empty) } else { Ok(text.to_owned()) }
}

/// Seconds, 0 or more.
pub fn not_negative(text: &str) -> Result<f64, FlagError> {
    let seconds: f64 = text.parse().map_err(|_| FlagError::Number(text.to_owned()))?;
    if seconds.is_finite() && seconds >= 0.0 { Ok(seconds) } else { Err(FlagError::Negative) }
}

/// A rate greater than 0.
pub fn positive(text: &str) -> Result<f64, FlagError> {
    let rate: f64 = text.parse().map_err(|_| FlagError::Number(text.to_owned()))?;
    if rate.is_finite() && rate > 0.0 { Ok(rate) } else { Err(FlagError::NoRate) }
}

/// Where to listen, as people type it: a port, an address with a port, or `localhost` with one. A port alone is one of the
/// loopback address, as everything that is not asked for is.
pub fn listen(text: &str) -> Result<SocketAddr, FlagError> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let (host, port) = text.rsplit_once(':').unwrap_or(("", text));
    let port = Some(port).filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    match (host, port.and_then(|port| port.parse().ok())) {
        ("" | "localhost", Some(port)) => Ok((Ipv4Addr::LOCALHOST, port).into()),
        _ => Err(FlagError::Listen),
    }
}

#[cfg(test)]
mod tests {
    use super::listen;

    #[test]
    fn a_port_is_enough_to_listen() {
        for (text, address) in [
            ("8384", "127.0.0.1:8384"),
            (":8384", "127.0.0.1:8384"),
            ("localhost:0", "127.0.0.1:0"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:80", "[::1]:80"),
        ] {
            assert_eq!(listen(text).map(|address| address.to_string()).as_deref(), Ok(address), "{text}");
        }
        for text in ["", ":", "localhost", "nowhere", "nowhere:80", "70000", "+80"] {
            assert!(listen(text).is_err(), "{text}");
        }
    }
}
