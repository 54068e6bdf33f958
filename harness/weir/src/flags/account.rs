//! Words of the command line for what a provisioner does with accounts.

use clap::ValueEnum;
use weir_provision::RemoveUserAction;
use weir_provision::options::Put;

/// What happens to the account of a user who is deleted, disabled or outside the source's filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RemoveUserFlag {
    Disable,
    Delete,
}

impl From<RemoveUserFlag> for RemoveUserAction {
    fn from(flag: RemoveUserFlag) -> Self {
        match flag {
            RemoveUserFlag::Disable => Self::Disable,
            RemoveUserFlag::Delete => Self::Delete,
        }
    }
}

/// What a PUT of a user holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PutFlag {
    /// The user as it was read, with the mapped values merged in.
    ReadMerge,
    /// The mapped values and nothing else: an endpoint that replaces loses the rest.
    MappedOnly,
}

impl From<PutFlag> for Put {
    fn from(flag: PutFlag) -> Self {
        match flag {
            PutFlag::ReadMerge => Self::ReadMerge,
            PutFlag::MappedOnly => Self::MappedOnly,
        }
    }
}

/// What an account is that has expired in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExpiredFlag {
    /// Enabled, unless something else disables it.
    Enabled,
    /// Disabled.
    Disabled,
}
