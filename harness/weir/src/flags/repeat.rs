//! The command that repeats a run, without its secrets.

use url::Url;
use weir_exchange::secrets;

use crate::output::word::quoted;

/// The flags whose values are secrets, and the variable that stands for each.
const SECRETS: [(&str, &str); 7] = [
    ("--bearer", "$WEIR_BEARER"),
    ("--basic", "$WEIR_BASIC"),
    ("--oauth-client", "$WEIR_OAUTH_CLIENT"),
    ("--reader-bearer", "$WEIR_READER_BEARER"),
    ("--reader-basic", "$WEIR_READER_BASIC"),
    ("--second-bearer", "$WEIR_SECOND_BEARER"),
    ("--second-basic", "$WEIR_SECOND_BASIC"),
];

/// The flags that select checks and reports, and whether each has a value.
const SELECTING: [(&str, bool); 14] = [
    ("--only", true),
    ("--skip", true),
    ("--report", true),
    ("--format", true),
    ("--output", true),
    ("--repeat", true),
    ("--quiet", false),
    ("-q", false),
    ("--verbose", false),
    ("-v", false),
    ("--update-baseline", false),
    ("--scale", false),
    ("--keep", false),
    ("--first", false),
];

/// Writes the arguments of this process with `seed`, without those that select checks and reports.
pub fn base_command(arguments: impl IntoIterator<Item = String>, seed: u64) -> String {
    let mut arguments = arguments.into_iter();
    let mut others: Vec<String> = Vec::new();
    while let Some(argument) = arguments.next() {
        let name = argument.split_once('=').map_or(argument.as_str(), |(name, _)| name);
        match SELECTING.iter().find(|(flag, _)| *flag == name) {
            Some((_, true)) if !argument.contains('=') => drop(arguments.next()),
            Some(_) => {}
            None => others.push(argument),
        }
    }
    command(others, seed)
}

/// Writes the arguments of this process with `seed`, as a person would type them.
pub fn command(arguments: impl IntoIterator<Item = String>, seed: u64) -> String {
    let mut words = vec!["weir".to_owned()];
    let mut arguments = arguments.into_iter().skip(1);
    while let Some(argument) = arguments.next() {
        let (flag, value) = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag.to_owned(), Some(value.to_owned())),
            _ => (argument, None),
        };
        if flag == "--seed" {
            if value.is_none() {
                arguments.next();
            }
            continue;
        }
        if let Some((_, variable)) = SECRETS.iter().find(|(secret, _)| *secret == flag) {
            let value = value.or_else(|| arguments.next()).unwrap_or_default();
            words.push(flag);
            // The name of a file is not a secret.
            words.push(if value.starts_with('@') { quoted(&value) } else { format!("\"{variable}\"") });
            continue;
        }
        if flag == "--header" {
            words.push(flag);
            words.push(header(&value.or_else(|| arguments.next()).unwrap_or_default()));
            continue;
        }
        let value = if flag == "--proxy" { value.or_else(|| arguments.next()) } else { value };
        words.push(quoted(&masked(&flag)));
        if let Some(value) = value {
            let last = words.len() - 1;
            words[last] = format!("{}={}", words[last], quoted(&masked(&value)));
        }
    }
    words.push(format!("--seed {seed}"));
    words.join(" ")
}

/// A header with the variable that stands for its value, as the curl lines name it.
fn header(typed: &str) -> String {
    let name = typed.split_once(':').map_or("", |(name, _)| name.trim());
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if is_plain {
        format!("\"{name}: $WEIR_HEADER_{}\"", name.to_ascii_uppercase().replace('-', "_"))
    } else {
        "\"$WEIR_HEADER\"".to_owned()
    }
}

/// The text; if it is a URL, without its password.
fn masked(text: &str) -> String {
    match Url::parse(text) {
        Ok(mut url) if url.password().is_some() => {
            // Fails only for URLs that cannot have a password.
            let _ = url.set_password(Some(secrets::MASK));
            url.into()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{base_command, command};

    /// Every flag whose value is hidden from the help's list of environment variables holds a secret.
    #[test]
    fn no_flag_that_takes_a_secret_is_forgotten() {
        use clap::Args as _;
        let mut flags = crate::flags::further::FurtherFlags::augment_args(clap::Command::new("weir"));
        flags = crate::flags::EndpointFlags::augment_args(flags);
        for argument in flags.get_arguments().filter(|argument| argument.is_hide_env_values_set()) {
            let flag = format!("--{}", argument.get_long().expect("it has a name"));
            let typed = ["weir", "check", flag.as_str(), "t1ger"].map(str::to_owned);
            assert!(!command(typed, 7).contains("t1ger"), "{flag}");
        }
    }

    #[test]
    fn what_selects_checks_and_reports_is_left_out_of_the_command_for_one_check() {
        let typed =
            ["weir", "check", "http://localhost/v2", "--only=patch", "--skip", "bulk", "-q", "--report", "html=a.html"];
        let typed = typed.into_iter().chain(["--bearer", "t1ger", "--update-baseline"]).map(str::to_owned);
        assert_eq!(base_command(typed, 7), "weir check http://localhost/v2 --bearer \"$WEIR_BEARER\" --seed 7");
    }

    #[test]
    fn the_command_can_be_typed_again_and_holds_no_secret() {
        for (typed, expected) in [
            (&["weir", "check"][..], "weir check --seed 7"),
            (&["/bin/weir", "check", "--seed", "1", "--seed=2"], "weir check --seed 7"),
            (
                &["weir", "check", "--bearer", "t1ger", "--basic=u:p", "http://localhost/v2"],
                "weir check --bearer \"$WEIR_BEARER\" --basic \"$WEIR_BASIC\" http://localhost/v2 --seed 7",
            ),
            (
                &["weir", "check", "--header", "X-A: t1ger", "--header=x-b:t1ger"],
                "weir check --header \"X-A: $WEIR_HEADER_X_A\" --header \"x-b: $WEIR_HEADER_X_B\" --seed 7",
            ),
            (&["weir", "check", "--header", "$(x): t1ger"], "weir check --header \"$WEIR_HEADER\" --seed 7"),
            (
                &["weir", "check", "--proxy", "http://u:p@proxy.example.com:3128/"],
                "weir check --proxy='http://u:***@proxy.example.com:3128/' --seed 7",
            ),
            (
                &[
                    "weir",
                    "check",
                    "--oauth-token-url",
                    "http://u:p@login.example.com/",
                    "--second-url=http://u:p@[::1]/",
                ],
                "weir check --oauth-token-url 'http://u:***@login.example.com/' --second-url='http://u:***@[::1]/' --seed 7",
            ),
            (&["weir", "check", "--bearer", "@token file"], "weir check --bearer '@token file' --seed 7"),
            (&["weir", "check", "--target=my file.toml"], "weir check --target='my file.toml' --seed 7"),
        ] {
            assert_eq!(command(typed.iter().map(|word| (*word).to_owned()), 7), expected);
        }
    }
}
