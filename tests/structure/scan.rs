//! Which top module of a crate names which other, found in its sources without a parser of Rust: comments, literals and
//! test modules are left out, and what remains is searched for paths that begin with `crate`, `super` or `self`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One source file of a crate.
pub struct Source {
    /// From the crate's `src` folder, with slashes.
    pub path: String,
    pub text: String,
}

/// Top modules each of which reaches every other, with a file for each step between two of them.
#[derive(Debug)]
pub struct Circle(BTreeMap<(String, String), String>);

impl Circle {
    pub fn modules(&self) -> BTreeSet<String> {
        self.0.keys().map(|(from, _)| from.clone()).collect()
    }
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let modules: Vec<_> = self.modules().into_iter().collect();
        write!(f, "the modules {} form a circle:", modules.join(", "))?;
        self.0.iter().try_for_each(|((from, to), file)| write!(f, "\n  {from} -> {to} in src/{file}"))
    }
}

/// The circles among the top modules of a crate with these sources.
pub fn circles(sources: &[Source]) -> Vec<Circle> {
    let edges = edges(sources);
    let nodes: BTreeSet<&String> = edges.keys().flat_map(|(from, to)| [from, to]).collect();
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        nodes.iter().map(|&node| (node, reachable(node, &edges))).collect();
    let together = |one: &String, other: &String| reached[one].contains(other) && reached[other].contains(one);
    let mut circles: Vec<Circle> = Vec::new();
    for &node in &nodes {
        let is_known = circles.iter().any(|circle| circle.modules().contains(node));
        if is_known || !reached[node].contains(node) {
            continue;
        }
        let own = edges.iter().filter(|((from, to), _)| together(node, from) && together(node, to));
        circles.push(Circle(own.map(|(edge, file)| (edge.clone(), file.clone())).collect()));
    }
    circles
}

type Edges = BTreeMap<(String, String), String>;

fn reachable<'e>(start: &String, edges: &'e Edges) -> BTreeSet<&'e String> {
    let mut found = BTreeSet::new();
    let mut pending = vec![start];
    while let Some(node) = pending.pop() {
        for (_, to) in edges.keys().filter(|(from, _)| from == node) {
            if found.insert(to) {
                pending.push(to);
            }
        }
    }
    found
}

fn edges(sources: &[Source]) -> Edges {
    let files: Vec<File> = sources.iter().map(File::new).collect();
    let test_modules: BTreeSet<Vec<String>> = files.iter().flat_map(|file| file.test_modules.clone()).collect();
    let tops: BTreeSet<&String> = files.iter().filter_map(|file| file.module.first()).collect();
    let exported: BTreeMap<&String, &String> =
        files.iter().filter(|file| file.module.is_empty()).flat_map(File::exports).collect();
    let mut edges = Edges::new();
    for file in &files {
        let is_test = (1..=file.module.len()).any(|length| test_modules.contains(&file.module[..length]));
        let Some(from) = file.module.first().filter(|_| !is_test) else { continue };
        for path in &file.paths {
            let Some(first) = path.first() else { continue };
            // What the root exports under a name of its own belongs to the module that it comes from.
            let to = if tops.contains(first) { Some(first) } else { exported.get(first).copied() };
            if let Some(to) = to.filter(|to| *to != from && tops.contains(to)) {
                edges.entry((from.clone(), to.clone())).or_insert_with(|| file.path.clone());
            }
        }
    }
    edges
}

/// One file, read.
struct File {
    path: String,
    /// Its module, from the root of the crate.
    module: Vec<String>,
    /// What it names, from the root of the crate.
    paths: Vec<Vec<String>>,
    /// The modules that it declares for tests alone.
    test_modules: Vec<Vec<String>>,
}

impl File {
    fn new(source: &Source) -> Self {
        let mut module: Vec<String> = source.path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            module.pop();
        }
        let mut reader = Reader { tokens: &tokens(&source.text), module: module.clone(), paths: vec![], tests: vec![] };
        reader.items();
        let (paths, test_modules) = (reader.paths, reader.tests);
        Self { path: source.path.clone(), module, paths, test_modules }
    }

    /// The names that the root of a crate takes from its modules, each with the module.
    fn exports(&self) -> impl Iterator<Item = (&String, &String)> {
        self.paths.iter().filter(|path| path.len() > 1).filter_map(|path| Some((path.last()?, path.first()?)))
    }
}

/// Walks over the tokens of a file.
struct Reader<'t> {
    tokens: &'t [String],
    /// Where it is, modules in braces included.
    module: Vec<String>,
    paths: Vec<Vec<String>>,
    tests: Vec<Vec<String>>,
}

impl Reader<'_> {
    fn starts_with(&self, expected: &[&str]) -> bool {
        self.tokens.len() >= expected.len()
            && self.tokens.iter().zip(expected).all(|(token, expected)| token == expected)
    }

    /// Everything up to the end, or to the brace that closes where the reader is.
    fn items(&mut self) {
        while let Some((token, rest)) = self.tokens.split_first() {
            if self.starts_with(&["#", "[", "cfg", "(", "test", ")", "]"]) {
                self.tokens = &self.tokens[7..];
                self.test_item();
            } else if token == "mod" && rest.get(1).is_some_and(|next| next == "{") {
                self.module.push(rest[0].clone());
                self.tokens = &rest[2..];
                self.items();
                self.module.pop();
            } else if token == "{" {
                self.tokens = rest;
                self.items();
            } else if token == "}" {
                self.tokens = rest;
                return;
            } else if token == "use" && self.module.is_empty() {
                // The root of a crate names its own modules without `crate` or `self`.
                self.tokens = rest;
                self.path(&[]);
            } else if matches!(token.as_str(), "crate" | "super" | "self")
                && rest.first().is_some_and(|next| next == "::")
            {
                self.path(&[]);
            } else {
                // The path of `pub(in …)` says who sees an item, not what the item needs.
                let skipped = if self.starts_with(&["pub", "(", "in"]) { 4 } else { 1 };
                self.tokens = &self.tokens[skipped..];
            }
        }
    }

    /// Passes over an item that only tests see.
    fn test_item(&mut self) {
        let mut depth = 0;
        while let Some((token, rest)) = self.tokens.split_first() {
            if depth == 0 && token == "mod" {
                let mut module = self.module.clone();
                module.extend(rest.first().cloned());
                self.tests.push(module);
            }
            self.tokens = rest;
            match token.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 && matches!(token.as_str(), ";" | "}") {
                return;
            }
        }
    }

    /// A path or a tree of paths, noted from the root of the crate.
    fn path(&mut self, before: &[String]) {
        let mut path = before.to_vec();
        while let Some((token, rest)) = self.tokens.split_first() {
            if token == "{" {
                self.tokens = rest;
                while self.tokens.first().is_some_and(|token| token != "}") {
                    self.path(&path);
                    if self.tokens.first().is_some_and(|token| token == ",") {
                        self.tokens = &self.tokens[1..];
                    }
                }
                self.tokens = self.tokens.get(1..).unwrap_or_default();
                return;
            }
            if !is_word(token) && token != "*" {
                self.tokens = if before.is_empty() { self.tokens } else { rest };
                break;
            }
            path.push(token.clone());
            self.tokens = rest;
            if !self.starts_with(&["::"]) {
                break;
            }
            self.tokens = &self.tokens[1..];
        }
        if self.starts_with(&["as"]) {
            self.tokens = self.tokens.get(2..).unwrap_or_default();
        }
        self.paths.push(self.absolute(&path));
    }

    fn absolute(&self, path: &[String]) -> Vec<String> {
        let mut from_root = Vec::new();
        for (position, segment) in path.iter().enumerate() {
            match segment.as_str() {
                "crate" => from_root.clear(),
                "self" if position == 0 => from_root.clone_from(&self.module),
                "self" => {}
                "super" => {
                    if position == 0 {
                        from_root.clone_from(&self.module);
                    }
                    from_root.pop();
                }
                _ => from_root.push(segment.clone()),
            }
        }
        from_root
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Words, `::`, and every other sign by itself; comments and literals are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment(rest)
        } else if let Some(length) = literal(rest) {
            length
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of a block comment, which may hold others.
pub fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of a string or character literal; `None` where there is none, a lifetime included.
pub fn literal(text: &str) -> Option<usize> {
    let prefix = text.find(|c: char| !matches!(c, 'b' | 'c' | 'r')).filter(|&length| length <= 2)?;
    let is_raw = text[..prefix].contains('r');
    let hashes = if is_raw { text[prefix..].len() - text[prefix..].trim_start_matches('#').len() } else { 0 };
    let begin = prefix + hashes;
    match text[begin..].chars().next()? {
        '"' if is_raw => {
            let end = format!("\"{}", "#".repeat(hashes));
            Some(text[begin + 1..].find(&end).map_or(text.len(), |at| begin + 1 + at + end.len()))
        }
        '"' => Some(begin + quoted(&text[begin..], '"')),
        '\'' if hashes == 0 && !is_raw => {
            let mut inner = text[begin + 1..].chars();
            let is_character = inner.next()? == '\\' || inner.next()? == '\'';
            is_character.then(|| begin + quoted(&text[begin..], '\''))
        }
        _ => None,
    }
}

/// The length of a literal up to the `quote` that ends it.
fn quoted(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == quote {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules of each circle of a crate with these files.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let source = |&(path, text): &(&str, &str)| Source { path: path.to_owned(), text: text.to_owned() };
        let sources: Vec<Source> = files.iter().map(source).collect();
        circles(&sources).iter().map(|circle| circle.modules().into_iter().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn every_way_to_name_another_module_is_seen() {
        let back = ("b.rs", "use crate::a::Thing;");
        for (path, text) in [
            ("a.rs", "use crate::b::Other;"),
            ("a.rs", "pub(crate) use crate::{\n    c,\n    b::{self, Other as Renamed},\n};"),
            ("a.rs", "use super::b;"),
            ("a.rs", "fn call() { crate::b::other() }"),
            ("a/mod.rs", "use super::{b::Other};"),
            ("a/deep/mod.rs", "use super::super::b::Other;"),
            ("a/deep.rs", "mod inner { fn call(x: &'static str) -> char { super::super::super::b::other(x, '\\'') } }"),
            ("a.rs", "use crate::Exported;"),
            ("a.rs", "const SLASHES: &str = \"//\"; use crate::b;"),
            ("a.rs", "const RAW: &str = r#\"a\" \"#; use crate::b;"),
            ("a.rs", "/* outer /* inner */ */ use crate::b;"),
            ("a.rs", "#[cfg(test)]\nmod tests;\nuse crate::b;"),
        ] {
            let root = ("lib.rs", "mod a; mod b; mod c; pub use b::{Exported, Further};");
            assert_eq!(found(&[root, (path, text), back]), ["a b"], "{text}");
        }
    }

    #[test]
    fn what_does_not_depend_is_not_a_circle() {
        for text in [
            "// use crate::b;",
            "/// See [`crate::b`].\nfn a() {}",
            "const TEXT: &str = \"crate::b::Other\";",
            "#[cfg(test)]\nmod tests { use crate::b::Other; fn test() { if true {} } }",
            "#[cfg(test)]\nuse crate::b::Other;",
            "use crate::c::Other; use std::collections::b;",
            "pub(in crate::b) struct Thing;",
            "use crate::Unknown;",
        ] {
            let root = ("lib.rs", "mod a; mod b; mod c;");
            let files = [root, ("a.rs", text), ("b.rs", "use crate::a::Thing;"), ("c.rs", "")];
            assert_eq!(found(&files), [""; 0], "{text}");
        }
        let tests = [("a.rs", "#[cfg(test)]\nmod probe;"), ("a/probe.rs", "use crate::b;"), ("b.rs", "use crate::a;")];
        assert_eq!(found(&tests), [""; 0]);
    }

    #[test]
    fn a_circle_is_found_over_several_modules_and_beside_others() {
        let files = [
            ("a.rs", "use crate::b;"),
            ("b.rs", "use crate::c;"),
            ("c.rs", "use crate::{a, d};"),
            ("d.rs", "use crate::e;"),
            ("e.rs", "use crate::d;"),
            ("f.rs", "use crate::{a, e};"),
        ];
        assert_eq!(found(&files), ["a b c", "d e"]);
    }

    #[test]
    fn a_circle_is_reported_with_the_files_that_make_it() {
        let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
        let circles = circles(&[source("a/deep.rs", "use crate::b;"), source("b.rs", "use crate::a;")]);
        assert_eq!(
            circles[0].to_string(),
            "the modules a, b form a circle:\n  a -> b in src/a/deep.rs\n  b -> a in src/b.rs"
        );
    }
}
