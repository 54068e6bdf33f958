//! HAR 1.2, the HTTP Archive format that browsers, proxies and viewers share: writing and reading it.
//!
//! Whoever gives entries has masked the secrets in them. Characters that cannot be seen are JSON escapes, which
//! keep the value. The file is a whole document after every entry, so that a process that is killed leaves a readable one.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Cursor, Seek, SeekFrom, Write};

use jiff::Timestamp;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, json};

use crate::legible;

/// What stands behind the last entry.
const END: &[u8] = b"\n]}}\n";

/// One request with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub started: Timestamp,
    /// From the request to the end of the answer, in milliseconds.
    pub millis: f64,
    pub method: String,
    pub url: String,
    pub request_headers: Vec<(String, String)>,
    pub request_body: Option<String>,
    /// 0 where no answer came.
    pub status: u16,
    pub response_headers: Vec<(String, String)>,
    pub response_body: String,
    /// Such as why the connection ended.
    pub comment: Option<String>,
}

/// Writes entries one by one.
pub struct HarWriter<W> {
    out: W,
    entries: usize,
}

/// A file whose end can be taken away.
pub trait Shorten: Write + Seek {
    /// Leaves so many bytes.
    fn shorten(&mut self, length: u64) -> io::Result<()>;
}

impl Shorten for File {
    fn shorten(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

impl Shorten for Cursor<Vec<u8>> {
    fn shorten(&mut self, length: u64) -> io::Result<()> {
        self.get_mut().truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(())
    }
}

impl<W: Shorten> HarWriter<W> {
    /// Begins a document.
    pub fn new(mut out: W) -> io::Result<Self> {
        let creator = json!({"name": "weir", "version": env!("CARGO_PKG_VERSION")});
        write!(out, "{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"entries\":[")?;
        out.write_all(END)?;
        out.flush()?;
        Ok(Self { out, entries: 0 })
    }

    /// Adds an entry in front of the document's end.
    pub fn write(&mut self, entry: &Entry) -> io::Result<()> {
        let back = i64::try_from(END.len()).unwrap_or(0);
        let start = self.out.seek(SeekFrom::Current(-back))?;
        let separator = if self.entries == 0 { "\n" } else { ",\n" };
        let entry = entry.to_json().to_string();
        let mut text = format!("{separator}{}", legible::json(&entry)).into_bytes();
        text.extend_from_slice(END);
        if let Err(error) = self.out.write_all(&text).and_then(|()| self.out.flush()) {
            // On a full disk there is room for the end that stood here.
            self.out.shorten(start)?;
            self.out.seek(SeekFrom::Start(start))?;
            self.out.write_all(END)?;
            return Err(error);
        }
        self.entries += 1;
        Ok(())
    }

    /// How many entries were written.
    pub const fn entries(&self) -> usize {
        self.entries
    }
}

impl Entry {
    /// The entry as the format has it. What the format wants and nobody knows is -1 or empty, as it says.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let pairs = |pairs: &[(String, String)]| -> Value {
            pairs.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
        };
        let query: Vec<(String, String)> = url::Url::parse(&self.url)
            .map(|url| url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
            .unwrap_or_default();
        let header = |headers: &[(String, String)], name: &str| {
            headers
                .iter()
                .find(|(own, _)| own.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.clone())
                .unwrap_or_default()
        };
        let mut request = json!({
            "method": self.method,
            "url": self.url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": pairs(&self.request_headers),
            "queryString": pairs(&query),
            "headersSize": -1,
            "bodySize": self.request_body.as_ref().map_or(0, String::len),
        });
        if let Some(body) = &self.request_body {
            request["postData"] = json!({"mimeType": header(&self.request_headers, "content-type"), "text": body});
        }
        let mut entry = json!({
            "startedDateTime": self.started.to_string(),
            "time": self.millis,
            "request": request,
            "response": {
                "status": self.status,
                "statusText": "",
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": pairs(&self.response_headers),
                "content": {
                    "size": self.response_body.len(),
                    "mimeType": header(&self.response_headers, "content-type"),
                    "text": self.response_body,
                },
                "redirectURL": header(&self.response_headers, "location"),
                "headersSize": -1,
                "bodySize": self.response_body.len(),
            },
            "cache": {},
            "timings": {"send": 0, "wait": self.millis, "receive": 0},
        });
        if let Some(comment) = &self.comment {
            entry["comment"] = json!(comment);
        }
        entry
    }

    fn of_json(entry: &Value) -> Result<Self, &'static str> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let pairs = |value: &Value| -> Vec<(String, String)> {
            let pairs = value.as_array().into_iter().flatten();
            pairs.filter_map(|pair| Some((text(&pair["name"])?, text(&pair["value"])?))).collect()
        };
        let (request, response) = (&entry["request"], &entry["response"]);
        let started = entry["startedDateTime"].as_str().and_then(|at| at.parse().ok());
        Ok(Self {
            started: started.ok_or("startedDateTime is not an instant")?,
            millis: entry["time"].as_f64().unwrap_or(0.0),
            method: text(&request["method"]).ok_or("the request has no method")?,
            url: text(&request["url"]).ok_or("the request has no url")?,
            request_headers: pairs(&request["headers"]),
            request_body: text(&request["postData"]["text"]),
            status: response["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(0),
            response_headers: pairs(&response["headers"]),
            response_body: text(&response["content"]["text"]).unwrap_or_default(),
            comment: text(&entry["comment"]),
        })
    }
}

/// Why a file is not an HTTP archive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HarError {
    #[error("it is not JSON: {0}")]
    Json(String),
    #[error("it has no log.entries, so it is not an HTTP archive")]
    NoEntries,
    #[error("entry {number}: {problem}")]
    Entry { number: usize, problem: &'static str },
}

/// Reads every entry of a document, whoever wrote it.
pub fn read(text: &str) -> Result<Vec<Entry>, HarError> {
    let mut entries = Vec::new();
    for_each(text, |entry| entries.push(entry))?;
    Ok(entries)
}

/// Gives every entry of a document to `take`, one after the other, so that an archive is never in memory as a whole.
pub fn for_each(text: &str, take: impl FnMut(Entry)) -> Result<(), HarError> {
    let mut reader = EntryReader { take, number: 0, fault: None };
    let mut json = serde_json::Deserializer::from_str(text);
    let found = Member { name: "log", inner: Member { name: "entries", inner: Entries(&mut reader) } }
        .deserialize(&mut json)
        .and_then(|found| json.end().map(|()| found));
    match (found, reader.fault) {
        (Err(error), _) if !error.is_data() => Err(HarError::Json(error.to_string())),
        (_, Some(fault)) => Err(fault),
        (Ok(Some(Some(()))), None) => Ok(()),
        _ => Err(HarError::NoEntries),
    }
}

/// The value of one member of an object; the others are skipped.
struct Member<S> {
    name: &'static str,
    inner: S,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Member<S> {
    type Value = Option<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Member<S> {
    type Value = Option<S::Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "an object with {}", self.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut inner, mut found) = (Some(self.inner), None);
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            match inner.take_if(|_| name == self.name) {
                Some(inner) => found = Some(map.next_value_seed(inner)?),
                None => map.next_value::<IgnoredAny>().map(drop)?,
            }
        }
        Ok(found)
    }
}

/// Takes entries until one is faulty.
struct EntryReader<F> {
    take: F,
    number: usize,
    fault: Option<HarError>,
}

/// The list of entries.
struct Entries<'r, F>(&'r mut EntryReader<F>);

impl<'de, F: FnMut(Entry)> DeserializeSeed<'de> for Entries<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(Entry)> Visitor<'de> for Entries<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let reader = self.0;
        while reader.fault.is_none() {
            let Some(entry) = entries.next_element::<Value>()? else { return Ok(()) };
            reader.number += 1;
            match Entry::of_json(&entry) {
                Ok(entry) => (reader.take)(entry),
                Err(problem) => reader.fault = Some(HarError::Entry { number: reader.number, problem }),
            }
        }
        while entries.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn entry(number: u16) -> Entry {
        Entry {
            started: Timestamp::UNIX_EPOCH,
            millis: 1.5,
            method: "POST".into(),
            url: format!("http://127.0.0.1/scim/v2/Users?count={number}"),
            request_headers: vec![("Content-Type".into(), "application/scim+json".into())],
            request_body: Some("{\"userName\":\"ä\\n\"}".into()),
            status: 200 + number,
            response_headers: vec![("Location".into(), "http://127.0.0.1/x".into())],
            response_body: "{}".into(),
            comment: (number == 1).then(|| "cut".into()),
        }
    }

    #[test]
    fn what_is_written_is_read_and_the_document_is_whole_after_each_entry() {
        let mut writer = HarWriter::new(Cursor::new(Vec::new())).unwrap();
        assert_eq!(read(std::str::from_utf8(writer.out.get_ref()).unwrap()), Ok(vec![]));
        for number in 0..3 {
            writer.write(&entry(number)).unwrap();
            let text = std::str::from_utf8(writer.out.get_ref()).unwrap();
            assert_eq!(read(text).unwrap(), (0..=number).map(entry).collect::<Vec<_>>());
        }
        assert_eq!(writer.entries(), 3);
    }

    /// A disk with room for so many bytes.
    struct FullDisk(Cursor<Vec<u8>>, usize);

    impl Write for FullDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let position = usize::try_from(self.0.position()).unwrap();
            match self.1.saturating_sub(position).min(bytes.len()) {
                0 => Err(io::ErrorKind::StorageFull.into()),
                room => self.0.write(&bytes[..room]),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for FullDisk {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }

    impl Shorten for FullDisk {
        fn shorten(&mut self, length: u64) -> io::Result<()> {
            self.0.shorten(length)
        }
    }

    #[test]
    fn a_full_disk_leaves_a_whole_document() {
        for room in [1500, 1501, 1520, 1800, 2000] {
            let mut writer = HarWriter::new(FullDisk(Cursor::new(Vec::new()), room)).unwrap();
            let written = (0..10).take_while(|number| writer.write(&entry(*number)).is_ok()).count();
            assert!((1..10).contains(&written), "{room}");
            let text = std::str::from_utf8(writer.out.0.get_ref()).unwrap();
            let expected: Vec<_> = (0..).take(written).map(entry).collect();
            assert_eq!(read(text).unwrap(), expected, "{room}");
        }
    }

    #[test]
    fn hidden_characters_are_escapes_and_keep_their_value() {
        let mut hostile = entry(0);
        hostile.response_body = "a\u{202e}b ##[error]\u{e0001}".into();
        let mut writer = HarWriter::new(Cursor::new(Vec::new())).unwrap();
        writer.write(&hostile).unwrap();
        let text = std::str::from_utf8(writer.out.get_ref()).unwrap();
        assert!(text.contains(r"a\u202eb ##\u005berror]\udb40\udc01"), "{text}");
        assert_eq!(read(text), Ok(vec![hostile]));
    }

    #[test]
    fn what_is_no_archive_is_said_to_be_none() {
        assert!(matches!(read("{"), Err(HarError::Json(_))));
        assert_eq!(read("{\"log\":{}}"), Err(HarError::NoEntries));
        let error = read("{\"log\":{\"entries\":[{\"startedDateTime\":\"1970-01-01T00:00:00Z\"}]}}").unwrap_err();
        assert_eq!(error.to_string(), "entry 1: the request has no method");
    }
}
