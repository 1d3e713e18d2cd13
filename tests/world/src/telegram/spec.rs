//! Calls against the machine-readable description of the Bot API, where one is at hand: does the method exist, is each
//! parameter known, are the required ones there, do the types fit, down to the last button.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::params::Params;

/// The description: every method and type with its fields.
pub(crate) type Spec = Arc<Description>;

pub(crate) struct Description {
    methods: Value,
    types: Value,
}

/// The description in the folder that `BOTE_API_SPECS` names; read once. The only place that reads the environment.
#[expect(clippy::disallowed_methods, reason = "a model for tests is told by the environment where public data lies")]
pub(crate) fn from_environment() -> Option<Spec> {
    static SPEC: OnceLock<Option<Spec>> = OnceLock::new();
    let read = || std::env::var_os("BOTE_API_SPECS").map(|folder| Arc::new(Description::read(Path::new(&folder))));
    SPEC.get_or_init(read).clone()
}

/// Fields that the real server gives although nothing describes them.
const UNDOCUMENTED: [(&str, &str); 5] = [
    ("Chat", "all_members_are_administrators"),
    ("Chat", "accepted_gift_types"),
    ("ChatFullInfo", "all_members_are_administrators"),
    ("Message", "forward_from"),
    ("Message", "forward_date"),
];

impl Description {
    fn read(folder: &Path) -> Self {
        let path = folder.join("telegram-bot-api.json");
        let text = std::fs::read_to_string(&path);
        let text = text.unwrap_or_else(|fault| panic!("BOTE_API_SPECS: {}: {fault}", path.display()));
        let mut whole: Value = serde_json::from_str(&text).expect("the description is JSON");
        Self { methods: whole["methods"].take(), types: whole["types"].take() }
    }

    /// What does not fit in a call; each line begins with the method.
    pub(crate) fn misfits(&self, method: &str, params: &Params) -> Vec<String> {
        let methods = self.methods.as_object().into_iter().flatten();
        let known = methods.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(method));
        let Some((name, method)) = known else { return vec![format!("{method}: no such method")] };
        let fields = method["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
        let field = |name: &str| fields.iter().find(|field| field["name"] == name);
        let mut found = Vec::new();
        for (parameter, value) in &params.values {
            match field(parameter) {
                None => found.push(format!("{parameter}: unknown")),
                Some(_) if value.is_null() => {}
                Some(field) => found.extend(self.parameter(parameter, value, field)),
            }
        }
        let whole = Value::Object(params.values.clone()).to_string();
        for part in params.files.keys() {
            if field(part).is_none() && !whole.contains(&format!("attach://{part}")) {
                found.push(format!("{part}: a file that nothing refers to"));
            }
        }
        for required in fields.iter().filter(|field| field["required"] == true) {
            let wanted = required["name"].as_str().unwrap_or_default();
            if params.values.get(wanted).is_none_or(Value::is_null) && !params.files.contains_key(wanted) {
                found.push(format!("{wanted}: missing"));
            }
        }
        found.into_iter().map(|what| format!("{name}: {what}")).collect()
    }

    /// What does not fit in an answer of the model itself.
    pub(crate) fn of_answer(&self, method: &str, result: &Value) -> Vec<String> {
        let found = self.value("result", result, &self.methods[method]["returns"]);
        found.into_iter().map(|what| format!("the model: {method}: {what}")).collect()
    }

    /// What does not fit in an update that the model made.
    pub(crate) fn of_update(&self, update: &Value) -> Vec<String> {
        let found = self.kind("update", update, "Update");
        found.into_iter().map(|what| format!("the model: {what}")).collect()
    }

    /// A parameter itself may come as text; what is inside of it has its own types.
    fn parameter(&self, name: &str, value: &Value, field: &Value) -> Vec<String> {
        let as_sent = self.value(name, value, &field["types"]);
        let Some(text) = value.as_str().filter(|_| !as_sent.is_empty()) else { return as_sent };
        match serde_json::from_str(text) {
            Ok(read) => self.value(name, &read, &field["types"]),
            Err(_) => as_sent,
        }
    }

    /// Misfits of a value with the alternative that suits it best.
    fn value(&self, path: &str, value: &Value, types: &Value) -> Vec<String> {
        let alternatives = types.as_array().into_iter().flatten().filter_map(Value::as_str);
        let tried = alternatives.map(|kind| self.kind(path, value, kind));
        tried.min_by_key(Vec::len).unwrap_or_default()
    }

    fn kind(&self, path: &str, value: &Value, kind: &str) -> Vec<String> {
        if let Some(item) = kind.strip_prefix("Array of ") {
            let Some(list) = value.as_array() else { return vec![format!("{path}: no {kind}")] };
            let each = list.iter().enumerate();
            return each.flat_map(|(at, value)| self.kind(&format!("{path}[{at}]"), value, item)).collect();
        }
        let fits = match kind {
            "Integer" => value.is_i64() || value.is_u64(),
            "Float" => value.is_number(),
            "String" | "InputFile" => value.is_string(),
            "Boolean" => value.is_boolean(),
            // The description says only in words that a label alone is a button as well.
            "KeyboardButton" if value.is_string() => true,
            "True" => value == true,
            _ => return self.object(path, value, kind),
        };
        if fits { Vec::new() } else { vec![format!("{path}: no {kind}")] }
    }

    fn object(&self, path: &str, value: &Value, kind: &str) -> Vec<String> {
        let Some(description) = self.types.get(kind) else {
            return vec![format!("{path}: no type {kind} is described")];
        };
        if let Some(subtypes) =
            description.get("subtypes").filter(|list| list.as_array().is_some_and(|l| !l.is_empty()))
        {
            return self.value(path, value, subtypes);
        }
        let Some(object) = value.as_object() else { return vec![format!("{path}: no {kind}")] };
        let fields = description["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut found = Vec::new();
        for (name, value) in object {
            match fields.iter().find(|field| field["name"] == name.as_str()) {
                None if UNDOCUMENTED.contains(&(kind, name.as_str())) => {}
                None => found.push(format!("{path}.{name}: unknown in {kind}")),
                Some(_) if value.is_null() => {}
                Some(field) => found.extend(self.value(&format!("{path}.{name}"), value, &field["types"])),
            }
        }
        for required in fields.iter().filter(|field| field["required"] == true) {
            let name = required["name"].as_str().unwrap_or_default();
            match object.get(name).filter(|value| !value.is_null()) {
                None => found.push(format!("{path}.{name}: missing in {kind}")),
                Some(value) => found.extend(named(path, name, value, required)),
            }
        }
        found
    }
}

/// Of kinds that differ by a field such as `type`, the description says in words which value is theirs.
fn named(path: &str, name: &str, value: &Value, field: &Value) -> Option<String> {
    if !matches!(name, "type" | "source" | "status") {
        return None;
    }
    let words = field["description"].as_str().unwrap_or_default();
    let wanted = words.split_once(", must be ").or_else(|| words.split_once(", always "))?.1;
    let wanted = wanted.trim_matches(['"', '“', '”', '.']);
    (value != wanted).then(|| format!("{path}.{name}: not {wanted:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn described() -> Description {
        let field =
            |name: &str, kind: &[&str], required: bool| json!({ "name": name, "types": kind, "required": required });
        Description {
            methods: json!({ "sendMessage": { "fields": [
                field("chat_id", &["Integer", "String"], true),
                field("text", &["String"], true),
                field("reply_markup", &["Keyboard", "Removal"], false)
            ] } }),
            types: json!({
                "Keyboard": { "fields": [field("inline_keyboard", &["Array of Array of Button"], true)] },
                "Button": { "fields": [field("text", &["String"], true), field("url", &["String"], false)] },
                "Removal": { "fields": [field("remove", &["True"], true)] }
            }),
        }
    }

    fn misfits(method: &str, values: Value) -> Vec<String> {
        let values = values.as_object().unwrap().clone();
        described().misfits(method, &Params { values, ..Params::default() })
    }

    #[test]
    fn what_fits_is_not_named() {
        let keyboard = json!({ "inline_keyboard": [[{ "text": "a" }]] });
        assert!(misfits("SENDMESSAGE", json!({ "chat_id": 1, "text": "a", "reply_markup": keyboard })).is_empty());
        let keyboard = keyboard.to_string();
        assert!(misfits("sendMessage", json!({ "chat_id": "1", "text": "2", "reply_markup": keyboard })).is_empty());
    }

    #[test]
    fn the_model_is_held_to_the_description_as_well() {
        let button = json!({ "returns": ["Array of Button"] });
        let described = Description { methods: json!({ "getButtons": button }), ..described() };
        assert!(described.of_answer("getButtons", &json!([{ "text": "a" }])).is_empty());
        assert_eq!(
            described.of_answer("getButtons", &json!([{ "label": "a" }])),
            [
                "the model: getButtons: result[0].label: unknown in Button",
                "the model: getButtons: result[0].text: missing in Button"
            ]
        );
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_place() {
        assert_eq!(misfits("sendMassage", json!({})), ["sendMassage: no such method"]);
        assert_eq!(
            misfits("sendMessage", json!({ "chat_id": 1, "txt": "a" })),
            ["sendMessage: txt: unknown", "sendMessage: text: missing"]
        );
        let keyboard = json!({ "inline_keyboard": [[{ "text": 1, "colour": "red" }]] });
        assert_eq!(
            misfits("sendMessage", json!({ "chat_id": 1, "text": "a", "reply_markup": keyboard })),
            [
                "sendMessage: reply_markup.inline_keyboard[0][0].colour: unknown in Button",
                "sendMessage: reply_markup.inline_keyboard[0][0].text: no String"
            ]
        );
    }
}
