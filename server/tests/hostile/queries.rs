//! Queries: filters that break parsers or break out of them, and parameters that make no sense.

use crate::client::encode;
use crate::victim::{Victim, refused};

#[tokio::test]
async fn malformed_filters_are_refused() {
    let victim = Victim::start().await;
    let mut filters: Vec<String> = [
        "",
        " ",
        "userName",
        "eq",
        "userName eq",
        "eq \"x\"",
        "userName zz \"x\"",
        "userName == \"x\"",
        "userName = \"x\"",
        "userName like \"x\"",
        "userName eq x",
        "userName eq 'x'",
        "userName eq \"x",
        "userName eq x\"",
        "userName eq \"\\x\"",
        "userName eq \"x\" and",
        "userName eq \"x\" or",
        "and userName eq \"x\"",
        "not",
        "not userName eq \"x\"",
        "not (",
        "(",
        ")",
        "()",
        "(userName eq \"x\"",
        "userName eq \"x\")",
        "((userName eq \"x\")",
        "userName pr pr",
        "userName pr \"x\"",
        "userName eq \"x\" userName eq \"y\"",
        "userName eq [1]",
        "userName eq {}",
        "emails[",
        "emails[]",
        "emails[type eq",
        "emails[type eq \"x\"",
        "emails[type eq \"x\"]]",
        "emails[emails[type eq \"x\"]]",
        "active gt true",
        "active co true",
        "userName eq \"x\"; drop table users",
        "userName eq \"x\" -- ",
        "1 eq 1",
        "true",
        "\"x\" eq userName",
        "user name eq \"x\"",
        "userName  eq\u{0} \"x\"",
        "userName eq \"x\" xor userName eq \"y\"",
        "../../etc/passwd",
        "${jndi:ldap://example.com/x}",
        "{{7*7}}",
        "(uid=*)",
        "*)(uid=*",
        "<script>",
        "urn: eq \"x\"",
        "a.b.c eq \"x\"",
        ".userName eq \"x\"",
        "userName. eq \"x\"",
    ]
    .iter()
    .map(|text| (*text).to_owned())
    .collect();
    filters.push("(".repeat(4_000) + "userName pr" + &")".repeat(4_000));
    filters.push("not (".repeat(2_000) + "userName pr" + &")".repeat(2_000));
    filters.push("userName pr".to_owned() + &" and userName pr".repeat(900));
    for filter in &filters {
        for endpoint in ["/Users", "/Groups"] {
            let reply = victim.client.get(&format!("{endpoint}?filter={}", encode(filter))).await;
            refused(&reply, &format!("{endpoint} filter {:?}", filter.chars().take(80).collect::<String>()));
        }
    }
    victim.is_unharmed("malformed filters").await;
}

#[tokio::test]
async fn a_value_cannot_break_out_of_its_quotes() {
    let victim = Victim::start().await;
    for value in [
        "x' or '1'='1",
        "x\\\" or userName pr or userName eq \\\"",
        "x%",
        "_%",
        "*",
        ".*",
        "x*)(uid=*",
        "x; drop table users --",
        "\\u0000",
        "\\\\",
        "${7*7}",
        "x\\n",
        "' union select * from users",
        "\\ud83e\\udda6",
    ] {
        for operator in ["eq", "co", "sw", "ew"] {
            let filter = format!("userName {operator} \"{value}\"");
            let reply = victim.client.get(&format!("/Users?filter={}", encode(&filter))).await;
            assert_eq!((reply.status, reply.json()["totalResults"].as_u64()), (200, Some(0)), "{filter}");
        }
    }
    victim.is_unharmed("values that would break out").await;
}

#[tokio::test]
async fn senseless_parameters_are_refused_or_ignored_and_break_nothing() {
    let victim = Victim::start().await;
    for (query, status) in [
        ("count=x", 400),
        ("count=1e3", 400),
        ("count=0x10", 400),
        ("count=", 400),
        ("count=%00", 400),
        ("count=99999999999999999999999", 200),
        ("count=-99999999999999999999999", 200),
        ("startIndex=99999999999999999999999", 200),
        ("startIndex=-1", 200),
        ("startIndex=NaN", 400),
        ("count=1&count=2", 400),
        ("filter=%FF", 400),
        ("filter=%C0%AF", 400),
        ("filter=%", 400),
        ("filter=%zz", 400),
        ("sortBy=][", 400),
        ("sortBy=password", 400),
        ("sortOrder=sideways&sortBy=userName", 400),
        ("attributes=userName&excludedAttributes=title", 400),
        ("cursor=x", 400),
        ("cursor=%00", 400),
        ("unknown=%FF", 200),
        ("&&&", 200),
        ("", 200),
        ("=&=&=", 200),
        ("attributes=,,,,", 200),
        ("access_token=x", 200),
    ] {
        let reply = victim.client.get(&format!("/Users?{query}")).await;
        assert_eq!(reply.status, status, "{query}: {reply:?}");
        if status >= 400 {
            refused(&reply, query);
        }
    }
    let long = victim.client.get(&format!("/Users?filter={}", "x".repeat(17 << 10))).await;
    assert_eq!(long.error().0, 414);
    victim.is_unharmed("senseless parameters").await;
}
