//! Capabilities: what an endpoint can offer. A target declares a set; discovery yields a set with provenance.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

macro_rules! capabilities {
    ($($(#[doc = $doc:literal])* $variant:ident = $id:literal;)*) => {
        /// One thing that an endpoint can offer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Capability {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Capability {
            /// Every capability.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The id used in target files, reports and on the command line.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            /// What an endpoint that offers it can do: a request, or a sentence.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),*).trim_ascii(),)*
                }
            }
        }
    };
}

capabilities! {
    /// `POST /Users`
    CreateUsers = "create.users";
    /// `POST /Groups`
    CreateGroups = "create.groups";
    /// `PUT /Users/{id}`
    ReplaceUsers = "replace.users";
    /// `PUT /Groups/{id}`
    ReplaceGroups = "replace.groups";
    /// `PATCH /Users/{id}`
    PatchUsers = "patch.users";
    /// `PATCH /Groups/{id}`
    PatchGroups = "patch.groups";
    /// `DELETE /Users/{id}` removes the account.
    DeleteUsers = "delete.users";
    /// `DELETE /Groups/{id}`
    DeleteGroups = "delete.groups";
    /// `filter` on users
    FilterUsers = "filter.users";
    /// `filter` on groups
    FilterGroups = "filter.groups";
    /// `sortBy` and `sortOrder`
    Sort = "sort";
    /// `startIndex` and `count`
    IndexPaging = "paging.index";
    /// `cursor` (RFC 9865)
    CursorPaging = "paging.cursor";
    /// `ETag`, `If-Match`, `If-None-Match`
    Etag = "etag";
    /// `POST /Bulk`
    Bulk = "bulk";
    /// `POST …/.search`
    Search = "search";
    /// Queries on the base URL, over resource types
    RootQuery = "query.root";
    /// `/Me`
    Me = "me";
    /// A password can be set and changed.
    ChangePassword = "change-password";
    /// `GET /ServiceProviderConfig`
    ServiceProviderConfig = "discovery.service-provider-config";
    /// `GET /ResourceTypes`
    ResourceTypes = "discovery.resource-types";
    /// `GET /Schemas`
    Schemas = "discovery.schemas";
}

/// An operation that an endpoint can offer for each of its resource types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceOperation {
    /// POST to the collection.
    Create,
    /// PUT of a resource.
    Replace,
    /// PATCH of a resource.
    Patch,
    /// DELETE of a resource.
    Delete,
    /// `filter` on the collection.
    Filter,
}

impl ResourceOperation {
    /// Every operation.
    pub const ALL: [Self; 5] = [Self::Create, Self::Replace, Self::Patch, Self::Delete, Self::Filter];

    /// The word before the brackets of a capability, such as `patch` in `patch[Group]`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::Filter => "filter",
        }
    }

    /// The capability with a spelling of its own, for the resource types that RFC 7643 defines; `endpoint` is the resource
    /// type's, such as `/Users`.
    #[must_use]
    pub fn at(self, endpoint: &str) -> Option<Capability> {
        let [users, groups] = match self {
            Self::Create => [Capability::CreateUsers, Capability::CreateGroups],
            Self::Replace => [Capability::ReplaceUsers, Capability::ReplaceGroups],
            Self::Patch => [Capability::PatchUsers, Capability::PatchGroups],
            Self::Delete => [Capability::DeleteUsers, Capability::DeleteGroups],
            Self::Filter => [Capability::FilterUsers, Capability::FilterGroups],
        };
        match endpoint {
            "/Users" => Some(users),
            "/Groups" => Some(groups),
            _ => None,
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A word that is not a capability.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a capability; use one of {known}", known = Capability::ALL.iter().map(|c| c.id()).collect::<Vec<_>>().join(", "))]
pub struct UnknownCapability(pub String);

impl FromStr for Capability {
    type Err = UnknownCapability;

    fn from_str(text: &str) -> Result<Self, UnknownCapability> {
        let known = || Self::ALL.iter().copied().find(|c| c.id() == text);
        bracketed(text).or_else(known).ok_or_else(|| UnknownCapability(text.into()))
    }
}

/// The capability that `patch[Group]` spells.
fn bracketed(text: &str) -> Option<Capability> {
    let (operation, kind) = text.strip_suffix(']')?.split_once('[')?;
    let endpoint = match kind {
        "User" => "/Users",
        "Group" => "/Groups",
        _ => return None,
    };
    ResourceOperation::ALL.into_iter().find(|own| own.id() == operation)?.at(endpoint)
}

/// A set of capabilities.
pub type Capabilities = BTreeSet<Capability>;
