//! What the console offers for a connection's target and a channel's manager.

use std::time::Duration;

use super::client::Put;

/// The settings of the Target page, and threads and timeout of the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a check box of the console")]
pub struct Options {
    /// *User Create*
    pub user_create: bool,
    /// *User Update*, which re-enabling needs too.
    pub user_update: bool,
    /// *User Disable / Delete*
    pub user_disable_delete: bool,
    /// *Provision Disabled Users*
    pub provision_disabled_users: bool,
    /// *Remove User Action*
    pub remove_user_action: RemoveUserAction,
    /// How many operations are under way at once.
    pub max_threads: usize,
    /// After this long an operation is abandoned and repeated in the next cycle.
    pub timeout: Duration,
    /// Overrides what the client's description says about a PUT's content.
    pub put: Option<Put>,
}

/// What happens to the account of a user who is deleted, disabled or outside the source's filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum RemoveUserAction {
    Disable,
    Delete,
}

impl Default for Options {
    /// The console's own defaults.
    fn default() -> Self {
        Self {
            user_create: true,
            user_update: true,
            user_disable_delete: true,
            provision_disabled_users: false,
            remove_user_action: RemoveUserAction::Disable,
            max_threads: 1,
            timeout: Duration::from_mins(1),
            put: None,
        }
    }
}
