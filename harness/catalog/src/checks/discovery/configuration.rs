//! `ServiceProviderConfig` (RFC 7643 section 5).

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Credentials, Request};

use super::shown;
use crate::check::{Check, CheckResult, Context};

const CONFIG: &[Capability] = &[Capability::ServiceProviderConfig];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::boxed("discovery.service-provider-config", "ServiceProviderConfig is there, as one object of its schema", |context| {
            Box::pin(async move {
                object(context)
            })
        })
        .matters("Clients choose between PUT and PATCH, and between filter and full listing, by what is announced here.")
        .requirements(&["RFC7643-5-01", "RFC7644-3.2-14", "RFC7644-4-01", "RFC7644-4-02"])
        .legal(&["200 with an object of the ServiceProviderConfig schema, not inside a list"]),
    Check::boxed("discovery.config-members", "ServiceProviderConfig announces every feature", |context| {
            Box::pin(async move {
                members(context);
                Ok(())
            })
        })
        .matters("Clients read these members without asking whether they are there.")
        .requirements(&[
            "RFC7643-2.3.4-01",
            "RFC7643-5-05",
            "RFC7643-5-06",
            "RFC7643-5-07",
            "RFC7643-5-08",
            "RFC7643-5-09",
            "RFC7643-5-10",
            "RFC7643-5-11",
            "RFC7643-5-12",
            "RFC7643-5-13",
            "RFC7643-5-14",
            "RFC7643-5-15",
            "RFC7643-5-16",
            "RFC7643-5-17",
            "RFC7643-5-18",
            "RFC7643-5-19",
        ])
        .needs(CONFIG)
        .legal(&[
            "each feature an object with a boolean supported; maxOperations, maxPayloadSize and maxResults integers from 0",
        ]),
    Check::boxed("discovery.authentication-schemes", "Each authentication scheme says its type, its name and what it is", |context| {
            Box::pin(async move {
                schemes(context);
                Ok(())
            })
        })
        .matters("A console picks the form for the credentials by the type.")
        .requirements(&[
            "RFC7643-5-04",
            "RFC7643-5-20",
            "RFC7643-5-22",
            "RFC7643-5-23",
            "RFC7643-5-24",
            "RFC7643-5-25",
            "RFC7643-5-26",
            "RFC7643-5-27",
        ])
        .needs(CONFIG)
        .legal(&[
            "an array; each entry with type, name and description as texts; primary at most once; links that are HTTP URLs or missing",
        ]),
    Check::new("discovery.anonymous-configuration", "How to authenticate can be read before one has authenticated", &anonymous)
        .matters("A client that does not know the scheme yet has nowhere else to ask.")
        .requirements(&["RFC7643-5-21"])
        .needs(CONFIG)
        .legal(&["200 without credentials", "401 where security does not allow it"]),
    Check::new("discovery.largest-page", "No list is longer than the published filter.maxResults", &largest_page)
        .matters("Clients choose their page size by this number.")
        .requirements(&["RFC7643-5-13"])
        .needs(CONFIG)
        .legal(&["at most maxResults resources, or any number where it is 0 or missing"]),
];

fn object(context: &Context) -> CheckResult {
    let document = &context.discovery().service_provider_config;
    if !document.is_answered() {
        return context.skip("its request got no answer, which `discovery.documents` judges");
    }
    context.expect(&document.exchange).under(&["RFC7644-3.2-14", "RFC7644-4-01"]).status(&[200]).json();
    let schema = json!(["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"]);
    context.expect(&document.exchange).under(&["RFC7643-5-01", "RFC7644-4-02"]).equals("schemas", &schema);
    context.expect(&document.exchange).under(&["RFC7644-3.2-14"]).lacks("Resources");
    Ok(())
}

fn members(context: &Context) {
    let document = &context.discovery().service_provider_config;
    let Some(config) = document.json() else { return };
    let features: [(&'static [&'static str], &'static [&'static str], &str); 6] = [
        (&["RFC7643-5-05"], &["RFC7643-5-06"], "patch"),
        (&["RFC7643-5-07"], &["RFC7643-5-08"], "bulk"),
        (&["RFC7643-5-11"], &["RFC7643-5-12"], "filter"),
        (&["RFC7643-5-14"], &["RFC7643-5-15"], "changePassword"),
        (&["RFC7643-5-16"], &["RFC7643-5-17"], "sort"),
        (&["RFC7643-5-18"], &["RFC7643-5-19"], "etag"),
    ];
    for (present, boolean, name) in features {
        let feature = at(config, name);
        let message = format!("{name} is not an object");
        context.expect(&document.exchange).under(present).that(
            feature.is_some_and(Value::is_object),
            &message,
            shown(feature),
        );
        let supported = feature.and_then(|feature| at(feature, "supported"));
        let message = format!("{name}.supported is not a boolean");
        context.expect(&document.exchange).under(boolean).that(
            supported.is_some_and(Value::is_boolean),
            &message,
            shown(supported),
        );
    }
    let numbers: [(&'static [&'static str], &str); 3] = [
        (&["RFC7643-5-09", "RFC7643-2.3.4-01"], "bulk.maxOperations"),
        (&["RFC7643-5-10", "RFC7643-2.3.4-01"], "bulk.maxPayloadSize"),
        (&["RFC7643-5-13", "RFC7643-2.3.4-01"], "filter.maxResults"),
    ];
    for (under, path) in numbers {
        let value = at(config, path);
        let message = format!("{path} is not a non-negative integer");
        context.expect(&document.exchange).under(under).that(value.is_some_and(Value::is_u64), &message, shown(value));
    }
}

fn is_link(value: Option<&Value>) -> bool {
    value.is_none_or(|value| {
        value.is_null()
            || value
                .as_str()
                .and_then(|text| url::Url::parse(text).ok())
                .is_some_and(|url| matches!(url.scheme(), "http" | "https"))
    })
}

fn schemes(context: &Context) {
    let document = &context.discovery().service_provider_config;
    let Some(config) = document.json() else { return };
    let expect = |under: &'static [&'static str], holds: bool, message: &str, value: Option<&Value>| {
        context.expect(&document.exchange).under(under).that(holds, message, shown(value));
    };
    let link = at(config, "documentationUri");
    expect(&["RFC7643-5-04"], is_link(link), "documentationUri is not an HTTP URL", link);
    let schemes = at(config, "authenticationSchemes");
    expect(&["RFC7643-5-20"], schemes.is_some_and(Value::is_array), "authenticationSchemes is not an array", schemes);
    let entries = schemes.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (index, scheme) in entries.iter().enumerate() {
        let texts: [(&'static [&'static str], &str); 3] =
            [(&["RFC7643-5-22"], "type"), (&["RFC7643-5-23"], "name"), (&["RFC7643-5-24"], "description")];
        for (under, member) in texts {
            let value = at(scheme, member);
            let is_text = value.and_then(Value::as_str).is_some_and(|text| !text.is_empty());
            expect(under, is_text, &format!("authenticationSchemes[{index}].{member} is not a string"), value);
        }
        let links: [(&'static [&'static str], &str); 2] =
            [(&["RFC7643-5-25"], "specUri"), (&["RFC7643-5-26"], "documentationUri")];
        for (under, member) in links {
            let value = at(scheme, member);
            expect(
                under,
                is_link(value),
                &format!("authenticationSchemes[{index}].{member} is not an HTTP URL"),
                value,
            );
        }
    }
    let primary = entries.iter().filter(|scheme| at(scheme, "primary") == Some(&json!(true))).count();
    expect(&["RFC7643-5-27"], primary <= 1, "more than one authentication scheme is primary", schemes);
}

async fn anonymous(context: &Context) -> CheckResult {
    if matches!(context.client().credentials(), Credentials::None) {
        return context.not_given("the run itself has no credentials");
    }
    let answer = context.send(Request::get("/ServiceProviderConfig").without_credentials()).await?;
    let expectation = context.expect(&answer).status(&[200]);
    if answer.status == 200 {
        expectation.has("authenticationSchemes");
    }
    Ok(())
}

async fn largest_page(context: &Context) -> CheckResult {
    let most = context.discovery().config("filter.maxResults").and_then(Value::as_u64).unwrap_or(0);
    if most == 0 {
        return context.skip("no largest page is published");
    }
    // Two at least, so that a limit of one shows.
    if context.discovery().offers(Capability::CreateUsers) {
        context.user().await?;
        context.user().await?;
    }
    for kind in context.discovery().resource_types() {
        let answer = context.send(Request::get(&kind.endpoint).query("count", "1000000")).await?;
        let shown = answer.at("Resources").and_then(Value::as_array).map_or(0, Vec::len) as u64;
        let message = format!("a list of {} is longer than the published {most}", kind.name);
        context.expect(&answer).that(shown <= most, &message, shown.to_string());
    }
    Ok(())
}
