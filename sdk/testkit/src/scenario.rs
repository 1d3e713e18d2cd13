//! Tests of a plug-in as data: a scene, and calls with what they must say.

use crate::devices::{Exchange, Replay};
use crate::print::printed;
use crate::scene::Scene;
use bote_runtime::{Runtime, RuntimeFault};
use bote_sdk::dialog::Language;
use bote_sdk::id::{ConnectionCode, EquipmentCode};
use bote_sdk::personal::IpAddress;
use bote_sdk::records::{NetworkSession, Scheme, UsageSample};
use bote_sdk::tool::{Device, Outcome, ToolConnection, ToolEquipment};
use bote_sdk::traits::{ToolBox, ToolComment};
use bote_sdk::{Instant, Zone};
use chrono::TimeDelta;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The scenarios of one file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenarios {
    scene: SceneSection,
    #[serde(rename = "test")]
    tests: Vec<Test>,
    /// Recordings of devices, beside the file: each adds its exchanges.
    #[serde(default)]
    recordings: Vec<PathBuf>,
    #[serde(skip)]
    folder: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SceneSection {
    now: Instant,
    time_zone: Option<String>,
    language: Option<String>,
    #[serde(default)]
    report: String,
    connection: Option<ConnectionSection>,
    #[serde(default)]
    equipment: Vec<EquipmentSection>,
    #[serde(default)]
    usage: Vec<UsageSection>,
    #[serde(default, rename = "session")]
    sessions: Vec<SessionSection>,
    #[serde(default, rename = "comment")]
    comments: Vec<CommentSection>,
    #[serde(default, rename = "device")]
    devices: Vec<Exchange>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectionSection {
    code: i64,
    plan: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EquipmentSection {
    code: i64,
    role: String,
    #[serde(default)]
    vendor: String,
    #[serde(default)]
    model: String,
}

/// One report each so many minutes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct UsageSection {
    from: Instant,
    to: Instant,
    every_minutes: u32,
    down_bytes: i64,
    up_bytes: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionSection {
    start: Instant,
    updated: Option<Instant>,
    stopped: Option<Instant>,
    cause: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommentSection {
    author: String,
    text: String,
    #[serde(default)]
    public: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Test {
    name: String,
    tool: String,
    #[serde(default)]
    with: BTreeMap<String, String>,
    language: Option<String>,
    outcome: Option<String>,
    limit: Option<String>,
    /// Asks for the choices of this parameter instead of calling the tool.
    choices_of: Option<String>,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    never_says: Vec<String>,
    #[serde(default)]
    comments: Option<Vec<String>>,
}

/// Why scenarios could not be run.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioFault {
    /// A file could not be read.
    #[error("{} could not be read: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The plug-in cannot be loaded.
    #[error("the plug-in cannot be loaded: {0}")]
    Refused(String),
    /// The runtime did not start.
    #[error(transparent)]
    Runtime(#[from] RuntimeFault),
}

/// A test that did not go as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Its name.
    pub test: String,
    /// What was missing or too much.
    pub why: String,
    /// What was said.
    pub said: String,
}

/// The exchanges of a recording.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recording {
    #[serde(default, rename = "device")]
    exchanges: Vec<Exchange>,
}

impl Scenarios {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, ScenarioFault> {
        let mut scenarios: Self = parse(path)?;
        if let Some(name) = &scenarios.scene.time_zone
            && name.parse::<Zone>().is_err()
        {
            let why = format!("`{name}` is no time zone; write one like America/Sao_Paulo");
            return Err(ScenarioFault::File { path: path.to_owned(), why });
        }
        scenarios.folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(scenarios)
    }

    /// The names of the tests.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tests.iter().map(|test| test.name.as_str())
    }

    /// Runs every test on the plug-in of a folder that holds no other.
    pub async fn run(&self, folder: &Path) -> Result<Vec<Failed>, ScenarioFault> {
        let mut failed = Vec::new();
        for test in &self.tests {
            // Each begins anew: nothing kept, no recording used.
            let runtime = crate::runtime(folder, Box::new(Replay::of(self.exchanges()?)))?;
            if let Some(report) = runtime.reports().iter().find(|report| !report.refused.is_empty()) {
                return Err(ScenarioFault::Refused(report.refused.join("; ")));
            }
            failed.extend(self.run_one(test, &runtime).await);
        }
        Ok(failed)
    }

    fn exchanges(&self) -> Result<Vec<Exchange>, ScenarioFault> {
        let mut exchanges = self.scene.devices.clone();
        for recording in &self.recordings {
            exchanges.extend(parse::<Recording>(&self.folder.join(recording))?.exchanges);
        }
        Ok(exchanges)
    }

    async fn run_one(&self, test: &Test, runtime: &Runtime) -> Option<Failed> {
        let failed = |why: String, said: String| Some(Failed { test: test.name.clone(), why, said });
        let Some(tool) = runtime.tools().into_iter().find(|spec| spec.id.0.ends_with(&format!("/{}", test.tool)))
        else {
            return failed(format!("the plug-in has no tool `{}`", test.tool), String::new());
        };
        let scene = self.scene.scene(test.language.as_deref());
        let arguments: Vec<_> = test.with.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for (name, value) in &arguments {
            let param = tool.params.iter().find(|param| param.name == *name);
            if param.is_none_or(|param| param.check(value).is_err()) {
                return failed(format!("`{value}` is no value of the parameter `{name}`"), String::new());
            }
        }
        let call = scene.call(&tool.id.0, &arguments);
        let (outcome, limit, said) = match &test.choices_of {
            Some(parameter) => match runtime.choices(call, parameter).await {
                Ok(offers) => {
                    let lines: Vec<_> =
                        offers.iter().map(|offer| format!("{} {}\n", offer.value, offer.label)).collect();
                    (Outcome::Done, None, lines.concat())
                }
                Err(end) => (end.outcome, end.limit.clone(), printed(&end)),
            },
            None => {
                let end = runtime.call(call).await;
                (end.outcome, end.limit.clone(), printed(&end))
            }
        };
        let wanted = test.outcome.as_deref().unwrap_or("done");
        if outcome.name() != wanted {
            return failed(format!("it ended `{}` instead of `{wanted}`", outcome.name()), said);
        }
        if test.limit.is_some() && limit != test.limit {
            return failed(format!("it met the limit {limit:?} instead of {:?}", test.limit), said);
        }
        if let Some(missing) = test.says.iter().find(|part| !said.contains(part.as_str())) {
            return failed(format!("it does not say `{missing}`"), said);
        }
        if let Some(there) = test.never_says.iter().find(|part| said.contains(part.as_str())) {
            return failed(format!("it says `{there}`"), said);
        }
        let written = scene.written().comments;
        match &test.comments {
            Some(wanted) if *wanted != written => failed(format!("it added the comments {written:?}"), said),
            _ => None,
        }
    }
}

impl SceneSection {
    fn scene(&self, language: Option<&str>) -> Scene {
        let mut scene = Scene::at(self.now);
        scene.zone = self.time_zone.as_ref().and_then(|name| name.parse().ok()).unwrap_or(scene.zone);
        let language = language.or(self.language.as_deref()).and_then(Language::of_tag);
        scene.language = language.unwrap_or(scene.language);
        scene.report.clone_from(&self.report);
        let equipment = |section: &EquipmentSection| ToolEquipment {
            code: EquipmentCode(section.code),
            role: section.role.clone(),
            vendor: section.vendor.clone(),
            model: section.model.clone(),
            // Never dialled: a scenario's devices answer from its recording.
            device: Some(Device { scheme: Scheme::Http, host: IpAddress::new("192.0.2.1"), port: 80, login: None }),
        };
        scene.connection = self.connection.as_ref().map(|section| ToolConnection {
            code: ConnectionCode(section.code),
            plan: section.plan.clone(),
            equipment: self.equipment.iter().map(equipment).collect(),
        });
        let code = scene.connection.as_ref().map_or(ConnectionCode(0), |connection| connection.code);
        scene.usage = self.usage.iter().flat_map(UsageSection::samples).collect();
        scene.usage.sort_by_key(|sample| sample.at);
        let session = |section: &SessionSection| NetworkSession {
            connection: code,
            started_at: section.start,
            updated_at: section.updated.or(section.stopped).unwrap_or(self.now),
            stopped_at: section.stopped,
            interim_seconds: 300,
            cause: section.cause.clone(),
        };
        scene.sessions = self.sessions.iter().map(session).collect();
        scene.sessions.sort_by_key(|session| session.started_at);
        let comment = |section: &CommentSection| ToolComment {
            at: self.now,
            author: section.author.clone(),
            text: section.text.clone(),
            public: section.public,
        };
        scene.comments = self.comments.iter().map(comment).collect();
        scene
    }
}

impl UsageSection {
    fn samples(&self) -> impl Iterator<Item = UsageSample> + '_ {
        let every = TimeDelta::minutes(i64::from(self.every_minutes.max(1)));
        let sample = |at| UsageSample { at, down_bytes: self.down_bytes, up_bytes: self.up_bytes };
        std::iter::successors(Some(self.from), move |at| Some(*at + every)).take_while(|at| *at < self.to).map(sample)
    }
}

fn parse<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, ScenarioFault> {
    let fault = |why: String| ScenarioFault::File { path: path.to_owned(), why };
    let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
    toml::from_str(&text).map_err(|error| fault(error.message().to_owned()))
}
