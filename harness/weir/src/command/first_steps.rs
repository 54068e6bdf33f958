//! `weir` without a command: three things to try.

/// What a person who types the name alone can do next.
pub(super) const FIRST_STEPS: &str = "\
weir checks SCIM 2.0 endpoints, is one itself, and provisions as real clients do.

Three things to try:
  weir check --embedded --quick
      a report of a second, about Weir's own endpoint
  weir check https://scim.example.com/v2 --bearer @token.txt --quick
      what every client needs first of your endpoint; it asks before it writes
  weir serve --target saas --deviate write.answer-lost
      an endpoint for your client, which loses the answer to the first write

`weir init` asks where your endpoint is and writes a weir.toml; `weir --help` lists every command.
";
