//! The examples of `docs/guide/in-your-tests.md` do what they say.

mod support;

use std::path::Path;
use std::process::Command;

const EXAMPLES: &str = include_str!("../docs/guide/in-your-tests.md");

/// The example in `language`.
fn example(language: &str) -> &'static str {
    let from = EXAMPLES.split_once(&format!("```{language}\n")).expect("the page has an example").1;
    from.split_once("\n```").expect("it ends").0
}

/// Runs the example with `program`, followed by a line that shows that it went to its end.
fn run(language: &str, program: &str, arguments: &[&str], extension: &str, last: &str) {
    if Command::new(program).arg("--version").output().is_err() {
        assert!(std::env::var_os("WEIR_REQUIRE_REAL").is_none(), "{program} is not installed");
        eprintln!("skipped: {program} is not installed");
        return;
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("embedding-{}.{extension}", std::process::id()));
    std::fs::write(&file, format!("{}\n{last}\n", example(language))).expect("a file can be written");
    let binary = Path::new(env!("CARGO_BIN_EXE_weir")).parent().expect("it is in a folder");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new(program).args(arguments).arg(&file).env("PATH", path).output().expect("it starts");
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && told.trim() == "done", "{told}{errors}");
    std::fs::remove_file(&file).expect("the file can be removed");
}

#[test]
fn the_python_example_runs() {
    run("python", "python3", &[], "py", "assert weir.url.endswith('/scim/v2') and weir.token\nprint('done')");
}

#[test]
fn the_javascript_example_runs() {
    let last = "if (!endpoint.url.endsWith('/scim/v2') || !endpoint.token) throw endpoint;\nconsole.log('done');";
    run("javascript", "node", &[], "mjs", last);
}

#[test]
fn the_rust_example_is_the_one_of_the_crate() {
    let shown: Vec<&str> = example("rust").lines().map(str::trim).collect();
    let endpoint = weir_server::start(weir_server::Config::rfc()).expect("it starts");
    let base_url = &endpoint.applications()[0].base_urls[0];
    endpoint.reset();
    assert!(base_url.as_str().starts_with("http://127.0.0.1:"));
    assert_eq!(
        shown,
        [
            "let endpoint = weir_server::start(weir_server::Config::rfc())?;",
            "let base_url = &endpoint.applications()[0].base_urls[0];",
            "endpoint.reset();",
        ]
    );
}
