use weir_judge::Problem;

use super::*;

const TODAY: Date = Date::constant(2026, 5, 20);

fn finding(check: &'static str, verdict: Verdict, requirements: &[&str]) -> Finding {
    let problem = Problem {
        requirements: requirements.iter().map(|id| (*id).to_owned()).collect(),
        ..Problem::new(verdict, "HTTP status is 201, expected 409", "201")
    };
    Finding {
        subject: check.ends_with(".resource").then(|| "User".to_owned()),
        verdict,
        problems: if requirements.is_empty() { Vec::new() } else { vec![problem] },
        exchanges: 1,
        ..Finding::new(Origin::Check, check, "What holds if the check passes")
    }
}

const NAMES: StepNames<'_> = StepNames { clients: &["pingfederate-aquera"], steps: &["joiner", "application."] };

fn step(id: &'static str, verdict: Verdict) -> Finding {
    let origin = Origin::Step { client: "pingfederate-aquera".into() };
    Finding { verdict, exchanges: 1, ..Finding::new(origin, id, "A joiner is created") }
}

fn entry(more: &str) -> String {
    format!(
        "[[finding]]\ncheck = \"create.duplicate-user-name\"\nverdict = \"fail\"\nreason = \"the vendor knows\"\n{more}\n"
    )
}

fn parse(text: &str) -> Baseline {
    Baseline::parse("weir.baseline.toml", text, TODAY, NAMES).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn an_entry_covers_what_is_no_graver_and_breaks_nothing_more() {
    use Verdict as V;
    let breaks = "breaks = [\"RFC7644-3.3-12\"]";
    for (more, verdict, requirements, known, outdated) in [
        ("", V::Fail, &["RFC7644-3.3-12"][..], true, false),
        ("", V::Warn, &["RFC7644-3.6-04"], true, false),
        ("", V::Blocked, &[], true, false),
        ("", V::Error, &[], false, false),
        ("", V::Skip, &[], false, false),
        ("", V::Pass, &[], false, true),
        ("", V::Note, &["RFC7644-3.5.2-08"], false, true),
        (breaks, V::Fail, &["RFC7644-3.3-12"], true, false),
        (breaks, V::Fail, &["RFC7644-3.3-12", "RFC7643-4.1.1-02"], false, false),
        ("expires = 2026-05-20", V::Fail, &[], true, false),
        ("expires = 2026-05-19", V::Fail, &[], false, true),
        ("expires = 2026-05-19", V::Skip, &[], false, true),
    ] {
        let mut baseline = parse(&entry(more));
        let told = baseline.finding(&finding("create.duplicate-user-name", verdict, requirements));
        assert_eq!(told.is_some(), known, "{more} {verdict:?} {requirements:?}");
        assert_eq!(!baseline.outdated().is_empty(), outdated, "{more} {verdict:?} {requirements:?}");
    }
}

#[test]
fn what_the_run_did_not_judge_is_not_outdated() {
    let mut baseline = parse(&entry("expires = 2020-01-01"));
    assert!(baseline.finding(&finding("create.location", Verdict::Pass, &[])).is_none());
    assert_eq!(baseline.outdated(), []);
}

#[test]
fn a_step_is_known_by_its_client_and_id() {
    let text =
        "[[finding]]\nstep = \"joiner\"\nclient = \"pingfederate-aquera\"\nverdict = \"fail\"\nreason = \"slow\"\n";
    let mut baseline = parse(text);
    assert_eq!(baseline.finding(&step("joiner", Verdict::Fail)).unwrap().reason, "slow");
    assert!(baseline.finding(&step("leaver", Verdict::Fail)).is_none());
}

#[test]
fn an_update_keeps_what_people_wrote_and_is_stable() {
    // Both are names of earlier versions.
    let other = "[[finding]]\ncheck = \"read.user\"\nverdict = \"warn\"\nreason = \"not run here\"\n";
    let gone = "[[finding]]\ncheck = \"create.user\"\nverdict = \"warn\"\nreason = \"repaired\"\n";
    let more = "link = \"https://example.com/7\"\nexpires = 2030-01-31";
    let mut baseline = parse(&[other, &entry(more), gone].concat());
    baseline.finding(&finding("create.resource", Verdict::Pass, &[]));
    baseline.finding(&finding("create.duplicate-user-name", Verdict::Fail, &["RFC7644-3.3-12", "RFC7643-4.1.1-02"]));
    baseline.finding(&finding("delete.resource", Verdict::Warn, &["RFC7644-3.6-04"]));
    baseline.finding(&step("joiner", Verdict::Fail));
    let (updated, came, went) = baseline.updated(Verdict::Blocked);
    assert_eq!((came, went, updated.len()), (1, 1, 3));
    let text = updated.text();
    let body = text.split_once("\n\n").unwrap().1;
    insta::assert_snapshot!(body, @r#"
    # A userName that is taken is refused with 409 uniqueness
    [[finding]]
    check = "create.duplicate-user-name"
    verdict = "fail"
    breaks = ["RFC7643-4.1.1-02", "RFC7644-3.3-12"]
    reason = "the vendor knows"
    link = "https://example.com/7"
    expires = 2030-01-31

    # A resource that was created is read back as it was stored
    [[finding]]
    check = "read.resource[User]"
    verdict = "warn"
    reason = "not run here"

    # A step of this client's lifecycle
    [[finding]]
    step = "joiner"
    client = "pingfederate-aquera"
    verdict = "fail"
    reason = "not looked at yet"
    "#);
    assert_eq!(parse(&text).text(), text);
}

#[test]
fn a_fault_is_told_with_its_line_and_key() {
    for (text, told) in [
        ("[[finding]\n", "line 1"),
        ("[[findings]]\n", "unknown key \"findings\"; did you mean \"finding\"?"),
        ("[[finding]]\ncheck = \"read.user\"\nverdict = \"fail\"\n", "the key `reason` is missing"),
        (&entry("because = \"x\""), "line 5, key `because`: unknown key \"because\"; use one of check, "),
        (&entry("link = 7"), "line 5, key `link`: expected a text, got the number 7"),
        (&entry("link = \"ticket 7\""), "line 5, key `link`: \"ticket 7\" is not a URL"),
        (&entry("expires = \"soon\""), "line 5, key `expires`"),
        (&entry("expires = 2026-01-01T00:00:00Z"), "line 5, key `expires`: 2026-01-01T00:00:00Z is not a day"),
        (&entry("breaks = [\"RFC1-2\"]"), "line 5, key `breaks`: unknown requirement \"RFC1-2\""),
        (&entry("client = \"pingone\""), "line 1: an entry has either `check`"),
        (&entry("").replace("the vendor knows", " "), "line 4, key `reason`: the reason is empty; say why"),
        (
            &entry("").replace("\"fail\"", "\"pass\""),
            "line 3, key `verdict`: unknown verdict \"pass\"; use one of note, warn, blocked, fail",
        ),
        (&entry("").replace("create.d", "crate.d"), "line 2, key `check`: unknown check \"crate.dupl"),
        (&[entry(""), entry("")].concat(), "line 6: there is a second entry for create.duplicate-user-name"),
    ] {
        let error = Baseline::parse("b.toml", text, TODAY, NAMES).expect_err(text).to_string();
        assert!(error.starts_with("b.toml, line ") && error.contains(told), "{error}\n{text}");
    }
}

#[test]
fn what_was_hidden_when_the_baseline_was_written_is_news_and_fails_only_where_it_is_strict() {
    let mut first = Baseline::empty(TODAY);
    let mut left_out = finding("read.encoded", Verdict::Skip, &[]);
    left_out.because = Some(Because::Option);
    for judged in [
        finding("create.duplicate-user-name", Verdict::Blocked, &[]),
        finding("replace.immutable", Verdict::Fail, &["RFC7644-3.3-12"]),
        finding("filter.user-name", Verdict::Fail, &["RFC7644-3.3-12"]),
        finding("answers.location", Verdict::Skip, &[]),
        finding("patch.add", Verdict::Pass, &[]),
        left_out,
    ] {
        first.finding(&judged);
    }
    let text = first.updated(Verdict::Warn).0.text();
    assert!(text.contains("\nwritten = 2026-05-20\nunseen = [\n    \"answers.location\",\n]\n"), "{text}");
    let now = [
        (finding("create.duplicate-user-name", Verdict::Fail, &["RFC7644-3.3-12"]), true),
        (finding("replace.immutable", Verdict::Fail, &["RFC7643-4.1.1-02"]), true),
        (finding("filter.user-name", Verdict::Fail, &["RFC7644-3.3-12", "RFC7643-4.1.1-02"]), false),
        (finding("answers.location", Verdict::Fail, &["RFC7644-3.3-12"]), true),
        (finding("patch.add", Verdict::Fail, &["RFC7644-3.3-12"]), false),
        (finding("read.encoded", Verdict::Fail, &["RFC7644-3.3-12"]), false),
    ];
    let (mut baseline, mut strict) = (parse(&text), parse(&text).strict(true));
    for (judged, is_hidden) in &now {
        let reason = is_hidden.then(|| "hidden when the baseline was written on 2026-05-20".to_owned());
        assert_eq!(baseline.finding(judged).map(|note| note.reason.clone()), reason, "{}", judged.id);
        assert_eq!(strict.finding(judged), None, "{}", judged.id);
    }
    let revealed: Vec<_> = baseline.outdated().into_iter().map(|entry| (entry.entry, entry.news)).collect();
    let news = Some(EntryNews::Revealed);
    assert_eq!(
        revealed,
        ["answers.location", "create.duplicate-user-name", "replace.immutable"].map(|id| (id.to_owned(), news))
    );
    let (updated, ..) = baseline.updated(Verdict::Warn);
    assert_eq!((updated.outdated(), updated.len()), (vec![], 6));
}
