//! Comparison of text (design decision 16).

/// STUB replaced by its owner.
#[must_use]
pub fn fold(text: &str) -> String {
    caseless::default_case_fold_str(text)
}

/// # Errors
/// Not a username by PRECIS.
pub fn username_key(text: &str) -> Result<String, String> {
    let _ = text;
    unimplemented!()
}
