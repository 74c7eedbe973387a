//! Dummies: for every parameter and body of the description something of its form, with ids that name nothing.

use super::known::Known;
use serde_json::{Map, Value, json};

/// An id that names nothing.
pub const FOREIGN: &str = "0198a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b";

/// The body of a request.
pub enum Body {
    /// Of the described form.
    Json(Value),
    /// A file.
    Bytes,
}

/// The path with its parameters filled in, and the query that is demanded.
pub fn path(template: &str, (method, operation, ask): (&str, &Value, &Value), known: &Known) -> String {
    let mut path = template.to_owned();
    let mut query = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let schema = &parameter["schema"];
        let mut asked = match parameter["in"].as_str().unwrap() {
            "path" => ask["path"][name].clone(),
            _ => ask["query"][name].clone(),
        };
        known.fill(&mut asked);
        let value = match name {
            _ if !asked.is_null() => asked.as_str().map_or_else(|| asked.to_string(), str::to_owned),
            "index" => known.id(method, name),
            _ if is(schema, "integer") => schema["minimum"].as_i64().unwrap_or(1).to_string(),
            _ if is(schema, "boolean") => "false".to_owned(),
            _ if schema["format"] == "uuid" => known.id(method, name),
            _ => instance(schema, &Value::Null).as_str().unwrap_or(FOREIGN).to_owned(),
        };
        match parameter["in"].as_str().unwrap() {
            "path" => path = path.replace(&format!("{{{name}}}"), &value),
            "query" if parameter["required"] == json!(true) => query.push(format!("{name}={value}")),
            _ => {}
        }
    }
    assert!(!path.contains('{'), "{template}: the description does not describe every parameter");
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// The body of an operation, when it has one.
pub fn body(
    path: &str,
    (operation, ask): (&Value, &Value),
    description: &Value,
    known: &Known,
) -> Option<Body> {
    let content = operation.pointer("/requestBody/content")?.as_object()?;
    let Some(json) = content.get("application/json") else {
        return Some(Body::Bytes);
    };
    if path.ends_with("/frames") {
        return Some(Body::Json(json!({ "type": "ping", "id": 1 })));
    }
    let mut value = instance(&json["schema"], description);
    if let Some(object) = value.as_object_mut() {
        // Rules that a schema cannot say; without them the form is refused before the right is asked for.
        let given = [
            ("login", json!("hanako.test")),
            ("reading", json!("てすと")),
            ("romaji", json!("tesuto")),
            ("name", json!("試験 花子")),
            ("birth_date", json!("1950-01-01")),
            ("telephone", json!("0555-00-0000")),
            ("organization", json!(known.id("get", "organization"))),
            ("kind", json!(kind(path))),
            ("sex", json!("female")),
            ("role", json!("audit")),
            ("job_type", json!(6)),
            ("class", json!(2)),
            ("minutes", json!(15)),
        ];
        for (field, value) in given {
            if object.contains_key(field) {
                object.insert(field.to_owned(), value);
            }
        }
        if path.ends_with("/sign-in/password") {
            // A login or a person, which the description can only say in words.
            object.insert("login".to_owned(), json!("hanako.test"));
        }
        let mut about = ask["body"].clone();
        known.fill(&mut about);
        object.extend(about.as_object().cloned().unwrap_or_default());
    }
    Some(Body::Json(value))
}

fn kind(path: &str) -> &'static str {
    match path {
        "/api/v1/organizations" => "clinic",
        "/api/v1/places" => "floor",
        "/api/v1/devices" => "shared",
        _ => "security_key",
    }
}

fn is(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind
        || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
}

/// Something of a schema's form, with what is demanded and nothing more.
fn instance(schema: &Value, description: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        return instance(description.pointer(pointer).unwrap(), description);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(fields) = instance(part, description) {
                whole.extend(fields);
            }
        }
        return Value::Object(whole);
    }
    for choice in ["oneOf", "anyOf"] {
        let choices = schema[choice].as_array().into_iter().flatten();
        if let Some(first) = choices.into_iter().find(|one| one["type"] != "null") {
            return instance(first, description);
        }
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    let least = |name: &str| schema[name].as_i64();
    if is(schema, "object") || schema["properties"].is_object() {
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let fields =
            required.map(|name| (name.to_owned(), instance(&schema["properties"][name], description)));
        return Value::Object(fields.collect());
    }
    if is(schema, "array") {
        let items = usize::try_from(least("minItems").unwrap_or(0)).unwrap();
        return Value::Array(vec![instance(&schema["items"], description); items]);
    }
    if is(schema, "integer") || is(schema, "number") {
        return json!(least("minimum").unwrap_or(1));
    }
    if is(schema, "boolean") {
        return json!(false);
    }
    match schema["format"].as_str() {
        Some("uuid") => json!(FOREIGN),
        Some("date") => json!("1950-01-01"),
        _ => json!("x".repeat(usize::try_from(least("minLength").unwrap_or(1).max(1)).unwrap())),
    }
}
