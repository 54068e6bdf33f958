//! Who takes part: the company of the fixtures, and people invented for a run against somebody's endpoint.

use std::fmt::Write as _;

use weir_provision::source::Directory;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../../fixtures/directories/", $name))
    };
}

/// Name and text of the company's directory.
pub(super) const COMPANY: (&str, &str) = ("company.ldif", fixture!("company.ldif"));
/// Name and text of a small directory.
pub(super) const TWENTY: (&str, &str) = ("twenty.ldif", fixture!("twenty.ldif"));
pub(super) const JOINER: &str = fixture!("joiner.ldif");
pub(super) const MOVER: &str = fixture!("mover.ldif");
pub(super) const DISABLE: &str = fixture!("disable.ldif");
pub(super) const ENABLE: &str = fixture!("enable.ldif");
pub(super) const LEAVER: &str = fixture!("leaver.ldif");

/// Somebody who joins the company while an answer gets lost.
pub(super) const LATECOMER: &str = "\
dn: uid=tlatecomer,ou=People,dc=example,dc=com
changetype: add
objectClass: inetOrgPerson
uid: tlatecomer
cn: Tove Latecomer
sn: Latecomer
givenName: Tove
displayName: Tove Latecomer
mail: tove.latecomer@example.com
entryUUID: 5b2f0a3e-7a54-5d0e-9c55-0d5f3a1f6e11
";

const GROUP: &str = "cn=Step Group,ou=Groups,dc=example,dc=com";
const RENAMED: &str = "cn=Step Group\\, renamed,ou=Groups,dc=example,dc=com";

/// The names of `count` people of the company who are enabled and named by uid.
pub(super) fn names(directory: &Directory, count: usize) -> Vec<String> {
    directory
        .iter()
        .filter(|entry| entry.is_a("inetOrgPerson") && entry.text("nsaccountlock").is_none())
        .map(|entry| entry.dn.to_string())
        .filter(|dn| dn.starts_with("uid="))
        .take(count)
        .collect()
}

/// Changes that take `count` people out of their groups and out of the company.
pub(super) fn departures(directory: &Directory, count: usize) -> String {
    let mut changes = String::new();
    for dn in names(directory, count) {
        for group in
            directory.iter().filter(|entry| entry.is_a("groupOfNames") && entry.has_value("member", dn.as_bytes()))
        {
            let _ = write!(
                changes,
                "{}changetype: modify\ndelete: member\n{}-\n\n",
                line("dn", group.dn.as_str()),
                line("member", &dn)
            );
        }
        let _ = write!(changes, "{}changetype: delete\n\n", line("dn", &dn));
    }
    changes
}

/// A line of LDIF; what is not plain is base64.
fn line(attribute: &str, value: &str) -> String {
    use base64::Engine as _;
    let is_plain = value.is_ascii() && !value.starts_with([' ', ':', '<']) && !value.contains(['\n', '\r', '\0']);
    if is_plain {
        format!("{attribute}: {value}\n")
    } else {
        format!("{attribute}:: {}\n", base64::engine::general_purpose::STANDARD.encode(value))
    }
}

/// A new group with the first two members.
pub(super) fn group_created(members: &[String]) -> String {
    let mut changes = format!(
        "dn: {GROUP}\nchangetype: add\nobjectClass: groupOfNames\ncn: Step Group\nentryUUID: 0d3c8f9e-53ab-5d9c-8a1b-6f0f6a2c9d10\n"
    );
    members.iter().take(2).for_each(|member| changes += &line("member", member));
    changes
}

/// The first member goes, the others come.
pub(super) fn group_changed(members: &[String]) -> String {
    let mut changes = format!("dn: {GROUP}\nchangetype: modify\ndelete: member\n");
    members.iter().take(1).for_each(|member| changes += &line("member", member));
    changes += "-\nadd: member\n";
    members.iter().skip(2).for_each(|member| changes += &line("member", member));
    changes + "-\n"
}

/// A comma comes into the name.
pub(super) fn group_renamed() -> String {
    format!("dn: {GROUP}\nchangetype: modrdn\nnewrdn: cn=Step Group\\, renamed\ndeleteoldrdn: 1\n")
}

pub(super) fn group_deleted() -> String {
    format!("dn: {RENAMED}\nchangetype: delete\n")
}

/// People and a group for a run against somebody's endpoint; every name begins with the run's prefix.
#[derive(Clone, Debug)]
pub(super) struct InventedPeople {
    prefix: String,
    /// How many are there from the beginning; two more come later.
    count: usize,
}

const GIVEN: [&str; 10] = ["Ines", "Bram", "Zoë", "Tariq", "Maeve", "Joško", "Aiko", "Ruth", "Səbinə", "Odd"];
const FAMILY: [&str; 10] =
    ["Fairweather", "O'Mulrony", "Grüning", "Yıldırım", "Bell", "Lučić", "Amemiya", "Okafor", "Quliyeva", "Strand"];

/// Fewer people cannot play every part: one changes, one is disabled and deleted, two come later.
pub(super) const FEWEST: usize = 4;

impl InventedPeople {
    /// `people` in all, at least [`FEWEST`].
    pub(super) fn new(prefix: &str, people: usize) -> Self {
        Self { prefix: prefix.to_owned(), count: people.max(FEWEST) - 2 }
    }

    fn dn(&self, number: usize) -> String {
        format!("uid={}-{number},dc=example,dc=com", self.prefix)
    }

    fn group_dn(&self, name: &str) -> String {
        format!("cn={}-{name},dc=example,dc=com", self.prefix)
    }

    fn person(&self, number: usize, changetype: &str) -> String {
        let (given, family) = (GIVEN[number % 10], FAMILY[(number + number / 10) % 10]);
        let uid = format!("{}-{number}", self.prefix);
        let mut text = line("dn", &self.dn(number)) + changetype;
        for (attribute, value) in [
            ("objectClass", "inetOrgPerson"),
            ("uid", uid.as_str()),
            ("givenName", given),
            ("sn", family),
            ("cn", &format!("{given} {family}")),
            ("displayName", &format!("{given} {family}")),
            ("mail", &format!("{uid}@example.com")),
            ("telephoneNumber", &format!("+1 202-555-01{:02}", number % 100)),
            ("title", "Tester"),
            ("l", "Portland"),
            ("c", "US"),
            ("employeeNumber", &format!("{number:05}")),
            ("ou", "Quality"),
            ("entryUUID", &format!("guid-{uid}")),
        ] {
            text += &line(attribute, value);
        }
        text + "\n"
    }

    /// The directory at the beginning, without groups.
    pub(super) fn directory(&self) -> String {
        let mut text = "dn: dc=example,dc=com\nobjectClass: domain\ndc: example\n\n".to_owned();
        (1..=self.count).for_each(|number| text += &self.person(number, ""));
        text
    }

    pub(super) fn joiner(&self) -> String {
        self.person(self.count + 1, "changetype: add\n")
    }

    pub(super) fn latecomer(&self) -> String {
        self.person(self.count + 2, "changetype: add\n")
    }

    pub(super) fn mover(&self) -> String {
        let family = line("sn", "Weißhaupt-Bell");
        format!(
            "{}changetype: modify\nreplace: sn\n{family}-\nreplace: title\ntitle: Head of Tests\n-\ndelete: telephoneNumber\n-\n",
            line("dn", &self.dn(1))
        )
    }

    /// Locks or unlocks the second person.
    pub(super) fn locked(&self, is_locked: bool) -> String {
        let flag = if is_locked { "TRUE" } else { "FALSE" };
        format!("{}changetype: modify\nreplace: nsaccountlock\nnsaccountlock: {flag}\n-\n", line("dn", &self.dn(2)))
    }

    /// Takes a person out.
    pub(super) fn departed(&self, number: usize) -> String {
        format!("{}changetype: delete\n", line("dn", &self.dn(number)))
    }

    /// The number of the person who joins.
    pub(super) const fn joiner_number(&self) -> usize {
        self.count + 1
    }

    pub(super) fn group_created(&self) -> String {
        let name = format!("{}-team", self.prefix);
        line("dn", &self.group_dn("team"))
            + "changetype: add\nobjectClass: groupOfNames\n"
            + &line("cn", &name)
            + &line("entryUUID", &format!("guid-{name}"))
            + &line("member", &self.dn(1))
            + &line("member", &self.dn(2))
    }

    pub(super) fn group_changed(&self) -> String {
        line("dn", &self.group_dn("team"))
            + "changetype: modify\ndelete: member\n"
            + &line("member", &self.dn(1))
            + "-\nadd: member\n"
            + &line("member", &self.dn(self.joiner_number()))
            + "-\n"
    }

    pub(super) fn group_renamed(&self) -> String {
        line("dn", &self.group_dn("team"))
            + "changetype: modrdn\n"
            + &line("newrdn", &format!("cn={}-Équipe\\, \\\"renamed\\\"", self.prefix))
            + "deleteoldrdn: 1\n"
    }

    /// Takes the group back before it was changed.
    pub(super) fn group_withdrawn(&self) -> String {
        line("dn", &self.group_dn("team")) + "changetype: delete\n"
    }

    pub(super) fn group_deleted(&self) -> String {
        line("dn", &self.group_dn("Équipe\\, \\\"renamed\\\"")) + "changetype: delete\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weir_provision::Channel;

    #[test]
    fn the_invented_people_fit_together() {
        for people in [1, 4, 10, 25] {
            let invented = InventedPeople::new("weir-abc", people);
            let (mut directory, _) = Directory::parse("invented", &invented.directory()).unwrap();
            for changes in [
                invented.joiner(),
                invented.mover(),
                invented.locked(true),
                invented.locked(false),
                invented.group_created(),
                invented.group_changed(),
                invented.group_renamed(),
                invented.latecomer(),
                invented.departed(1),
                invented.group_deleted(),
            ] {
                directory.apply("changes", &changes).unwrap_or_else(|error| panic!("{error}\n{changes}"));
            }
            let channel = Channel::default();
            let people: Vec<_> = directory.iter().filter(|entry| channel.role(entry).is_some()).collect();
            assert_eq!(people.len(), invented.count + 1);
            for entry in people {
                let desired = channel.mapping.desired(entry).unwrap();
                assert!(desired.user_name.starts_with("weir-abc-"), "{}", desired.user_name);
            }
        }
    }

    #[test]
    fn the_companys_further_changes_fit_it() {
        let (mut directory, _) = Directory::parse(COMPANY.0, COMPANY.1).unwrap();
        let before = directory.len();
        let members = names(&directory, 4);
        for changes in [
            LATECOMER.to_owned(),
            departures(&directory, 3),
            group_created(&members),
            group_changed(&members),
            group_renamed(),
            group_deleted(),
        ] {
            // Members may have left by then; a directory does not mind.
            directory.apply("changes", &changes).unwrap_or_else(|error| panic!("{error}\n{changes}"));
        }
        assert_eq!(directory.len(), before + 1 - 3);
    }
}
