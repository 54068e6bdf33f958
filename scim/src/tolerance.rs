//! Tolerances: departures from the strict reading that real clients need. Each is a named switch, off unless a target
//! turns it on, and none contradicts a MUST while it is off.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

macro_rules! tolerances {
    ($($variant:ident = $id:literal, $summary:literal, $clients:literal;)*) => {
        /// One tolerance.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Tolerance {
            $(#[doc = $summary] $variant,)*
        }

        impl Tolerance {
            /// Every tolerance.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name used in target files and on the command line.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            /// What is accepted when it is on.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self {
                    $(Self::$variant => $summary,)*
                }
            }

            /// Which clients need it.
            #[must_use]
            pub const fn clients(self) -> &'static str {
                match self {
                    $(Self::$variant => $clients,)*
                }
            }
        }
    };
}

tolerances! {
    OperationCase = "patch.op-case", "`op` in any letter case", "Entra ID (default job), older gateways";
    BooleanStrings = "boolean-strings", "\"True\" and \"false\" as booleans in bodies and filters", "Entra ID (older jobs)";
    RemoveWithValue = "patch.remove-with-value", "remove with a value array takes out only the listed values", "Entra ID, authentik, PingFederate (inferred)";
    DottedKeys = "patch.dotted-keys", "dotted and URN keys inside a path-less value are read as paths", "Entra ID";
    CreateFromFilter = "patch.create-from-filter", "add or replace through a value filter without match creates the value", "Entra ID";
    WrapSingleValue = "wrap-single-value", "a single object or string for a multi-valued attribute is wrapped into a list", "assorted in-house clients";
    ManagerString = "manager-string", "manager given as a plain id or in a list of one; an empty id takes it away", "Entra ID, assorted in-house clients";
    IgnoreReadOnlyInPatch = "patch.ignore-read-only", "readOnly attributes in a PATCH value are ignored", "Okta (sends id), assorted clients";
    UnquotedFilterValues = "filter.unquoted-values", "filter values without quotes or in single quotes, and any white space between words", "PingFederate (inferred), hand-written clients";
    FilterAfterBracket = "filter.sub-attribute-after-brackets", "`emails[type eq \"work\"].value eq \"x\"` in filters", "Entra ID";
    ComplexAsValue = "filter.complex-as-value", "a comparison of a complex attribute means that of its sub-attribute value, as in `manager eq \"x\"`", "Entra ID";
    ExtensionShortNames = "extension.short-names", "paths and filters name an attribute of an extension without its URN", "Entra ID (manager)";
    FormerSchemaUris = "schemas.former-uris", "the schema URNs from before RFC 7643, and `…:enterprise:2.0User`, mean those of today", "OneLogin, Entra ID (an example of its documentation)";
    PlusAsBlank = "query.plus-as-blank", "`+` in a query string is read as a blank", "Entra ID, OneLogin, authentik, clients that form-encode queries";
    AnyFormat = "any-format", "country, language, locale, time zone, URL and certificate may have any form", "test tools that make up values";
    LastPrimaryWins = "last-primary-wins", "of several primary values the last stays primary", "PingFederate (two emails with one empty)";
    InferSchemas = "infer-schemas", "a missing `schemas` in a create or replace is inferred", "hand-written clients";
    EmptyOperations = "patch.empty-operations", "a PATCH without operations changes nothing and succeeds", "public validators";
    BarePatchUrn = "patch.bare-urn", "a PATCH path that is a bare extension URN names the whole extension", "assorted clients";
    NegativeCountIsAll = "paging.negative-count-is-all", "a negative count asks for the largest page", "PingFederate (Results Per Page -1, inferred)";
}

impl Tolerance {
    /// The requirements that an endpoint breaks while the tolerance is on. Most tolerances break none: they take the
    /// other side of a disputed reading.
    #[must_use]
    pub const fn breaks(self) -> &'static [&'static str] {
        match self {
            Self::NegativeCountIsAll => &["RFC7644-3.4.2.4-07"],
            _ => &[],
        }
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A word that is not a tolerance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a tolerance; use one of {known}", known = Tolerance::ALL.iter().map(|t| t.id()).collect::<Vec<_>>().join(", "))]
pub struct UnknownTolerance(pub String);

impl FromStr for Tolerance {
    type Err = UnknownTolerance;

    fn from_str(text: &str) -> Result<Self, UnknownTolerance> {
        Self::ALL.iter().copied().find(|t| t.id() == text).ok_or_else(|| UnknownTolerance(text.into()))
    }
}

/// The tolerances that are on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tolerances(BTreeSet<Tolerance>);

impl Tolerances {
    /// None: the strict reading.
    #[must_use]
    pub const fn strict() -> Self {
        Self(BTreeSet::new())
    }

    /// Whether `tolerance` is on.
    #[must_use]
    pub fn allows(&self, tolerance: Tolerance) -> bool {
        self.0.contains(&tolerance)
    }

    /// Those that are on.
    pub fn iter(&self) -> impl Iterator<Item = Tolerance> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Tolerance> for Tolerances {
    fn from_iter<I: IntoIterator<Item = Tolerance>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tolerance_breaks_is_in_the_catalogue_of_requirements() {
        for tolerance in Tolerance::ALL {
            for id in tolerance.breaks() {
                assert!(crate::requirement::find(id).is_some(), "{tolerance}: {id}");
            }
        }
    }
}
