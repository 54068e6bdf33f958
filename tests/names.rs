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
        (
            "check --report juni=x",
            "weir: --report: unknown report \"juni\"; did you mean \"junit\"? `weir check --help` shows all",
        ),
        ("bench http://127.0.0.1:1 --shape get,fliter", "--shape: unknown shape \"fliter\"; did you mean \"filter\"?"),
        ("list checkz", "unknown catalogue \"checkz\"; did you mean \"checks\"?"),
        ("list checks --topic ptach", "did you mean \"patch\"? `weir list checks` shows all"),
        (
            "list deviations --topic uniquenes",
            "no deviation is named \"uniquenes\"; did you mean \"uniqueness\"? `uniquenes*` selects ",
        ),
        ("list requirements --topic fliter", "unknown feature \"fliter\"; did you mean \"filter\"?"),
        ("explain create.locatin", "did you mean \"create.location\"?"),
        ("explain CREATE.LOCATION", "did you mean \"create.location\"?"),
        ("explain 7644-3.3-12", "did you mean \"RFC7644-3.3-12\"?"),
        ("explain aquerra", "did you mean \"aquera\"?"),
        ("man serv", "unknown command \"serv\"; did you mean \"serve\"?"),
        (
            "check --format tarminal",
            "--format: unknown format \"tarminal\"; did you mean \"terminal\"? `weir check --help` shows all",
        ),
        ("check --color alwys", "unknown when \"alwys\"; did you mean \"always\"? `weir check --help` shows all"),
        ("diff a.json b.json --format markdwn", "did you mean \"markdown\"? `weir diff --help` shows all"),
        (
            "completions bsh",
            "unknown shell \"bsh\"; did you mean \"bash\" or \"zsh\"? `weir completions --help` shows all",
        ),
        ("connection shw x", "unknown command \"shw\"; did you mean \"show\"? `weir connection --help` shows all"),
        ("check http://127.0.0.1:1 more", "one value too many, \"more\"; `weir check --help` shows what is taken"),
        ("check --budget ten", "--budget: \"ten\" is not a whole number"),
        ("check --proxy nowhere", "--proxy: relative URL without a base; give a whole URL"),
        ("init nothing", "URL: relative URL without a base; give a whole URL"),
        (
            "provision --source ldp://x http://127.0.0.1:1",
            "--source ldp://x: unknown scheme \"ldp\"; did you mean \"ldap\"?",
        ),
        (
            "serve --journal ful",
            "--journal: unknown mode \"ful\"; did you mean \"full\"? `weir serve --help` shows all",
        ),
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
        "[[finding]]\ncheck = \"create.location\"\nverdict = \"fail\"\nbreaks = [\"RFC7644-3.3-12\"]\nreason = \"r\"\n";
    const STEP: &str =
        "[[finding]]\nstep = \"connect\"\nclient = \"pingone-scim\"\nverdict = \"fail\"\nreason = \"r\"\n";
    const VARIANTS: &str = "client = \"pingfederate-aquera\"\n[details]\n\"update-user.put\" = \"read-merge\"\n";
    const CONNECTION: &str = include_str!("../fixtures/connections/pingfederate-aquera.json");
    const SCHEMA: &str = r#"{"id": "urn:example:params:scim:schemas:extension:a:2.0:User", "name": "A",
        "attributes": [{"name": "a", "type": "integer"}]}"#;
    const MAPPING: &str =
        "[[attributeMapping]]\nfieldName = \"userName\"\nsaasFieldInfo = { attributeNames = [\"uid\"] }\n";
    const RULE: &str = r#"{"name": "r", "mappings": [{"sourceAttribute": "username", "targetAttribute": "userName"}]}"#;
    const LDIF: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories/company.ldif");
    const USERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pingone/users.json");
    let folder = Folder::new("files");
    let extended = ["serve", "--listen", "127.0.0.1:0", "--schema", "schema.json"];
    let nowhere = "http://127.0.0.1:1";
    let mapped = ["provision", "--source", LDIF, "--mapping", "mapping.toml", "--dry-run", nowhere];
    let ruled = ["provision", "--as", "pingone-scim", "--source", USERS, "--rule", "rule.json", "--dry-run", nowhere];
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
            "[checks]\nskip = [\"create.location\"]\n",
            ("location", "locatin"),
            &configured,
            "line 2, key `skip`: unknown check or topic \"create.locatin\"; did you mean \"create.location\"?",
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
            "own.toml",
            TARGET,
            ("[[app", "[[declared]]\nchecks = [\"create.\",\n  \"delte.user\"]\nbecause = \"b\"\n[[app"),
            &targeted,
            "own.toml, line 7, key `checks`: unknown check or topic \"delte.user\"; did you mean \"delete.user\"? `weir list checks` shows all",
        ),
        (
            "own.toml",
            TARGET,
            ("[[app", "[[credentials]]\nname = \"r\"\napplications = [\"aa\"]\n[[app"),
            &targeted,
            "own.toml, line 6: credentials r: unknown application \"aa\"; ",
        ),
        (
            "own.toml",
            TARGET,
            ("name = \"a\"", "name = \"a\"\ntenant = \"mill\"\n[[credentials]]\nname = \"r\"\ntenants = [\"mil\"]"),
            &targeted,
            "own.toml, line 9: credentials r: unknown tenant \"mil\"; did you mean \"mill\"?",
        ),
        (
            "own.toml",
            TARGET,
            ("[[app", "user_extensions = [\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:Usr\"]\n[[app"),
            &targeted,
            "did you mean \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"?",
        ),
        (
            "own.toml",
            TARGET,
            ("[[app", "without_resource_types = [\"Grup\"]\n[[app"),
            &targeted,
            "line 5, key `without_resource_types`: the target: unknown resource type \"Grup\"; did you mean \"Group\"?",
        ),
        (
            "own.toml",
            TARGET,
            (
                "[[app",
                "[[schema_changes]]\nschema = \"urn:ietf:params:scim:schemas:core:2.0:User\"\nwithout = [\"name.familName\"]\n[[app",
            ),
            &targeted,
            "unknown attribute \"name.familName\"; did you mean \"name.familyName\"?",
        ),
        (
            "schema.json",
            SCHEMA,
            ("\"type\"", "\"typ\""),
            &extended,
            "schema.json, urn:example:params:scim:schemas:extension:a:2.0:User:a: unknown member \"typ\"; did you mean \"type\" or ",
        ),
        (
            "schema.json",
            SCHEMA,
            ("integer", "integr"),
            &extended,
            "unknown value \"integr\"; did you mean \"integer\"?",
        ),
        (
            "mapping.toml",
            MAPPING,
            ("attributeNames", "attributeNmes"),
            &mapped,
            "unknown key \"attributeNmes\"; did you mean \"attributeNames\"?",
        ),
        (
            "rule.json",
            RULE,
            ("targetAttribute", "targetAtribute"),
            &ruled,
            "rule.json, mapping 1: unknown key \"targetAtribute\"; did you mean \"targetAttribute\"?",
        ),
        (
            "weir.toml",
            "[credentials]\nbearer = { env = \"MILL\" }\n",
            ("env", "evn"),
            &configured,
            "weir.toml, line 2, key `bearer`: unknown key \"evn\"; did you mean \"env\"?",
        ),
        (
            "known.toml",
            STEP,
            ("connect", "conect"),
            &known,
            "known.toml, line 2, key `step`: unknown step \"conect\"; did you mean \"connect\"?",
        ),
        (
            "known.toml",
            BASELINE,
            ("create.location", "create.locatin"),
            &known,
            "known.toml, line 2, key `check`: unknown check \"create.locatin\"; did you mean \"create.location\"? `weir list checks` shows all",
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
fn a_misspelt_name_at_the_control_api_is_answered_with_the_nearest() {
    let served = Served::start(&["--target", "rfc", "--control-token", "tok"]);
    let origin = served.value("URL").split("/scim").next().unwrap().to_owned();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Fails only if a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (method, place, body, words) in [
        ("PUT", "deviations", r#"["put.create"]"#, "unknown deviation \"put.create\"; did you mean \"put.creates\"?"),
        ("PUT", "deviations", r#"{"activ": []}"#, "unknown member \"activ\"; did you mean \"active\"?"),
        ("PUT", "target", r#"{"target": "rfcc"}"#, "unknown target \"rfcc\"; did you mean \"rfc\"?"),
        ("PUT", "target", r#"{"targt": "rfc"}"#, "unknown member \"targt\"; did you mean \"target\"?"),
        ("PUT", "target", r#"{"toml": "as_off = 1"}"#, "unknown key \"as_off\"; did you mean \"as_of\"?"),
        ("POST", "clock", r#"{"advnce": "PT1H"}"#, "unknown member \"advnce\"; did you mean \"advance\"?"),
        ("POST", "people", r#"{"cuont": 3}"#, "unknown member \"cuont\"; did you mean \"count\"?"),
        ("GET", "data?application=defalt", "", "unknown application \"defalt\"; did you mean \"default\"?"),
        ("GET", "data?aplication=default", "", "unknown query parameter \"aplication\"; did you mean \"application\"?"),
        ("GET", "applications/defalt/accounts", "", "did you mean \"default\"? `GET /_weir/applications` shows all"),
        ("GET", "deviatons", "", "unknown place of the control API \"deviatons\"; did you mean \"deviations\"?"),
        (
            "POST",
            "data",
            r#"[{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Usr"]}]"#,
            "did you mean \"urn:ietf:params:scim:schemas:core:2.0:User\"?",
        ),
        (
            "POST",
            "data",
            r#"[{"meta": {"resourceType": "Usr"}}]"#,
            "unknown resource type \"Usr\"; did you mean \"User\"?",
        ),
    ] {
        let request =
            client.request(method.parse().unwrap(), format!("{origin}/_weir/{place}")).bearer_auth("tok").body(body);
        let answer =
            runtime.block_on(async { request.send().await.unwrap().json::<serde_json::Value>().await.unwrap() });
        let detail = answer["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(words), "{method} {place} {body}: {answer}");
    }
}

#[test]
fn a_misspelt_variable_is_named_in_a_warning() {
    let ran = ran(&weir(&["list", "targets"]).env("WEIR_BEARR", "x").env("WEIR_MILL_TOKEN", "x").output().unwrap());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(ran.stderr, "weir: unknown variable \"WEIR_BEARR\"; did you mean \"WEIR_BEARER\"?\n");
}

#[test]
fn every_command_that_takes_a_url_proposes_the_scim_root() {
    const CONNECTION: &str = include_str!("../fixtures/connections/pingfederate-aquera.json");
    const LDIF: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/directories/company.ldif");
    let served = Served::start(&["--target", "rfc", "--bearer", "tok"]);
    let root = served.value("URL");
    let wrong = root.replace("/scim/v2", "/wrong");
    let folder = Folder::new("root");
    let mut connection: serde_json::Value = serde_json::from_str(CONNECTION).unwrap();
    let fields = &mut connection["outboundProvision"]["targetSettings"];
    for field in fields.as_array_mut().unwrap() {
        if field["name"] == "SCIM URL" {
            field["value"] = wrong.clone().into();
        }
    }
    folder.write("connection.json", &connection.to_string());
    for arguments in [
        &["check", &wrong, "--yes"][..],
        &["check", &wrong, "--as", "pingfederate-scim", "--yes"],
        &["check", "--connection", "connection.json", "--yes"],
        &["init", &wrong, "--output", "-"],
        &["clean", &wrong, "--prefix", "weir-k3f9xq", "--dry-run"],
        &["bench", &wrong, "--people", "1"],
        &["provision", "--source", LDIF, "--yes", &wrong],
        &["connection", "test", "connection.json"],
        &["connection", "fields", "connection.json"],
    ] {
        let ran = folder.run(&[arguments, &["--bearer", "tok"]].concat());
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.status, 3, "{arguments:?}: {said}");
        assert!(said.contains(&format!("did you mean {root}?")), "{arguments:?}: {said}");
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
    assert_eq!(ids, ["read.resource", "delete.resource"]);
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
