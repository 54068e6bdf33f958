//! What the part of a path below the base means.

use std::borrow::Cow;

use actix_web::http::Method;
use scim::capability::Capability;
use scim::schema::{Registry, ResourceTypeId, standard};

use crate::message::{decode, split_segment};
use crate::rules::Rules;

/// A place below a base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route<'p> {
    Root,
    ServiceProviderConfig,
    ResourceTypes,
    ResourceType(Cow<'p, str>),
    Schemas,
    Schema(Cow<'p, str>),
    Collection(ResourceTypeId),
    Resource(ResourceTypeId, Cow<'p, str>),
    /// `.search` of the root or of a resource type.
    Search(Option<ResourceTypeId>),
    Bulk,
    Me,
}

impl<'p> Route<'p> {
    /// The place that a path means; `None` where there is nothing. Doubled and trailing slashes count as one and none.
    pub fn of(path: &'p str, registry: &Registry) -> Option<Self> {
        let Some((first, path)) = split_segment(path) else { return Some(Self::Root) };
        let rest = split_segment(path);
        let second = match rest {
            None => None,
            Some((second, after)) if split_segment(after).is_none() => Some(second),
            // Nothing lies deeper.
            Some(_) => return None,
        };
        let first = decode(first);
        match (&*first, second) {
            ("ServiceProviderConfig", None) => Some(Self::ServiceProviderConfig),
            ("ResourceTypes", None) => Some(Self::ResourceTypes),
            ("ResourceTypes", Some(name)) => Some(Self::ResourceType(decode(name))),
            ("Schemas", None) => Some(Self::Schemas),
            ("Schemas", Some(uri)) => Some(Self::Schema(decode(uri))),
            (".search", None) => Some(Self::Search(None)),
            ("Bulk", None) => Some(Self::Bulk),
            ("Me", None) => Some(Self::Me),
            _ => {
                let (id, _) = registry.resource_types().find(|(_, kind)| kind.document.endpoint[1..] == *first)?;
                Some(match second {
                    None => Self::Collection(id),
                    Some(".search") => Self::Search(Some(id)),
                    Some(segment) => Self::Resource(id, decode(segment)),
                })
            }
        }
    }

    /// The methods that HTTP knows here, each with the capability that it needs, if any.
    pub fn methods(&self, registry: &Registry) -> Vec<(Method, Option<Capability>)> {
        let needs = |method, capability| vec![(method, Some(capability))];
        match self {
            Self::Root => needs(Method::GET, Capability::RootQuery),
            Self::ServiceProviderConfig => needs(Method::GET, Capability::ServiceProviderConfig),
            Self::ResourceTypes | Self::ResourceType(_) => needs(Method::GET, Capability::ResourceTypes),
            Self::Schemas | Self::Schema(_) => needs(Method::GET, Capability::Schemas),
            Self::Search(_) => needs(Method::POST, Capability::Search),
            Self::Bulk => needs(Method::POST, Capability::Bulk),
            Self::Me => [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE]
                .map(|method| (method, Some(Capability::Me)))
                .into(),
            Self::Collection(kind) => {
                let own = TypeCapabilities::of(registry, *kind);
                vec![(Method::GET, None), (Method::POST, own.map(|own| own.create))]
            }
            Self::Resource(kind, _) => {
                let own = TypeCapabilities::of(registry, *kind);
                vec![
                    (Method::GET, None),
                    (Method::PUT, own.map(|own| own.replace)),
                    (Method::PATCH, own.map(|own| own.patch)),
                    (Method::DELETE, own.map(|own| own.delete)),
                ]
            }
        }
    }

    /// The value of the `Allow` header: the methods that the application offers here.
    pub fn allow(&self, registry: &Registry, rules: &Rules) -> String {
        let mut allow = String::new();
        for (method, capability) in self.methods(registry) {
            if capability.is_none_or(|capability| rules.offers(capability)) {
                allow.push_str(method.as_str());
                allow.push_str(if method == Method::GET { ", HEAD, " } else { ", " });
            }
        }
        allow + "OPTIONS"
    }
}

/// The capabilities that concern the resources of one type.
#[derive(Clone, Copy, Debug)]
pub struct TypeCapabilities {
    pub create: Capability,
    pub replace: Capability,
    pub patch: Capability,
    pub delete: Capability,
    pub filter: Capability,
}

impl TypeCapabilities {
    /// The capabilities of users or of groups. `None` for other resource types: what an endpoint does not distinguish, it
    /// does not switch off.
    pub fn of(registry: &Registry, kind: ResourceTypeId) -> Option<Self> {
        match registry.schema(registry.resource_type(kind).schema).document.id.as_str() {
            standard::USER => Some(Self {
                create: Capability::CreateUsers,
                replace: Capability::ReplaceUsers,
                patch: Capability::PatchUsers,
                delete: Capability::DeleteUsers,
                filter: Capability::FilterUsers,
            }),
            standard::GROUP => Some(Self {
                create: Capability::CreateGroups,
                replace: Capability::ReplaceGroups,
                patch: Capability::PatchGroups,
                delete: Capability::DeleteGroups,
                filter: Capability::FilterGroups,
            }),
            _ => None,
        }
    }
}
