//! Errors are types: what went wrong can be told apart, and its sentence is written in one place.

use crate::scan::Source;

/// Where a function or type gives a text for an error, as (path, line): `Result<T, String>`, however `T` looks and wherever
/// the line is broken.
pub fn texts(sources: &[Source]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for source in sources {
        for (at, _) in source.text.match_indices("Result<") {
            let arguments = &source.text[at + "Result<".len()..];
            if last_argument(arguments).is_some_and(is_text) {
                found.push((source.path.clone(), source.text[..at].matches('\n').count() + 1));
            }
        }
    }
    found
}

fn is_text(argument: &str) -> bool {
    matches!(argument.trim(), "String" | "std::string::String")
}

/// The last of two arguments or more, up to the angle bracket that closes them.
fn last_argument(arguments: &str) -> Option<&str> {
    let (mut depth, mut comma, mut before) = (0_usize, None, ' ');
    for (at, sign) in arguments.char_indices() {
        match sign {
            '<' | '(' | '[' => depth += 1,
            // The arrow of a function type closes nothing.
            '>' if before == '-' => {}
            '>' if depth == 0 => {
                let last = arguments[comma?..at].trim().trim_end_matches(',');
                return last.rsplit(',').next();
            }
            '>' | ')' | ']' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 && !arguments[at + 1..].trim_start().starts_with('>') => comma = Some(at + 1),
            ';' | '{' if depth == 0 => return None,
            _ => {}
        }
        before = sign;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_behind_any_type_and_on_any_line() {
        // Concatenated, because this file is searched as well.
        for (rest, expected) in [
            ("<(), String> {", 1),
            ("<Vec<(u8, Option<char>)>, String>", 1),
            ("<\n    Map<String, u8>,\n    String,\n>", 1),
            ("<Box<dyn Fn(u8) -> u8>, String>", 1),
            ("<String, FileFault>", 0),
            ("<String>", 0),
            ("<Map<u8, String>, Error>", 0),
        ] {
            let source = Source { path: "a.rs".into(), text: format!("fn a() -> Result{rest}") };
            assert_eq!(texts(&[source]).len(), expected, "{rest}");
        }
    }
}
