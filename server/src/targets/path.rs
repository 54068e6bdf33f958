//! Base paths: which application a request's path means.

use std::borrow::Cow;
use std::fmt;

use super::Application;
use crate::message::{decode, split_segment};

/// A base path of a target: literal segments, `{tenant}` and `{application}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasePath(Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Tenant,
    Application,
}

/// Where a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathMatch<'p> {
    /// The position of the application in the target.
    pub application: usize,
    /// The base path as the client wrote it, without trailing slash.
    pub base: &'p str,
    /// What follows, beginning with a slash or empty.
    pub rest: &'p str,
}

/// Why a text is not a base path.
#[derive(Debug, thiserror::Error)]
pub(super) enum BasePathError {
    #[error("a base path begins with a slash")]
    NoSlash,
    #[error("a base path has no empty segments and no trailing slash")]
    Empty,
    #[error("/_weir is the control API's path")]
    Control,
    #[error("segment {0:?} must be a plain word, {{tenant}} or {{application}}")]
    Segment(String),
}

impl BasePath {
    pub(super) fn parse(text: &str) -> Result<Self, BasePathError> {
        let rest = text.strip_prefix('/').ok_or(BasePathError::NoSlash)?;
        let segments: Vec<Segment> = rest
            .split('/')
            .map(|segment| match segment {
                "" => Err(BasePathError::Empty),
                "{tenant}" => Ok(Segment::Tenant),
                "{application}" => Ok(Segment::Application),
                "_weir" => Err(BasePathError::Control),
                _ if segment.contains(['{', '}', '%', '?', '#']) => Err(BasePathError::Segment(segment.to_owned())),
                _ => Ok(Segment::Literal(segment.to_owned())),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self(segments))
    }

    pub(super) fn names_tenant(&self) -> bool {
        self.0.contains(&Segment::Tenant)
    }

    /// The application that `path` means by this base path. Doubled slashes count as one, because a client that is given
    /// a base URL with a trailing slash sends them.
    fn place<'p>(&self, path: &'p str, applications: &[Application]) -> Option<PathMatch<'p>> {
        let mut rest = path;
        let mut tenant: Option<Cow<'p, str>> = None;
        let mut application: Option<Cow<'p, str>> = None;
        for segment in &self.0 {
            let (word, after) = split_segment(rest)?;
            match segment {
                Segment::Literal(literal) if literal == word => {}
                Segment::Literal(_) => return None,
                Segment::Tenant => tenant = Some(decode(word)),
                Segment::Application => application = Some(decode(word)),
            }
            rest = after;
        }
        let application = applications.iter().position(|candidate| {
            tenant.as_deref().is_none_or(|tenant| candidate.tenant.as_deref() == Some(tenant))
                && application.as_deref().is_none_or(|name| candidate.name == name)
        })?;
        let base = path[..path.len() - rest.len()].trim_end_matches('/');
        Some(PathMatch { application, base, rest })
    }

    /// The path with tenant and application filled in, when that is one which leads to `application`.
    pub fn of(&self, position: usize, applications: &[Application]) -> Option<String> {
        let application = &applications[position];
        let mut path = String::new();
        for segment in &self.0 {
            path.push('/');
            match segment {
                Segment::Literal(literal) => path.push_str(literal),
                Segment::Tenant => path.push_str(application.tenant.as_deref()?),
                Segment::Application => path.push_str(&application.name),
            }
        }
        let leads = self.place(&path, applications).is_some_and(|placed| placed.application == position);
        leads.then_some(path)
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|segment| match segment {
            Segment::Literal(literal) => write!(f, "/{literal}"),
            Segment::Tenant => f.write_str("/{tenant}"),
            Segment::Application => f.write_str("/{application}"),
        })
    }
}

/// The application that `path` means: the first base path that fits.
pub(super) fn place<'p>(base_paths: &[BasePath], applications: &[Application], path: &'p str) -> Option<PathMatch<'p>> {
    base_paths.iter().find_map(|base_path| base_path.place(path, applications))
}
