//! The words of a target file: each value that is written as a text or a status, and why one is refused.

use scim::capability::Capability;
use scim::schema::standard;
use scim::tolerance::Tolerance;
use serde::Deserialize;
use weir_files::name::UnknownName;

use super::path::BasePathError;
use super::{Activation, BasePath, IMPLEMENTED};
use crate::application::downstream::FailedUpdate;
use crate::deviations::ActivationError;
use crate::rules::{AuthenticationMethod, OnPut, REFUSAL_STATUSES};

/// Why a word is refused. Serde puts the sentence into its own error, which knows the place in the file.
#[derive(Debug, thiserror::Error)]
pub(super) enum WordError {
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    #[error(transparent)]
    BasePath(#[from] BasePathError),
    #[error(transparent)]
    Deviation(#[from] ActivationError),
    #[error("a capability is refused with 400, 403, 404, 405 or 501, not with {0}")]
    Status(u16),
    #[error("{0:?} is not a link; write where it can be read, beginning with https://")]
    Link(String),
    #[error("{0:?} stands in URLs: use letters, digits, - and _")]
    Name(String),
    #[error("{0:?} is the name of an endpoint; choose another")]
    Taken(String),
    #[error("this endpoint does not implement {0}; leave it out")]
    NotImplemented(Capability),
    #[error("{0:?} is not a method with an endpoint or without one, such as \"POST /Users\"")]
    CountedRequest(String),
    #[error("write NAME:SECRET, with a colon between the two")]
    Pair,
}

/// A value that is written as a word; its error carries the place in the file.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String", bound = "T: Parse")]
pub(super) struct Word<T>(pub T);

/// What can be read from a word.
pub(super) trait Parse: Sized {
    fn parse(text: &str) -> Result<Self, WordError>;
}

impl<T: Parse> TryFrom<String> for Word<T> {
    type Error = WordError;

    fn try_from(text: String) -> Result<Self, WordError> {
        T::parse(&text).map(Self)
    }
}

/// One of the words of a list that is complete here.
fn one_of<T: Copy>(kind: &str, text: &str, known: &[(&str, T)]) -> Result<T, WordError> {
    let found = known.iter().find(|(word, _)| *word == text);
    let unknown = || UnknownName::new(kind, text, known.iter().map(|(word, _)| *word)).into();
    found.map(|(_, value)| *value).ok_or_else(unknown)
}

/// One of the statuses with which a capability can be refused.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "u16")]
pub(super) struct Status(pub u16);

impl TryFrom<u16> for Status {
    type Error = WordError;

    fn try_from(status: u16) -> Result<Self, WordError> {
        if REFUSAL_STATUSES.contains(&status) { Ok(Self(status)) } else { Err(WordError::Status(status)) }
    }
}

/// What credentials are good for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    Read,
    Write,
}

/// A name and a secret with a colon between.
pub(super) struct Pair(pub String, pub String);

/// The URI of a compiled-in extension of User.
pub(super) struct Extension(pub String);
/// Where a source can be read.
pub(super) struct Link(pub String);
/// A name that stands in paths.
pub(super) struct Name(pub String);
/// A capability that this endpoint implements.
pub(super) struct OfferedCapability(pub Capability);

impl Parse for BasePath {
    fn parse(text: &str) -> Result<Self, WordError> {
        Ok(Self::parse(text)?)
    }
}

impl Parse for Extension {
    fn parse(text: &str) -> Result<Self, WordError> {
        let known = standard::ids();
        let is_known = known.iter().any(|id| id == text);
        let unknown = || UnknownName::new("schema among those compiled in", text, &known).into();
        is_known.then(|| Self(text.to_owned())).ok_or_else(unknown)
    }
}

impl Parse for Link {
    fn parse(text: &str) -> Result<Self, WordError> {
        if text.starts_with("https://") { Ok(Self(text.to_owned())) } else { Err(WordError::Link(text.to_owned())) }
    }
}

impl Parse for Name {
    /// Names stand in paths beside the endpoints.
    fn parse(text: &str) -> Result<Self, WordError> {
        const TAKEN: [&str; 7] = ["Users", "Groups", "Me", "Bulk", "Schemas", "ResourceTypes", "ServiceProviderConfig"];
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if text.is_empty() || !text.chars().all(plain) {
            return Err(WordError::Name(text.to_owned()));
        }
        if TAKEN.contains(&text) {
            return Err(WordError::Taken(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Parse for Capability {
    fn parse(text: &str) -> Result<Self, WordError> {
        let unknown = |_| UnknownName::new("capability", text, Self::ALL.iter().map(|one| one.id())).into();
        text.parse().map_err(unknown)
    }
}

impl Parse for OfferedCapability {
    fn parse(text: &str) -> Result<Self, WordError> {
        let capability = <Capability as Parse>::parse(text)?;
        if IMPLEMENTED.contains(&capability) {
            return Ok(Self(capability));
        }
        Err(WordError::NotImplemented(capability))
    }
}

impl Parse for Tolerance {
    fn parse(text: &str) -> Result<Self, WordError> {
        let unknown = |_| UnknownName::new("tolerance", text, Self::ALL.iter().map(|one| one.id())).into();
        text.parse().map_err(unknown)
    }
}

impl Parse for Activation {
    fn parse(text: &str) -> Result<Self, WordError> {
        Ok(text.parse::<Self>()?)
    }
}

impl Parse for AuthenticationMethod {
    fn parse(text: &str) -> Result<Self, WordError> {
        let known = [("bearer", Self::Bearer), ("basic", Self::Basic), ("oauth", Self::Oauth)];
        one_of("way to authenticate", text, &known)
    }
}

impl Parse for Right {
    fn parse(text: &str) -> Result<Self, WordError> {
        one_of("right", text, &[("read", Self::Read), ("write", Self::Write)])
    }
}

impl Parse for Pair {
    fn parse(text: &str) -> Result<Self, WordError> {
        let (name, secret) = text.split_once(':').ok_or(WordError::Pair)?;
        Ok(Self(name.to_owned(), secret.to_owned()))
    }
}

impl Parse for OnPut {
    fn parse(text: &str) -> Result<Self, WordError> {
        one_of("way to treat PUT", text, &[("replace", Self::Replace), ("merge", Self::Merge)])
    }
}

impl Parse for FailedUpdate {
    fn parse(text: &str) -> Result<Self, WordError> {
        let known = [("refused", Self::Refused), ("ignored", Self::Ignored), ("ignored-visible", Self::IgnoredVisible)];
        one_of("outcome", text, &known)
    }
}
