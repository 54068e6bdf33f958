use actix_web::http::header::HeaderValue;
use jiff::SignedDuration;

use super::*;
use crate::credentials::{BasicCredentials, OauthClient, generated};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn credentials(bearer: Option<&str>, basic: Option<(&str, &str)>) -> Credentials {
    Credentials {
        bearer: bearer.map(Into::into),
        basic: basic.map(|(user, password)| BasicCredentials { user: user.into(), password: password.into() }),
        oauth: None,
    }
}

fn grant(applications: &[usize], writes: bool) -> Grant {
    Grant { applications: applications.iter().copied().collect(), writes }
}

/// Application 0 takes a token and a password, application 1 a token; a reader may read both.
fn gate() -> Gate {
    let mut gate = Gate::default();
    gate.add(&credentials(Some("t0ken"), Some(("weir", "p:ss"))), &grant(&[0], true));
    gate.add(&credentials(Some("other"), None), &grant(&[1], true));
    gate.add(&credentials(Some("reader"), None), &grant(&[0, 1], false));
    gate
}

/// The status with which a request is refused, 200 if it is not.
fn status(gate: &Gate, authorization: &[&str], ask: impl FnOnce(&mut AccessRequest<'_>)) -> u16 {
    let headers = authorization.iter().fold(HeaderMap::new(), |mut headers, value| {
        headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        headers
    });
    let careless = BTreeSet::new();
    let mut asked = AccessRequest {
        headers: &headers,
        query: None,
        application: 0,
        writes: false,
        anonymous: false,
        careless: &careless,
        now: NOW,
    };
    ask(&mut asked);
    gate.check(&asked).map_or_else(|refusal| refusal.error.status(), |()| 200)
}

#[test]
fn only_the_right_credentials_pass() {
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    let (right, wrong, no_colon) = (basic("weir:p:ss"), basic("weir:pss"), basic("weir"));
    for (authorization, expected) in [
        (vec!["Bearer t0ken"], 200),
        (vec!["bearer  t0ken "], 200),
        (vec![&*right], 200),
        (vec!["Bearer t0ke"], 401),
        (vec!["Bearer"], 401),
        (vec!["Bearer "], 401),
        (vec!["t0ken"], 401),
        (vec![""], 401),
        (vec![&*wrong], 401),
        (vec![&*no_colon], 401),
        (vec!["Basic !!!"], 401),
        (vec!["Basic t0ken"], 401),
        (vec!["Digest t0ken"], 401),
        (vec!["Bearer other"], 401),
        (vec!["Bearer t0ken", "Bearer t0ken"], 401),
        (vec![], 401),
    ] {
        assert_eq!(status(&gate(), &authorization, |_| {}), expected, "{authorization:?}");
    }
}

#[test]
fn one_token_may_open_several_applications() {
    let mut gate = Gate::default();
    for position in [0, 1] {
        gate.add(&credentials(Some("shared"), Some(("weir", "shared"))), &grant(&[position], true));
    }
    for application in [0, 1, 2] {
        let expected = if application < 2 { 200 } else { 401 };
        assert_eq!(status(&gate, &["Bearer shared"], |asked| asked.application = application), expected);
        let basic = format!("Basic {}", STANDARD.encode("weir:shared"));
        assert_eq!(status(&gate, &[&basic], |asked| asked.application = application), expected);
    }
}

#[test]
fn anonymous_requests_pass_where_they_may_and_wrong_credentials_never() {
    assert_eq!(status(&gate(), &[], |asked| asked.anonymous = true), 200);
    assert_eq!(status(&gate(), &["Bearer wrong"], |asked| asked.anonymous = true), 401);
}

#[test]
fn a_token_in_the_query_opens_nothing() {
    assert_eq!(status(&gate(), &[], |asked| asked.query = Some("count=1&access_token=t0ken")), 401);
}

#[test]
fn whoever_may_only_read_is_forbidden_to_write() {
    for (application, token, writing) in
        [(0, "Bearer reader", 403), (1, "Bearer reader", 403), (0, "Bearer t0ken", 200), (1, "Bearer t0ken", 401)]
    {
        let ask = |asked: &mut AccessRequest<'_>, writes| (asked.application, asked.writes) = (application, writes);
        let reading = if writing == 403 { 200 } else { writing };
        assert_eq!(status(&gate(), &[token], |asked| ask(asked, false)), reading, "{token} {application}");
        assert_eq!(status(&gate(), &[token], |asked| ask(asked, true)), writing, "{token} {application}");
    }
}

#[test]
fn an_application_without_a_scheme_refuses_it_and_does_not_name_it() {
    let headers = HeaderMap::new();
    let careless = BTreeSet::new();
    let asked = AccessRequest {
        headers: &headers,
        query: None,
        application: 1,
        writes: false,
        anonymous: false,
        careless: &careless,
        now: NOW,
    };
    assert_eq!(gate().check(&asked).unwrap_err().headers.len(), 1);
    assert_eq!(status(&gate(), &["Basic d2VpcjpwOnNz"], |asked| asked.application = 1), 401);
}

#[test]
fn a_token_of_the_token_endpoint_opens_what_its_client_may_until_it_runs_out() {
    let mut gate = Gate::default();
    let client = OauthClient { id: "gauge".into(), secret: "s3cret".into() };
    gate.add(&Credentials { oauth: Some(client), ..Credentials::default() }, &grant(&[0], true));
    gate.tokens = Tokens::new(7, SignedDuration::from_secs(60));
    assert!(gate.client("gauge", "wrong").is_none());
    let grant = Arc::clone(gate.client("gauge", "s3cret").unwrap());
    let (reading, writing) = (gate.tokens.issue(&grant, false, NOW), gate.tokens.issue(&grant, true, NOW));
    let header = |token: &SecretString| format!("Bearer {}", token.expose_secret());
    assert_ne!(header(&reading), header(&writing));
    for (token, seconds, writes, expected) in [
        (&reading, 0, false, 200),
        (&reading, 0, true, 403),
        (&writing, 59, true, 200),
        (&writing, 60, true, 401),
        (&reading, 61, false, 401),
    ] {
        let found = status(&gate, &[&header(token)], |asked| {
            asked.writes = writes;
            asked.now = NOW + SignedDuration::from_secs(seconds);
        });
        assert_eq!(found, expected, "{seconds} {writes}");
    }
    assert_eq!(status(&gate, &[&header(&writing)], |asked| asked.application = 1), 401);
}

#[test]
fn a_query_by_post_reads_and_everything_else_that_is_no_get_writes() {
    for (method, path, expected) in [
        (Method::GET, "/Users", false),
        (Method::HEAD, "/Users", false),
        (Method::OPTIONS, "/Users", false),
        (Method::POST, "/scim/v2/Users/.search/", false),
        (Method::PUT, "/Users/.search", true),
        (Method::POST, "/Users", true),
        (Method::POST, "/Bulk", true),
        (Method::PATCH, "/Users/1", true),
        (Method::DELETE, "/Users/1", true),
    ] {
        assert_eq!(writes(&method, path), expected, "{method} {path}");
    }
}

#[test]
fn generated_credentials_follow_from_seed_and_purpose() {
    let expose = |seed, purpose: &str| generated(seed, purpose).expose_secret().to_owned();
    assert_eq!(expose(1, "a"), expose(1, "a"));
    assert_ne!(expose(1, "a"), expose(2, "a"));
    assert_ne!(expose(1, "a"), expose(1, "b"));
}
