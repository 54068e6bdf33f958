//! Names that are not known: every place where a person writes one proposes the nearest, in at most three lines.

mod support;

use std::path::{Path, PathBuf};

use support::{Ran, Served, ran, run, weir};

/// A folder of this test's own, which is the working directory of what runs in it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("names-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        ran(&weir(arguments).current_dir(&self.0).output().expect("the binary starts"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays harms nothing.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn is_proposed(ran: &Ran, words: &str, place: &str) {
    assert_eq!(ran.status, 2, "{place}: {}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains(words), "{place}: {words:?} is missing in {}", ran.stderr);
    assert!(ran.stderr.lines().count() <= 3, "{place}: {}", ran.stderr);
    assert!(ran.stderr.len() < 600, "{place}: {}", ran.stderr);
}

#[test]
fn a_misspelt_name_on_the_command_line_is_answered_with_the_nearest() {
    for (line, words) in [
        ("chekc", "unknown command \"chekc\"; did you mean \"check\"? `weir --help` shows all"),
        ("check --onyl patch", "unknown flag \"--onyl\"; did you mean \"--only\"? `weir check --help` shows all"),
        ("serve --port 80", "unknown flag \"--port\"; `weir serve --help` shows all"),
        (
            "check --deviate uniqueness.notenforced",
            "unknown deviation \"uniqueness.notenforced\"; did you mean \"uniqueness.not-enforced\"? `weir list deviations` shows all",
        ),
        ("check --deviate put.creates,put.create", "unknown deviation \"put.create\"; did you mean \"put.creates\"?"),
        ("serve --deviate write.answer-losst", "did you mean \"write.answer-lost\"?"),
        (
            "check --target aquerra",
            "unknown target \"aquerra\"; did you mean \"aquera\"? `weir list targets` shows all",
        ),
        ("serve --target RFC", "unknown target \"RFC\"; did you mean \"rfc\"?"),
        (
            "check --as pingone-aquerra",
            "unknown client \"pingone-aquerra\"; did you mean \"pingone-aquera\"? `weir list clients` shows all",
        ),
        ("provision --as pingfed --source x.ldif http://127.0.0.1:1", "did you mean \"pingfederate-"),
        ("calibrate pingone-smic x.har", "did you mean \"pingone-scim\"?"),
        ("prove --as pingone-smic", "did you mean \"pingone-scim\"?"),
        (
            "check --only creat.user",
            "unknown check or topic \"creat.user\"; did you mean \"create.user\"? `weir list checks` shows all",
        ),
        ("check --only create,ptach", "unknown check or topic \"ptach\"; did you mean \"patch\"?"),
        ("check --skip CREATE.USER", "did you mean \"create.user\"?"),
        ("check --skip patch.group", "no check is named \"patch.group\"; `patch.group*` selects "),
        ("prove --only put.createss", "unknown deviation or topic \"put.createss\"; did you mean \"put.creates\"?"),
        (
            "check --as pingone-aquera --scenario partial-updat",
            "--scenario: unknown scenario \"partial-updat\"; did you mean \"partial-update\"?",
        ),
        ("check --fail-on shuold", "--fail-on: unknown level \"shuold\"; did you mean \"should\"?"),
        ("check --report juni=x", "unknown report \"juni\"; did you mean \"junit\"?"),
        ("bench http://127.0.0.1:1 --shape get,fliter", "--shape: unknown shape \"fliter\"; did you mean \"filter\"?"),
        ("list checkz", "unknown catalogue \"checkz\"; did you mean \"checks\"?"),
        ("list checks --topic ptach", "did you mean \"patch\"? `weir list checks` shows all"),
        ("list deviations --topic uniquenes", "no deviation is named \"uniquenes\"; `uniquenes*` selects "),
        ("list requirements --topic fliter", "unknown feature \"fliter\"; did you mean \"filter\"?"),
        ("explain create.usr", "did you mean \"create.user\"?"),
        ("explain CREATE.USER", "did you mean \"create.user\"?"),
        ("explain 7644-3.3-12", "did you mean \"RFC7644-3.3-12\"?"),
        ("explain aquerra", "did you mean \"aquera\"?"),
        ("man serv", "unknown command \"serv\"; did you mean \"serve\"?"),
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        is_proposed(&run(&arguments), words, line);
    }
    let setting = run(&["check", "--as", "pingone-aquera", "--setting", "Remove Actoin=Delete"]);
    is_proposed(&setting, "did you mean \"Remove Action\"? `weir explain pingone-aquera` shows all", "setting");
    let value = run(&["check", "--as", "pingone-aquera", "--setting", "Remove Action=Delet"]);
    is_proposed(&value, "unknown value of Remove Action \"Delet\"; did you mean \"Delete\"?", "value of a setting");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_misspelt_name_in_a_file_is_answered_with_its_place_and_the_nearest() {
    const TARGET: &str = "description = \"d\"\nbase_paths = [\"/v2\"]\nauthentication = [\"bearer\"]\n\
                          capabilities = [\"create.users\"]\n[[applications]]\nname = \"a\"\n";
    const BASELINE: &str =
        "[[finding]]\ncheck = \"create.user\"\nverdict = \"fail\"\nbreaks = [\"RFC7644-3.3-12\"]\nreason = \"r\"\n";
    const STEP: &str =
        "[[finding]]\nstep = \"connect\"\nclient = \"pingone-scim\"\nverdict = \"fail\"\nreason = \"r\"\n";
    const VARIANTS: &str = "client = \"pingfederate-aquera\"\n[details]\n\"update-user.put\" = \"read-merge\"\n";
    const CONNECTION: &str = include_str!("../fixtures/connections/pingfederate-aquera.json");
    let folder = Folder::new("files");
    let configured = ["check"];
    let targeted = ["check", "--target", "own.toml"];
    let known = ["check", "--target", "rfc", "--only", "read.user", "--baseline", "known.toml"];
    let fitted = ["check", "--as", "pingfederate-aquera", "--variant", "own.variants.toml"];
    let shown = ["connection", "show", "connection.json"];
    let channelled = ["check", "--connection", "connection.json", "--channel", "none"];
    for (file, text, (right, wrong), arguments, words) in [
        (
            "weir.toml",
            "url = \"http://127.0.0.1:9\"\n",
            ("url", "urll"),
            &configured[..],
            "weir.toml, line 1, key `urll`: unknown key \"urll\"; did you mean \"url\"?",
        ),
        (
            "weir.toml",
            "[pace]\nrate = 1.0\n",
            ("rate", "rat"),
            &configured,
            "line 2, key `rat`: unknown key \"rat\"; did you mean \"rate\"?",
        ),
        (
            "weir.toml",
            "[checks]\nonly = [\"patch\"]\n",
            ("\"patch\"", "\"ptach\""),
            &configured,
            "line 2, key `only`: unknown check or topic \"ptach\"; did you mean \"patch\"?",
        ),
        (
            "weir.toml",
            "[checks]\nskip = [\"create.user\"]\n",
            ("user", "usr"),
            &configured,
            "line 2, key `skip`: unknown check or topic \"create.usr\"; did you mean \"create.user\"?",
        ),
        (
            "weir.toml",
            "[checks]\nfail_on = \"should\"\n",
            ("should", "shuold"),
            &configured,
            "line 2, key `fail_on`: unknown level \"shuold\"; did you mean \"should\"?",
        ),
        (
            "weir.toml",
            "[features]\nskip = [\"bulk\"]\n",
            ("bulk", "bulkk"),
            &configured,
            "line 2, key `skip`: unknown capability \"bulkk\"; did you mean \"bulk\"?",
        ),
        (
            "weir.toml",
            "[attributes.User]\ntitle = \"{word}\"\n",
            ("{word}", "{wrod}"),
            &configured,
            "unknown placeholder \"wrod\"; did you mean \"word\"?",
        ),
        (
            "own.toml",
            TARGET,
            ("create.users", "create.user"),
            &targeted,
            "own.toml, line 4, key `capabilities`: unknown capability \"create.user\"; did you mean \"create.users\"?",
        ),
        (
            "own.toml",
            TARGET,
            ("\"bearer\"", "\"baerer\""),
            &targeted,
            "line 3, key `authentication`: unknown way to authenticate \"baerer\"; did you mean \"bearer\"?",
        ),
        (
            "own.toml",
            TARGET,
            ("base_paths", "base_path"),
            &targeted,
            "unknown key \"base_path\"; did you mean \"base_paths\"?",
        ),
        (
            "own.toml",
            TARGET,
            ("[[app", "deviations = [\"put.create\"]\n[[app"),
            &targeted,
            "line 5, key `deviations`: unknown deviation \"put.create\"; did you mean \"put.creates\"?",
        ),
        (
            "own.toml",
            TARGET,
            ("[[app", "tolerances = [\"nulls\"]\n[[app"),
            &targeted,
            "line 5, key `tolerances`: unknown tolerance \"nulls\";",
        ),
        (
            "known.toml",
            BASELINE,
            ("create.user", "create.usr"),
            &known,
            "known.toml, line 2, key `check`: unknown check \"create.usr\"; did you mean \"create.user\"? `weir list checks` shows all",
        ),
        (
            "known.toml",
            BASELINE,
            ("RFC7644-3", "7644-3"),
            &known,
            "unknown requirement \"7644-3.3-12\"; did you mean \"RFC7644-3.3-12\"?",
        ),
        (
            "known.toml",
            BASELINE,
            ("\"fail\"", "\"faill\""),
            &known,
            "unknown verdict \"faill\"; did you mean \"fail\"?",
        ),
        ("known.toml", BASELINE, ("reason", "reson"), &known, "unknown key \"reson\"; did you mean \"reason\"?"),
        (
            "known.toml",
            STEP,
            ("pingone-scim", "pingone-smic"),
            &known,
            "line 3, key `client`: unknown client \"pingone-smic\"; did you mean \"pingone-scim\"?",
        ),
        (
            "own.variants.toml",
            VARIANTS,
            ("update-user.put", "update-user.pt"),
            &fitted,
            "own.variants.toml, line 3, key `update-user.pt`: unknown detail of pingfederate-aquera \"update-user.pt\"; did you mean \"update-user.put\"?",
        ),
        (
            "own.variants.toml",
            VARIANTS,
            ("read-merge", "read-merg"),
            &fitted,
            "unknown variant of update-user.put \"read-merg\"; did you mean \"read-merge\"?",
        ),
        (
            "connection.json",
            CONNECTION,
            ("\"givenName\"", "\"givnName\""),
            &shown,
            "unknown field of the target \"givnName\"; did you mean \"givenName\"?",
        ),
        (
            "connection.json",
            CONNECTION,
            ("\"name\"", "\"name\""),
            &channelled,
            "unknown channel of the connection \"none\"; ",
        ),
    ] {
        folder.write(file, &text.replacen(right, wrong, 1));
        is_proposed(&folder.run(arguments), words, &format!("{file}: {wrong}"));
        std::fs::remove_file(folder.0.join(file)).unwrap();
    }
}

#[test]
fn commas_divide_what_may_be_given_several_times() {
    let ran = run(&[
        "check",
        "--target",
        "rfc",
        "--only",
        "read.user,delete.user",
        "--deviate",
        "put.creates,put.merges",
        "--format",
        "json",
    ]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let ids: Vec<&str> = report["checks"].as_array().unwrap().iter().filter_map(|check| check["id"].as_str()).collect();
    assert_eq!(ids, ["read.user", "delete.user"]);
    // The value of this one holds commas itself.
    let served =
        Served::start(&["--target", "rfc", "--deviate", "create.domains-verified=a.example,b.example,put.creates"]);
    let ran = run(&[
        "check",
        served.value("URL"),
        "--bearer",
        served.value("bearer"),
        "--only",
        "replace.unknown-resource",
        "-q",
    ]);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_topic_is_explained_by_its_checks_and_deviations() {
    let ran = run(&["explain", "uniqueness"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.starts_with("topic uniqueness\n") && ran.stdout.contains("uniqueness.not-enforced: "),
        "{}",
        ran.stdout
    );
}
