//! Which client a connection's type stands for. It is decided before anything else of the connection is read.

use std::fmt;

use crate::client;

/// The connector of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connector {
    /// A client of ours, such as `pingfederate-aquera`.
    Client(&'static str),
    /// One that is known and that Weir does not play, with the sentence that says so.
    Foreign(String),
}

/// Words of the types of PingFederate's connectors that Weir plays; the first that a type holds counts.
const PINGFEDERATE: &[(&str, &str)] = &[("aquera", "pingfederate-aquera"), ("scim", "pingfederate-scim")];

/// Settings that the provisioner which comes with PingFederate alone has, as its Target page names them.
const BUNDLED: [&str; 3] = ["Users Resource URL", "Groups Resource URL", "SCIM SP Supports Patch Updates"];

impl Connector {
    /// The connector of a PingFederate connection.
    #[must_use]
    pub fn of_pingfederate(type_id: &str) -> Self {
        let lower = type_id.to_ascii_lowercase();
        if lower.contains("pingid")
            && let Some(why) = client::not_scim("pingfederate-pingid")
        {
            return Self::Foreign(why.to_owned());
        }
        if type_id.is_empty() {
            return Self::Foreign(
                "the connection does not say of which connector it is; name a client with --as".into(),
            );
        }
        if lower.contains("scim") && lower.contains("1.1") || lower.contains("scim11") {
            return Self::Foreign(format!(
                "this connection is of PingFederate's {}, which speaks SCIM 1.1; Weir speaks SCIM 2.0 only",
                named(type_id)
            ));
        }
        let is_pingone = lower.contains("pingone");
        match PINGFEDERATE.iter().find(|(word, _)| !is_pingone && lower.contains(word)) {
            Some((_, client)) => Self::Client(client),
            None => Self::Foreign(format!(
                "this connection is of PingFederate's {}, which does not speak SCIM 2.0 to its target; \
                 Weir plays the Aquera Provisioner and the SCIM Provisioner, and runs it as one of them with --as",
                named(type_id)
            )),
        }
    }

    /// The connector of a PingFederate connection, by its type and the names of its settings: the provisioner that comes with
    /// PingFederate has a name like that of the SCIM Provisioner, and settings of its own.
    #[must_use]
    pub fn of_pingfederate_with<'a>(type_id: &str, mut settings: impl Iterator<Item = &'a str>) -> Self {
        let connector = Self::of_pingfederate(type_id);
        let is_bundled = |name: &str| BUNDLED.iter().any(|own| own.eq_ignore_ascii_case(name.trim()));
        match &connector {
            Self::Client("pingfederate-scim") if settings.any(is_bundled) => Self::Foreign(
                "this connection is of the SCIM provisioner that comes with PingFederate, which speaks SCIM 1.1; Weir speaks \
                 SCIM 2.0 only"
                    .to_owned(),
            ),
            _ => connector,
        }
    }

    /// The connector of a PingOne store.
    #[must_use]
    pub fn of_pingone(type_id: &str) -> Self {
        match type_id.to_ascii_lowercase().as_str() {
            "aquera" => Self::Client("pingone-aquera"),
            "scim" => Self::Client("pingone-scim"),
            _ => Self::Foreign(format!(
                "this is a PingOne store of type {type_id}, which does not speak SCIM to its target; Weir plays the types \
                 Aquera and scim, and runs it as one of them with --as"
            )),
        }
    }

    /// The client's id.
    #[must_use]
    pub const fn client(&self) -> Option<&'static str> {
        match self {
            Self::Client(id) => Some(id),
            Self::Foreign(_) => None,
        }
    }

    /// Why there is none.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        match self {
            Self::Client(_) => None,
            Self::Foreign(why) => Some(why),
        }
    }
}

/// The connector of a type, whose name may say that it is one.
fn named(type_id: &str) -> String {
    let lower = type_id.to_ascii_lowercase();
    let says_so = ["connector", "provisioner"].iter().any(|word| lower.ends_with(word));
    if says_so { type_id.to_owned() } else { format!("{type_id} connector") }
}

impl fmt::Display for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.client().unwrap_or("none that Weir plays"))
    }
}
