//! Who may come in: credentials, the applications of a tenant, and `/Me` (RFC 7644 sections 2 and 3.11).

mod external_id_unique;

use std::sync::Arc;

use actix_web::http::{Method, StatusCode, header};
use parking_lot::Mutex;
use scim::ErrorKind;

use external_id_unique::ExternalIdUnique;

use crate::application::StoreSeam;
use crate::deviations::Deviation;
use crate::deviations::part::answer::{EditAnswer, EditHeader, Fail, SetStatus};
use crate::deviations::part::rules::accept;
use crate::rules::Carelessness;
use crate::store::Store;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("auth.anonymous-accepted", "a request without credentials is carried out")
        .breaks(&["RFC7642-4-01", "RFC7644-2-07", "RFC7644-3.12-10", "RFC9865-5.2-03"])
        .rules(|rules| accept(rules, Carelessness::Missing)),
    Deviation::new("auth.any-password-accepted", "any user and password are accepted")
        .breaks(&["RFC7642-4-01", "RFC7644-3.12-10"])
        .rules(|rules| accept(rules, Carelessness::AnyPassword)),
    Deviation::new("auth.any-token-accepted", "any bearer token is accepted")
        .breaks(&["RFC7644-2-04", "RFC7644-3.12-10"])
        .rules(|rules| accept(rules, Carelessness::AnyToken)),
    Deviation::new("auth.bulk-open", "a bulk job without credentials is carried out")
        .breaks(&["RFC7642-4-01"])
        .rules(|rules| rules.open = Some(|_, path| path.starts_with("/Bulk"))),
    Deviation::new("auth.challenge-missing", "401 comes without WWW-Authenticate")
        .breaks(&["RFC7644-2-07"])
        .when(|_, answer| answer.status == StatusCode::UNAUTHORIZED)
        .answer(&EditHeader("www-authenticate", |_| None)),
    Deviation::new("auth.groups-open", "groups are read without credentials")
        .breaks(&["RFC7642-4-01"])
        .rules(|rules| rules.open = Some(|method, path| method == Method::GET && path.starts_with("/Groups"))),
    Deviation::new("auth.patch-open", "a PATCH without credentials is carried out")
        .breaks(&["RFC7642-4-01"])
        .rules(|rules| rules.open = Some(|method, _| method == Method::PATCH)),
    Deviation::new("auth.refused-as-404", "wrong or missing credentials are answered 404")
        .breaks(&["RFC7642-4-01", "RFC7644-2-04", "RFC7644-3.12-10"])
        .when(|_, answer| answer.status == StatusCode::UNAUTHORIZED)
        .answer(&EditAnswer(|_, answer| {
            answer.status = StatusCode::NOT_FOUND;
            answer.remove_header(&header::WWW_AUTHENTICATE);
            if let Some(mut body) = answer.json() {
                body["status"] = "404".into();
                answer.set_json(&body);
            }
        })),
    Deviation::new("auth.registration-open", "a user is created without credentials")
        .breaks(&["RFC7642-4-01"])
        .rules(|rules| rules.open = Some(|method, path| method == Method::POST && path == "/Users")),
    Deviation::new("auth.rights-ignored", "credentials that can only read can also write")
        .breaks(&["RFC7644-2-08", "RFC7644-2-10", "RFC7644-3.12-11"])
        .rules(|rules| accept(rules, Carelessness::Rights)),
    Deviation::new("auth.scheme-case", "the scheme has to be written Bearer or Basic, in these letters")
        .breaks(&["RFC7644-2-04"])
        .rules(|rules| accept(rules, Carelessness::SchemeCase)),
    Deviation::new("auth.scheme-optional", "a token is accepted without its scheme")
        .breaks(&["RFC7644-2-04"])
        .rules(|rules| accept(rules, Carelessness::NoScheme)),
    Deviation::new("auth.search-open", "a search by POST needs no credentials")
        .breaks(&["RFC7642-4-01"])
        .rules(|rules| rules.open = Some(|method, path| method == Method::POST && path.ends_with("/.search"))),
    Deviation::new("auth.token-in-query", "the parameter access_token is accepted instead of the Authorization header")
        .breaks(&["RFC7642-4-01"])
        .rules(|rules| accept(rules, Carelessness::TokenInQuery)),
    Deviation::new("me.fails", "GET /Me is answered with 500")
        .breaks(&["RFC7644-3.2-13", "RFC7644-3.11-03"])
        .when(|head, _| *head.method == Method::GET && head.path.ends_with("/Me"))
        .answer(&Fail(ErrorKind::Internal, "internal error")),
    Deviation::new("me.location-missing", "answers of /Me have no Location")
        .breaks(&["RFC7644-3.11-07"])
        .when(|head, _| head.path.ends_with("/Me"))
        .answer(&EditHeader("location", |_| None)),
    Deviation::new("me.open-to-anonymous", "/Me without credentials is answered with 200")
        .breaks(&["RFC7644-3.11-09"])
        .when(|head, answer| answer.status == StatusCode::UNAUTHORIZED && head.path.ends_with("/Me"))
        .answer(&SetStatus(StatusCode::OK)),
    Deviation::new("tenants.credentials-shared", "the credentials of any application open every application")
        .breaks(&["RFC7644-6.1-03", "RFC7644-6-02"])
        .rules(|rules| accept(rules, Carelessness::OtherApplications)),
    Deviation::new(
        "tenants.external-id-unique",
        "an externalId that one application uses is refused as taken in every other one",
    )
    .breaks(&["RFC7643-3.1-17", "RFC7644-6.2-02"])
    .store_with(|_| Box::new(ExternalIdUnique::default())),
    Deviation::new("tenants.store-shared", "the resources of one application are seen and changed by all")
        .breaks(&["RFC7644-6-02", "RFC7643-3.1-17", "RFC9865-5.2-01"])
        .store_with(|_| Box::new(StoreShared::default())),
];

/// Every application gets the store of the first.
#[derive(Default)]
struct StoreShared(Mutex<Option<Arc<dyn Store>>>);

impl StoreSeam for StoreShared {
    fn wrap(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::clone(self.0.lock().get_or_insert(store))
    }
}
