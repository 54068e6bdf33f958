//! Nouns that stand in sentences and are known at run time only: names of resource types, data types, HTTP methods.

/// Beginnings that are written with a vowel and spoken with a consonant: "a User", "a unit".
const SPOKEN_WITH_CONSONANT: [&str; 5] = ["use", "usa", "uni", "uti", "eu"];

/// The noun behind its indefinite article: `an integer`, `a User`.
#[must_use]
pub fn with_article(noun: &str) -> String {
    let begins = |start: &&str| noun.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
    let is_vowel = noun.starts_with(|first: char| "aeiouAEIOU".contains(first));
    let article = if is_vowel && !SPOKEN_WITH_CONSONANT.iter().any(begins) { "an" } else { "a" };
    format!("{article} {noun}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_follows_the_sound() {
        for (noun, expected) in [
            ("integer", "an integer"),
            ("string", "a string"),
            ("Instrument", "an Instrument"),
            ("Application", "an Application"),
            ("User", "a User"),
            ("EnterpriseUser", "an EnterpriseUser"),
            ("Unit", "a Unit"),
            ("OPTIONS", "an OPTIONS"),
            ("Übung", "a Übung"),
            ("", "a "),
        ] {
            assert_eq!(with_article(noun), expected);
        }
    }
}
