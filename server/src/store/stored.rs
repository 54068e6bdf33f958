//! STUB
use scim::schema::ResourceTypeId;
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct Edge;
#[derive(Clone, Debug)]
pub struct Stored {
    pub resource_type: ResourceTypeId,
    pub id: Uuid,
}
#[derive(Clone, Copy, Debug)]
pub struct StoredRecord<'a>(&'a Stored);
