//! wire: a JSON schema (2020-12) per frame, made from the very types that read and write them.

use serde_json::{Map, Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

/// A frame with its schema and the schemas that it refers to.
pub struct Described {
    kind: &'static str,
    schema: RefOr<Schema>,
    parts: Vec<(String, RefOr<Schema>)>,
}

impl Described {
    pub(super) fn of<T: ToSchema + PartialSchema>(kind: &'static str) -> Self {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        Self { kind, schema: T::schema(), parts }
    }

    fn document(&self, direction: &str) -> Value {
        let mut schema = serde_json::to_value(&self.schema).unwrap_or(Value::Null);
        if let Some(frame) = schema.as_object_mut() {
            let title = format!("{direction} {}", self.kind);
            frame.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
            frame.insert("title".into(), title.into());
            name_type(frame, self.kind);
            if direction == "client" {
                frame.insert("additionalProperties".into(), false.into());
            }
            let parts: Map<String, Value> = self
                .parts
                .iter()
                .map(|(name, part)| (name.clone(), serde_json::to_value(part).unwrap_or(Value::Null)))
                .collect();
            if !parts.is_empty() {
                frame.insert("$defs".into(), parts.into());
            }
        }
        point_inside(&mut schema);
        schema
    }
}

/// Types of the frames that clients send.
pub const CLIENT_FRAMES: &[&str] = super::ClientFrame::TYPES;
/// Types of the frames that the server sends.
pub const SERVER_FRAMES: &[&str] = super::ServerFrame::TYPES;

/// The schema of every frame, by file name: `client.hello`, `server.welcome` and so on.
#[must_use]
pub fn schemas() -> Vec<(String, Value)> {
    let client = super::client::described().into_iter().map(|frame| ("client", frame));
    let server = super::server::described().into_iter().map(|frame| ("server", frame));
    client
        .chain(server)
        .map(|(direction, frame)| (format!("{direction}.{}", frame.kind), frame.document(direction)))
        .collect()
}

/// The type is one word, and always there.
fn name_type(frame: &mut Map<String, Value>, kind: &str) {
    let properties = frame.entry("properties").or_insert_with(|| json!({}));
    if let Some(properties) = properties.as_object_mut() {
        properties.insert("type".into(), json!({ "const": kind }));
    }
    let required = frame.entry("required").or_insert_with(|| json!([]));
    if let Some(required) = required.as_array_mut()
        && !required.iter().any(|name| name == "type")
    {
        required.insert(0, "type".into());
    }
}

/// References of an API description become references inside of this document.
fn point_inside(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(target)) = object.get_mut("$ref") {
                *target = target.replace("#/components/schemas/", "#/$defs/");
            }
            object.values_mut().for_each(point_inside);
        }
        Value::Array(values) => values.iter_mut().for_each(point_inside),
        _ => {}
    }
}
