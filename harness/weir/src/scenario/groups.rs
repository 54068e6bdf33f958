//! Limitations with groups of one name: two groups with the same CN, and two channels with the same group.

use serde_json::{Value, json};
use weir_provision::client::Description;
use weir_provision::options::GroupNameSource;

use super::rehearsal::{Rehearsal, person};
use super::report::Observations;
use super::{Scenario, ScenarioApplication, ScenarioError};
use crate::output::plural::plural;

/// How many members each group of one name has, in the order of the target's list.
pub(super) struct GroupSizes(pub Vec<usize>);

impl GroupSizes {
    fn of(groups: &[Value]) -> Self {
        Self(groups.iter().map(|group| group["members"].as_array().map_or(0, Vec::len)).collect())
    }

    pub(super) fn members(&self) -> usize {
        self.0.iter().sum()
    }

    fn in_words(&self) -> String {
        match self.0.as_slice() {
            [] => "no such group".to_owned(),
            [members] => format!("one group with {}", plural(*members as u64, "member", "members")),
            several => format!("{} groups", several.len()),
        }
    }
}

/// Two groups with one CN, provisioned by one channel.
pub(super) struct ChannelObservation {
    pub source: GroupNameSource,
    /// Of each name that the groups have in the target.
    pub names: Vec<GroupSizes>,
    /// How many operations failed.
    pub failed: usize,
}

impl ChannelObservation {
    fn texts(&self) -> [String; 3] {
        let case = match self.source {
            GroupNameSource::CommonName => "two groups with one CN, named by CN",
            GroupNameSource::DistinguishedName => "two groups with one CN, named by DN",
        };
        let names: Vec<String> = self.names.iter().map(GroupSizes::in_words).collect();
        let outcome = match self.failed {
            0 => "both are there".to_owned(),
            failed => format!("{}: its name is taken", plural(failed as u64, "fails", "fail")),
        };
        [case.to_owned(), names.join("; "), outcome]
    }
}

/// A group name that two channels have, after one of them has run.
pub(super) struct SharedNameObservation {
    pub channel: &'static str,
    pub groups: GroupSizes,
    /// The members are those of this channel.
    pub is_own: bool,
}

impl SharedNameObservation {
    fn texts(&self) -> [String; 3] {
        let outcome = if self.is_own {
            format!("the group holds the people of channel {} alone", self.channel)
        } else {
            format!("the group holds {}", plural(self.groups.members() as u64, "person", "people"))
        };
        let case = format!("two channels with one group name, after channel {}", self.channel);
        [case, self.groups.in_words(), outcome]
    }
}

/// Groups of one name, in one channel and in two.
pub(super) struct GroupNameCollision {
    pub one_channel: Vec<ChannelObservation>,
    pub two_channels: Vec<SharedNameObservation>,
}

impl GroupNameCollision {
    fn texts(&self) -> impl Iterator<Item = [String; 3]> {
        let one = self.one_channel.iter().map(ChannelObservation::texts);
        one.chain(self.two_channels.iter().map(SharedNameObservation::texts))
    }
}

impl Observations for GroupNameCollision {
    const SCENARIO: Scenario = Scenario::GroupNameCollision;
    const ABOUT: &'static str = "groups of one name, in one channel and in two";

    fn columns(&self) -> Vec<&'static str> {
        vec!["case", "the endpoint has", "so"]
    }

    fn rows(&self) -> Vec<Vec<String>> {
        self.texts().map(Vec::from).collect()
    }

    fn json(&self) -> Vec<Value> {
        let json =
            |[case, endpoint, outcome]: [String; 3]| json!({ "case": case, "endpoint": endpoint, "outcome": outcome });
        self.texts().map(json).collect()
    }

    /// Each channel leaves one member, whichever ran before.
    fn is_found(&self) -> bool {
        self.two_channels.iter().all(|after| after.groups.members() == 1)
    }

    fn answer(&self) -> [String; 3] {
        let shared = if self.is_found() {
            "Two channels with one group name overwrite each other's members: the last to run wins, and neither reports it."
        } else {
            "Two channels with one group name share the group, and memberships are merged."
        };
        [
            "Two groups with the same CN cannot both be provisioned by CN: the second is refused.",
            shared,
            "Give each group a name of its own, or put both into one channel.",
        ]
        .map(str::to_owned)
    }

    fn verdict(&self) -> Vec<String> {
        vec![
            "Two groups with the same CN cannot both be provisioned by CN: the second is refused, because they would overwrite each other's members. Where Group Name Source can be DN, each has a name of its own.".to_owned(),
            if self.is_found() {
                "Two channels with one group name overwrite each other's members: the last to run wins, and neither reports it. Give each group its own name, or put both into one channel.".to_owned()
            } else {
                "Two channels with one group name share the group: memberships are merged.".to_owned()
            },
        ]
    }
}

fn group(dn: &str, cn: &str, guid: &str, member: &str) -> String {
    format!(
        "dn: {dn}\nobjectClass: groupOfNames\ncn: {cn}\nentryUUID: {guid}\nmember: uid={member},dc=example,dc=com\n\n"
    )
}

/// Groups of one name, in one channel and in two.
pub(super) async fn collision(
    application: &ScenarioApplication,
    description: &Description,
) -> Result<GroupNameCollision, ScenarioError> {
    if description.group.is_none() {
        return Err(ScenarioError::Unsuitable(format!("{} provisions no groups", description.id)));
    }
    let mut one_channel = Vec::new();
    for source in [GroupNameSource::CommonName, GroupNameSource::DistinguishedName] {
        one_channel.push(within_one_channel(application, description, source).await?);
    }
    let two_channels = between_two_channels(application, description).await?;
    Ok(GroupNameCollision { one_channel, two_channels })
}

async fn within_one_channel(
    application: &ScenarioApplication,
    description: &Description,
    source: GroupNameSource,
) -> Result<ChannelObservation, ScenarioError> {
    let (ada, bo, cn) = (application.fresh_name(), application.fresh_name(), application.fresh_name());
    let (one, other) = (format!("cn={cn},ou=north,dc=example,dc=com"), format!("cn={cn},ou=south,dc=example,dc=com"));
    let ldif = [
        person(&ada, ""),
        person(&bo, ""),
        group(&one, &cn, &format!("guid-n-{cn}"), &ada),
        group(&other, &cn, &format!("guid-s-{cn}"), &bo),
    ]
    .concat();
    let mut rehearsal = Rehearsal::new(application, description, &ldif)?;
    rehearsal.provisioner.channel.group_name_source = source;
    let acted = rehearsal.cycle().await?;
    let expected = match source {
        GroupNameSource::CommonName => vec![cn],
        GroupNameSource::DistinguishedName => vec![one, other],
    };
    let mut names = Vec::new();
    for name in &expected {
        names.push(GroupSizes::of(&application.groups(name).await?));
    }
    Ok(ChannelObservation { source, names, failed: acted.report.failures.len() })
}

/// Two channels, each with a ledger of its own, over groups of one name.
async fn between_two_channels(
    application: &ScenarioApplication,
    description: &Description,
) -> Result<Vec<SharedNameObservation>, ScenarioError> {
    let cn = application.fresh_name();
    let mut channels = Vec::new();
    for channel in ["north", "south"] {
        let uid = application.fresh_name();
        let dn = format!("cn={cn},ou={channel},dc=example,dc=com");
        let ldif = format!("{}{}", person(&uid, ""), group(&dn, &cn, &format!("guid-{channel}-{cn}"), &uid));
        channels.push((channel, uid, Rehearsal::new(application, description, &ldif)?));
    }
    let mut observations = Vec::new();
    for (channel, uid, rehearsal) in &mut channels {
        rehearsal.cycle().await?;
        let user = application.user(uid).await?;
        let id = user.as_ref().and_then(|user| user["id"].as_str()).unwrap_or_default();
        let listed = application.groups(&cn).await?;
        let mut members = listed.iter().flat_map(|group| group["members"].as_array().into_iter().flatten());
        let has_own = members.any(|member| member["value"] == *id);
        let groups = GroupSizes::of(&listed);
        let is_own = has_own && groups.members() == 1;
        observations.push(SharedNameObservation { channel, groups, is_own });
    }
    Ok(observations)
}
