//! The parameters of a call from the command line. What is wrong is said in words, with the parameters and values there are,
//! before anything is called.

use super::check::kind;
use anyhow::{Context, Result, bail};
use bote_sdk::form::{Param, ParamKind, check_password};
use bote_sdk::personal::Secret;
use bote_sdk::tool::ToolSpec;

/// The parameters as they were written: name=value.
pub(super) fn read(given: &[String]) -> Result<Vec<(String, String)>> {
    let pair = |text: &String| match text.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => bail!("`{text}` is no parameter; write name=value"),
    };
    given.iter().map(pair).collect()
}

/// The arguments, with passwords that are written as `-` read from standard input, so that the list of processes does not
/// show them.
pub(super) fn with_typed_passwords(
    mut arguments: Vec<(String, String)>,
    spec: &ToolSpec,
) -> Result<Vec<(String, String)>> {
    for (_, value) in arguments.iter_mut().filter(|(name, value)| value == "-" && spec.is_password(name)) {
        value.clear();
        std::io::stdin().read_line(value).context("standard input")?;
        value.truncate(value.trim_end_matches(['\n', '\r']).len());
    }
    Ok(arguments)
}

/// Says which parameter the tool could not be called with, and what there is instead. `devices` are the codes of the
/// connection's.
pub(super) fn check(arguments: &[(String, String)], spec: &ToolSpec, devices: &[String]) -> Result<()> {
    for (position, (name, value)) in arguments.iter().enumerate() {
        let Some(param) = spec.params.iter().find(|param| param.name == *name) else {
            bail!("the tool has no parameter `{name}`; {}", all(spec));
        };
        if arguments[..position].iter().any(|(other, _)| other == name) {
            bail!("the parameter `{name}` is given twice");
        }
        if !is_one(param, value, devices) {
            // A password is shown nowhere.
            let value = if param.kind == ParamKind::Password { "what was given" } else { &format!("`{value}`") };
            bail!("the parameter `{name}` cannot be {value}; it is {}", wanted(param, devices));
        }
    }
    let missing = |param: &&Param| {
        param.required && param.default.is_none() && arguments.iter().all(|(name, _)| *name != param.name)
    };
    if let Some(param) = spec.params.iter().find(missing) {
        let Param { name, label, .. } = param;
        bail!("the parameter `{name}` ({}) is missing; write {name}=…, {}", label.en, wanted(param, devices));
    }
    Ok(())
}

fn is_one(param: &Param, value: &str, devices: &[String]) -> bool {
    match param.kind {
        ParamKind::Password => check_password(&Secret::new(value.to_owned())).is_ok(),
        ParamKind::Equipment => devices.iter().any(|device| device == value),
        _ => param.check(value).is_ok(),
    }
}

fn wanted(param: &Param, devices: &[String]) -> String {
    match param.kind {
        ParamKind::Equipment if devices.is_empty() => "a device, and the connection has none".to_owned(),
        ParamKind::Equipment => format!("a device of the connection: {}", devices.join(", ")),
        ParamKind::Dynamic => "one of what the tool offers, by its value".to_owned(),
        ParamKind::File => "a file of the ticket, and this one has none; try it in the chat".to_owned(),
        _ => kind(&param.kind),
    }
}

fn all(spec: &ToolSpec) -> String {
    let names: Vec<_> = spec.params.iter().map(|param| param.name.as_str()).collect();
    if names.is_empty() { "it has none".to_owned() } else { format!("it has {}", names.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bote_sdk::form::Choice;
    use bote_sdk::id::ToolId;
    use bote_sdk::operation::Risk;
    use bote_sdk::tool::Localized;

    fn words(text: &str) -> Localized {
        Localized { portuguese: text.to_owned(), en: text.to_owned() }
    }

    fn param(name: &str, kind: ParamKind) -> Param {
        Param { name: name.into(), label: words("Label"), help: None, required: true, default: None, kind }
    }

    /// What is said of these parameters; nothing when the tool can be called with them.
    fn said(params: Vec<Param>, given: &[&str]) -> String {
        let (title, description, permissions) = (words("T"), words("T"), Vec::new());
        let id = ToolId("isp.t/t".into());
        let spec = ToolSpec { id, title, description, needs_connection: true, risk: Risk::Read, permissions, params };
        let given: Vec<_> = given.iter().map(|text| (*text).to_owned()).collect();
        let devices = ["221011".to_owned(), "221012".to_owned()];
        let checked = read(&given).and_then(|arguments| check(&arguments, &spec, &devices));
        checked.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_is_wrong_with_a_parameter_is_said_with_what_there_is() {
        let one_of = ["day", "week"].map(|value| Choice { value: value.into(), label: words(value) });
        let window = || param("window", ParamKind::Choice(one_of.to_vec()));
        let port = || param("port", ParamKind::Integer { least: 1, most: 65_535 });
        let password = || param("password", ParamKind::Password);
        let device = || param("equipment", ParamKind::Equipment);
        for (params, given, expected) in [
            (vec![window(), port()], vec!["window=day", "port=80"], ""),
            (vec![window()], vec!["windw=day"], "the tool has no parameter `windw`; it has window"),
            (vec![], vec!["a=b"], "the tool has no parameter `a`; it has none"),
            (vec![window()], vec!["window=year"], "the parameter `window` cannot be `year`; it is one of day, week"),
            (vec![window()], vec!["window=day", "window=day"], "the parameter `window` is given twice"),
            (vec![window()], vec![], "the parameter `window` (Label) is missing; write window=…, one of day, week"),
            (vec![port()], vec!["port=0"], "the parameter `port` cannot be `0`; it is a whole number from 1 to 65535"),
            (
                vec![password()],
                vec!["password="],
                "the parameter `password` cannot be what was given; it is a password, typed for one run",
            ),
            (
                vec![device()],
                vec!["equipment=7"],
                "the parameter `equipment` cannot be `7`; it is a device of the connection: 221011, 221012",
            ),
            (vec![device()], vec!["221011"], "`221011` is no parameter; write name=value"),
        ] {
            assert_eq!(said(params, &given), expected, "{given:?}");
        }
    }
}
