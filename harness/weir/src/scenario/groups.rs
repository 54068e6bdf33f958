//! Limitations with groups of one name: two groups with the same CN, and two channels with the same group.

use serde_json::{Value, json};
use weir_provision::client::Description;
use weir_provision::options::GroupNameSource;

use super::rehearsal::{Rehearsal, person};
use super::{ScenarioApplication, ScenarioError, ScenarioReport};

fn group(dn: &str, cn: &str, guid: &str, member: &str) -> String {
    format!(
        "dn: {dn}\nobjectClass: groupOfNames\ncn: {cn}\nentryUUID: {guid}\nmember: uid={member},dc=example,dc=com\n\n"
    )
}

/// How many members the groups of this name have, in the order of the target's list.
async fn sizes(place: &ScenarioApplication, name: &str) -> Result<Vec<usize>, ScenarioError> {
    let groups = place.groups(name).await?;
    Ok(groups.iter().map(|group| group["members"].as_array().map_or(0, Vec::len)).collect())
}

fn in_words(sizes: &[usize]) -> String {
    match sizes {
        [] => "no such group".to_owned(),
        [members] => format!("one group with {members} members"),
        several => format!("{} groups", several.len()),
    }
}

pub(super) async fn collision(
    places: &[ScenarioApplication],
    description: &Description,
) -> Result<ScenarioReport, ScenarioError> {
    if description.group.is_none() {
        return Err(ScenarioError::Unsuitable(format!("{} provisions no groups", description.id)));
    }
    let place = places.first().ok_or_else(|| ScenarioError::Unsuitable("the target has no application".to_owned()))?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for source in [GroupNameSource::CommonName, GroupNameSource::DistinguishedName] {
        let (ada, bo, cn) = (place.fresh_name(), place.fresh_name(), place.fresh_name());
        let (one, other) =
            (format!("cn={cn},ou=north,dc=example,dc=com"), format!("cn={cn},ou=south,dc=example,dc=com"));
        let ldif = [
            person(&ada, ""),
            person(&bo, ""),
            group(&one, &cn, &format!("guid-n-{cn}"), &ada),
            group(&other, &cn, &format!("guid-s-{cn}"), &bo),
        ]
        .concat();
        let mut rehearsal = Rehearsal::new(place, description, &ldif)?;
        rehearsal.provisioner.channel.group_name_source = source;
        let acted = rehearsal.cycle().await?;
        let failed = acted.report.failures.len();
        let (label, names) = match source {
            GroupNameSource::CommonName => ("two groups with one CN, named by CN", vec![cn]),
            GroupNameSource::DistinguishedName => ("two groups with one CN, named by DN", vec![one, other]),
        };
        let mut found = Vec::new();
        for name in &names {
            found.push(in_words(&sizes(place, name).await?));
        }
        let so = if failed == 0 { "both are there".to_owned() } else { format!("{failed} fails: its name is taken") };
        rows.push(vec![label.to_owned(), found.join("; "), so]);
    }
    // Two channels, each with a ledger of its own, over groups of one name.
    let cn = place.fresh_name();
    let mut channels = Vec::new();
    for number in ["north", "south"] {
        let uid = place.fresh_name();
        let dn = format!("cn={cn},ou={number},dc=example,dc=com");
        let ldif = format!("{}{}", person(&uid, ""), group(&dn, &cn, &format!("guid-{number}-{cn}"), &uid));
        channels.push((number, uid, Rehearsal::new(place, description, &ldif)?));
    }
    let mut holds = Vec::new();
    for (number, uid, rehearsal) in &mut channels {
        rehearsal.cycle().await?;
        let user = place.user(uid).await?;
        let id = user.as_ref().and_then(|user| user["id"].as_str()).unwrap_or_default().to_owned();
        let groups = place.groups(&cn).await?;
        let members: Vec<&Value> =
            groups.iter().flat_map(|group| group["members"].as_array().into_iter().flatten()).collect();
        let own = members.iter().any(|member| member["value"] == *id);
        let so = if own && members.len() == 1 {
            format!("the group holds the people of channel {number} alone")
        } else {
            format!("the group holds {} people", members.len())
        };
        holds.push(members.len());
        rows.push(vec![
            format!("two channels with one group name, after channel {number}"),
            in_words(&sizes(place, &cn).await?),
            so,
        ]);
    }
    let overwritten = holds == [1, 1];
    let mut verdict = vec![
        "Two groups with the same CN cannot both be provisioned by CN: the second is refused, because they would overwrite each other's members. Where Group Name Source can be DN, each has a name of its own.".to_owned(),
    ];
    verdict.push(if overwritten {
        "Two channels with one group name overwrite each other's members: the last to run wins, and neither reports it. Give each group its own name, or put both into one channel.".to_owned()
    } else {
        "Two channels with one group name share the group: memberships are merged.".to_owned()
    });
    Ok(ScenarioReport {
        scenario: "group-name-collision",
        client: description.id.clone(),
        about: format!("{}: groups of one name, in one channel and in two", description.name),
        columns: ["case", "the endpoint has", "so"].map(str::to_owned).to_vec(),
        verdict,
        is_found: overwritten,
        observations: rows.iter().map(|row| json!({ "case": row[0], "endpoint": row[1], "outcome": row[2] })).collect(),
        rows,
    })
}
