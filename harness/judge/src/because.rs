//! What a skip names.

/// Why nothing was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Because {
    /// The endpoint does not offer an operation.
    Offer,
    /// The endpoint does not publish what the question is about.
    Published,
    /// The endpoint was seen not to do what the check needs, and may.
    Ability,
    /// The run was not given what the check needs, or was told to leave it out, as the check that judges the cause.
    Option,
    /// The run itself could not go on: a bound, an interruption, an endpoint that is gone.
    Run,
}
