//! Text in Markdown and HTML, where nothing of it becomes markup, by GitHub's rules: its tables, links and mentions too.
//!
//! The text is one line, as that of a [`LegibleEvent`](super::legible::LegibleEvent) is; other text is made so here.

use weir_exchange::legible;

/// Text in a paragraph, a list or a cell of a table.
pub(super) fn text(text: &str) -> String {
    let text = legible::one_line(text.trim());
    // An escape does not keep an address from becoming a link or a mention; code does.
    if text.contains('@') || text.contains("://") || text.to_ascii_lowercase().contains("www.") {
        return code(&text);
    }
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '$' | '!' => {
                out.push('\\');
                out.push(character);
            }
            // At the beginning these make a list, a heading or a rule.
            '-' | '+' | '=' | ':' if at == 0 => {
                out.push('\\');
                out.push(character);
            }
            '.' | ')' if at > 0 && text[..at].bytes().all(|byte| byte.is_ascii_digit()) => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

/// Inline code, with a fence longer than any run of backticks in it.
pub(super) fn code(text: &str) -> String {
    let text = legible::one_line(text);
    if text.trim().is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text in a cell of a table, where a bar ends the cell even in code.
pub(super) fn cell(text: &str) -> String {
    // A line alone is the mark of an empty cell, and begins nothing there.
    if text == "-" {
        return text.to_owned();
    }
    let text = self::text(text);
    // In code a backslash before the bar would take its escape away.
    if text.starts_with('`') { text.replace("\\|", "\\\\x7c").replace('|', "\\|") } else { text }
}

/// A row of a table.
pub(super) fn row<S: AsRef<str>>(cells: impl IntoIterator<Item = S>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|text| cell(text.as_ref())).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// Lines of text as they are.
pub(super) fn fenced(text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}text\n{}\n{fence}", legible::lines(text).trim_end())
}

/// Text inside an HTML tag.
pub(super) fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_endpoint_says_cannot_leave_its_place() {
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a\nb"), "`a\\nb`");
        assert!(fenced("x\n```\n# heading").starts_with("````text\n"));
        assert_eq!(html("<script>&"), "&lt;script&gt;&amp;");
        assert_eq!(text("[x](y) ![z] *a*\n# z"), "\\[x\\](y) \\!\\[z\\] \\*a\\*\\\\n\\# z");
        assert_eq!(text("1. a, 2. b"), "1\\. a, 2. b");
        assert_eq!(text("- a - b"), "\\- a - b");
        assert_eq!(text("&lt; <b>"), "&amp;lt; &lt;b&gt;");
        assert_eq!(text("see https://example.com or @all"), "`see https://example.com or @all`");
        assert_eq!(row(["a|b", "www.example.com|", "-"]), "| a\\|b | `www.example.com\\|` | - |\n");
    }
}
