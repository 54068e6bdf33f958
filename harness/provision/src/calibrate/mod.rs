//! Calibration: which variant of each unknown detail a recording shows, and what in it contradicts the description.
//!
//! Nothing here knows a client: signs are read for the places of a description that its variants change.

mod contradictions;
mod relevance;
mod signs;
mod traffic;

use std::collections::BTreeMap;

use super::client::Description;
use super::client::variants::{Detail, Variant, file_text};

pub use relevance::Irrelevance;
pub use traffic::{ObservedExchange, open, parse};

/// The findings of a recording.
#[derive(Clone, Debug)]
pub struct Calibration {
    pub requests: usize,
    /// The requests that are left out, by the reason for leaving it out.
    pub left_out: BTreeMap<Irrelevance, usize>,
    pub findings: Vec<DetailFinding>,
    /// Sentences.
    pub contradictions: Vec<String>,
}

/// The finding of a recording about one detail.
#[derive(Clone, Debug)]
pub struct DetailFinding {
    pub detail: String,
    /// How often each variant was seen, and the first request that shows it.
    pub seen: BTreeMap<String, (usize, String)>,
    pub default: String,
}

impl DetailFinding {
    /// The one variant that was seen; nothing if none was, or several.
    #[must_use]
    pub fn variant(&self) -> Option<&str> {
        let mut seen = self.seen.keys();
        seen.next().filter(|_| seen.next().is_none()).map(String::as_str)
    }
}

/// Reads a recording as the traffic of this client.
#[must_use]
pub fn calibrate(description: &Description, heard: &[ObservedExchange]) -> Calibration {
    let (relevant, left_out) = relevance::relevant(description, heard);
    let heard: Vec<ObservedExchange> = relevant.into_iter().cloned().collect();
    let heard = heard.as_slice();
    let signs = signs::read(description, heard);
    let findings = description
        .with_choice()
        .map(|detail| DetailFinding {
            detail: detail.id.clone(),
            seen: seen(detail, &signs),
            default: detail.variants.first().map(|variant| variant.id.clone()).unwrap_or_default(),
        })
        .collect();
    Calibration { requests: heard.len(), left_out, findings, contradictions: contradictions::read(description, heard) }
}

/// The variants that agree with a sign: each value that it shows is the variant's own.
fn seen(detail: &Detail, signs: &[signs::Sign]) -> BTreeMap<String, (usize, String)> {
    let mut seen: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for sign in signs {
        // A sign that says nothing about the detail, or fits several of its variants, decides nothing.
        let fitting: Vec<&Variant> = detail.variants.iter().filter(|variant| sign.fits(variant)).collect();
        if let [variant] = fitting.as_slice() {
            seen.entry(variant.id.clone()).or_insert_with(|| (0, sign.request.clone())).0 += 1;
        }
    }
    seen
}

impl Calibration {
    /// The file of variants that the recording makes: what it shows without doubt.
    #[must_use]
    pub fn variant_file(&self, description: &Description, recording: &str) -> String {
        let chosen: Vec<(String, String, String)> = self
            .findings
            .iter()
            .filter_map(|found| {
                let variant = found.variant()?;
                let (count, first) = &found.seen[variant];
                Some((
                    found.detail.clone(),
                    variant.to_owned(),
                    format!("seen {count} {}, first in {first}", if *count == 1 { "time" } else { "times" }),
                ))
            })
            .collect();
        let head = format!("The behaviour of {}, as the recording {recording} shows it.", description.name);
        file_text(&description.id, &head, &chosen)
    }
}
