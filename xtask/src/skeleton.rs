//! The texts of the skeletons, and what a contributor does after each.

use std::path::Path;

/// What writes the generated files.
const PROOF: &str = "cargo run --release -- prove --full --write fixtures/proof.tsv";
const COMPATIBILITY: &str = "cargo run --release -- prove --as all --write docs/evidence/compatibility.md";

pub fn deviation(id: &str) -> String {
    format!(
        r#"    Deviation::new("{id}", fill_in!("what the endpoint does, as one clause without a full stop"))
        .breaks(&[fill_in!("at most four ids of fixtures/requirements.tsv; or .permitted() with the reason")])
        .seen(&[fill_in!("a public link to where it was seen; leave the line out if there is none")])
        .when(fill_in!("the answers that it concerns, such as lists_resources; leave the line out for all"))
        .answer(fill_in!("a part of part/answer.rs, such as &EditList(|list| …); or another seam")),
"#
    )
}

pub fn after_deviation(path: &Path, id: &str, what: &str) -> String {
    format!(
        "\
{path}: the record of {id}

1. Fill in what is marked fill_in!(\"…\"). server/src/deviations/mod.rs says what a record can have, and
   server/src/deviations/part/ has the ready-made parts. `cargo run -- list requirements` lists what can be broken.
2. See it act:           cargo run -- serve --target rfc --deviate {id}
3. See which check notices:
                         cargo run -- check --target rfc --deviate {id}
   If none does, add the check: cargo run -p xtask -- new check TOPIC.{what}
4. See that it is named right:
                         cargo run -- prove --only {id}
5. Test the record:      cargo test -p weir-server deviations
6. Write anew:           {PROOF}
                         {COMPATIBILITY}
7. Name it in CHANGELOG.md under Unreleased.",
        path = path.display(),
    )
}

pub fn check(id: &str, function: &str) -> String {
    format!(
        r#"    Check::new("{id}", fill_in!("what holds if the check passes, without a full stop"), &{function})
        .matters(fill_in!("a sentence: which client breaks otherwise, and how"))
        .requirements(&[fill_in!("ids of fixtures/requirements.tsv")])
        .needs(&[fill_in!("capabilities without which the check is skipped, such as Capability::CreateUsers")])
        .legal(&[fill_in!("every outcome that is right, one text each")])
        .on(fill_in!("Only with a resource type and the reason; leave the line out if the check is about the endpoint")),
"#
    )
}

pub fn check_function(function: &str) -> String {
    format!(
        r#"
async fn {function}(context: &Context) -> CheckResult {{
    let user = context.user().await?;
    let answer = context.send(user.request(Method::GET)).await?;
    context.expect(&answer).under(&[fill_in!("the ids that this expectation tests")]).status(&[200]).json();
    fill_in!("the question: send requests, and compare each answer with an expectation")
}}
"#
    )
}

pub fn after_check(path: &Path, id: &str) -> String {
    format!(
        "\
{path}: the record of {id}, and its function at the end of the file

1. Fill in what is marked fill_in!(\"…\"). harness/catalog/src/check/context.rs has what a check can prepare and send,
   harness/catalog/src/check/expectation.rs what it can expect. An expectation cites requirements of the record.
2. No conforming endpoint fails:
                         cargo run -- check --target rfc --only {id}
3. A requirement that has a check now needs no reason in fixtures/coverage/reasons.tsv: take its row out.
4. A deviation makes it fail. `cargo run -- list deviations` lists those that are there; to add one:
                         cargo run -p xtask -- new deviation WORD.WHAT
   See it noticed:       cargo run -- check --target rfc --only {id} --deviate ID
5. Test the catalogue:   cargo test -p weir-catalog checks
6. Write anew:           {PROOF}
7. Name it in CHANGELOG.md under Unreleased.",
        path = path.display(),
    )
}

pub fn rule(id: &str, function: &str) -> String {
    format!(
        r#"    Rule::new("{id}", fill_in!("what holds if the rule passes, without a full stop"), {function})
        .matters(fill_in!("a sentence: which client breaks otherwise, and how"))
        .requirements(&[fill_in!("ids of fixtures/requirements.tsv")])
        .legal(&[fill_in!("every outcome that is right, one text each")]),
"#
    )
}

pub fn rule_function(function: &str) -> String {
    format!(
        r#"
fn {function}(view: &ExchangeView<'_>, report: &mut RuleReport) {{
    for resource in &view.representations {{
        report.expect(
            fill_in!("what holds; continue where the rule is not sure"),
            &[fill_in!("the ids that this tests")],
            fill_in!("what is wrong, in a sentence that names no value"),
            || fill_in!("what came"),
        );
    }}
}}
"#
    )
}

pub fn after_rule(path: &Path, id: &str) -> String {
    format!(
        "\
{path}: the record of {id}, and its function at the end of the file

1. Fill in what is marked fill_in!(\"…\"). harness/judge/src/rule/view.rs has what a rule sees of an exchange.
2. Test it with exchanges made by hand, in the folder beside the file: right, wrong, and not to be judged.
3. No conforming endpoint fails:
                         cargo run -- check --target rfc --only {id}
                         cargo run -- prove --innocent 20 --seed 1
4. A deviation makes it fail. `cargo run -- list deviations` lists those that are there; to add one:
                         cargo run -p xtask -- new deviation WORD.WHAT
   See it noticed:       cargo run -- check --target rfc --only {id} --deviate ID
5. Test the rules:       cargo test -p weir-judge rules
6. Write anew:           {PROOF}
7. Name it in CHANGELOG.md under Unreleased.",
        path = path.display(),
    )
}

pub fn target() -> String {
    r#"# FILL_IN: what the documentation leaves open, or take this line out
description = FILL_IN  # "What it is, in a paragraph; lists show the first sentence."
sources = [FILL_IN]    # "https://…", the public pages that it is made from
as_of = FILL_IN        # "2026-11", when they were read
base_paths = ["/scim/v2", "/{application}/scim/v2"]
authentication = ["bearer"]
user_extensions = ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
max_results = 200
tolerances = []
capabilities = [
    "create.users", "create.groups", "replace.users", "replace.groups", "patch.users", "patch.groups",
    "delete.users", "delete.groups", "filter.users", "filter.groups", "paging.index",
    "discovery.service-provider-config", "discovery.resource-types", "discovery.schemas",
]
deviations = []        # FILL_IN: `cargo run -- list deviations`

[[declared]]
checks = [FILL_IN]     # ids, or prefixes of ids, of checks whose findings the service means
because = FILL_IN

[[applications]]
name = "default"
description = FILL_IN
"#
    .to_owned()
}

pub fn after_target(path: &Path, name: &str) -> String {
    format!(
        "\
{path}: the description, and its line in server/src/targets/mod.rs

1. Fill in each FILL_IN. docs/guide/targets.md describes the keys, and an error names the line.
2. See it:               cargo run -- explain {name}
                         cargo run -- serve --target {name}
3. Only what the target declares is found, as notes, and the status is 0:
                         cargo run -- check --target {name}
4. Show each particularity on the wire: a test in server/tests/wire/targets.rs.
5. Name it in docs/guide/targets.md, and in CHANGELOG.md under Unreleased.",
        path = path.display(),
    )
}

/// The description of another client, with the blanks that make it one of its own.
pub fn client(name: &str, base: &str, model: &str) -> String {
    let mut text = format!(
        "# FILL_IN: what this client sends, and by which public sources. Begun from {base}; compare each line with the sources.\n"
    );
    for line in model.lines().skip_while(|line| line.starts_with('#')) {
        let edited = match line.split_once(" = ").map(|(key, _)| key) {
            Some("id") => format!("id = \"{name}\""),
            Some("name") if !text.contains("\nname = ") => {
                "name = FILL_IN  # \"The product's name and version\"".into()
            }
            Some("summary") if !text.contains("\nsummary = ") => "summary = FILL_IN  # \"One sentence.\"".into(),
            _ => line.to_owned(),
        };
        text.push_str(&edited);
        text.push('\n');
    }
    text
}

pub fn after_client(path: &Path, name: &str) -> String {
    format!(
        "\
{path}: the description, and its line in harness/provision/src/client/mod.rs

1. Fill in each FILL_IN, and hold every other line against the vendor's documentation. `standing` of a detail is S
   (stated), I (inferred) or N (not known).
2. See it:               cargo run -- explain {name}
3. Run its life:         cargo run -- check --as {name}
                         cargo run -- provision --as {name} --source fixtures/directories/twenty.ldif --dry-run
4. Test it:              cargo test -p weir-provision client
5. Write anew:           {COMPATIBILITY}
6. Name it in docs/guide/provision.md, and in CHANGELOG.md under Unreleased.",
        path = path.display(),
    )
}

pub fn report(type_name: &str) -> String {
    format!(
        r#"//! fill_in!("what this report is for")

use std::io::{{self, Write}};

use weir_judge::{{Consumer, Event}};

/// fill_in!("what it writes to `out`")
pub struct {type_name}<W> {{
    out: W,
}}

impl<W: Write> {type_name}<W> {{
    pub fn new(out: W) -> Self {{
        Self {{ out }}
    }}
}}

impl<W: Write + Send> Consumer for {type_name}<W> {{
    fn event(&mut self, event: &Event) -> io::Result<()> {{
        match event {{
            Event::RunFinished {{ .. }} => self.out.flush(),
            _ => fill_in!("what each event writes; super::outcome and super::problem have what reports share"),
        }}
    }}
}}
"#
    )
}

pub fn after_report(path: &Path, type_name: &str, name: &str) -> String {
    format!(
        "\
{path}: the consumer {type_name}, and its lines in harness/weir/src/report/mod.rs

1. Fill in what is marked fill_in!(\"…\"). Text from an endpoint is untrusted: escape it for the format.
2. Give it a variant of ReportFormat in harness/weir/src/flags/report.rs, and make it there.
3. Show every verdict in a snapshot: harness/weir/src/report/tests.rs, then
                         INSTA_UPDATE=always cargo test -p weir report
4. See it:               cargo run -- check --target rfc --report {name}=FILE
5. If the format has a published schema, hold the report to it in tests/reports.rs.
6. Bring the help up to date:
                         INSTA_UPDATE=always cargo test -p weir --test cli
7. Name it in docs/guide/reports.md, and in CHANGELOG.md under Unreleased.",
        path = path.display(),
    )
}
